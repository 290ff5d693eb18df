/** The stage `| decolorize`: takes terminal colours and other control sequences out of a line. */

import type { CompiledStage } from '../stage.ts';

/** What introduces a sequence, then either a text that a bell ends, or numbers and a final character. */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u001B\u009B][[\]()#;?]*(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*\u0007|\u0007|(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~])/g;

export const decolorize: CompiledStage = {
  run(line) {
    const { text } = line;
    if (text.includes('\u001B') || text.includes('\u009B')) line.text = text.replaceAll(SEQUENCE, '');
    return true;
  },
};
