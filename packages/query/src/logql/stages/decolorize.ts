/** The stage `| decolorize`: takes terminal colours and other control sequences out of a line. */

import { withoutTerminalSequences } from '@atalaya/lang';
import type { CompiledStage } from '../stage.ts';

export const decolorize: CompiledStage = {
  run(line) {
    const { text } = line;
    const plain = withoutTerminalSequences(text);
    if (plain !== text) line.text = plain;
    return true;
  },
};
