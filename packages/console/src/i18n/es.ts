/** Every text of the console in Spanish. */

import type { Catalogue } from './en.ts';
import { editorTexts } from './es/editor.ts';
import { explainTexts } from './es/explain.ts';
import { explorerTexts } from './es/explorer.ts';
import { frameTexts } from './es/frame.ts';
import { homeTexts } from './es/home.ts';
import { logsTexts } from './es/logs.ts';
import { operationTexts } from './es/operation.ts';
import { servicesTexts } from './es/services.ts';
import { traceTexts } from './es/trace.ts';
import { tracesTexts } from './es/traces.ts';

export const es = {
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
} satisfies Catalogue;
