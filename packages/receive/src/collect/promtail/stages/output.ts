/** Small stages that work on the line: `output`, `decolorize`, and `tenant`, which has no meaning here. */

import { changing, type StageReader, textOf } from './stage.ts';

/** `output`: an extracted value becomes the line. */
export const readOutputStage: StageReader = (config) => {
  const source =
    config
      .section({ known: ['source'] })
      .get('source')
      ?.requiredText() ?? config.fail('source is missing');
  return changing((entry) => {
    entry.line = textOf(entry.extracted.get(source)) ?? entry.line;
  });
};

const ESCAPE = '\u001B';
const BELL = '\u0007';
const INTRODUCER = `[${ESCAPE}\u009B]`;
// Colours and other sequences of terminals, by their forms in ECMA-48: OSC up to its end, CSI, and escapes of one character.
const TITLE = String.raw`\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\)`;
const CONTROL = String.raw`[[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]`;
const TERMINAL_SEQUENCES = new RegExp(`${INTRODUCER}(?:${TITLE}|${CONTROL})`, 'g');

/** `decolorize`: takes the sequences away that colour texts in terminals. */
export const readDecolorizeStage: StageReader = (config) => {
  config.section({ known: [] });
  return changing((entry) => {
    entry.line = entry.line.replaceAll(TERMINAL_SEQUENCES, '');
  });
};

/** `tenant`: accepted; there is one tenant. */
export const readTenantStage: StageReader = (config) => {
  config.section({ known: ['source', 'value', 'label'] });
  config.warn(`${config.path}: Atalaya has one tenant; the stage changes nothing. Use static_labels to tell such lines apart`);
  return changing(() => undefined);
};
