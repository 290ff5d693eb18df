/** Every text of the console in English; its keys are the keys of all languages. */

import { editorTexts } from './en/editor.ts';
import { explainTexts } from './en/explain.ts';
import { explorerTexts } from './en/explorer.ts';
import { frameTexts } from './en/frame.ts';
import { homeTexts } from './en/home.ts';
import { logsTexts } from './en/logs.ts';
import { operationTexts } from './en/operation.ts';
import { servicesTexts } from './en/services.ts';
import { traceTexts } from './en/trace.ts';
import { tracesTexts } from './en/traces.ts';

export const en = {
  ...frameTexts,
  ...homeTexts,
  ...explorerTexts,
  ...editorTexts,
  ...explainTexts,
  ...logsTexts,
  ...tracesTexts,
  ...traceTexts,
  ...operationTexts,
  ...servicesTexts,
};

type Texts<Tree> = { readonly [Key in keyof Tree]: Tree[Key] extends string ? string : Texts<Tree[Key]> } & {
  readonly [Key in `${string}_many`]?: string;
};

/** What a catalogue must hold: the English keys (Spanish adds the plural form `_many`). */
export type Catalogue = Texts<typeof en>;
