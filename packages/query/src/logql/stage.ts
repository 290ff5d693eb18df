/** What the stages of a compiled pipeline have in common. */

import type { Line } from './line.ts';

/** A stage that is ready to run. */
export interface CompiledStage {
  /** Works on the line; `false` when it goes no further. Never throws, whatever the line. */
  run(line: Line): boolean;
}

/** A condition on a line's text alone. */
export interface TextCondition {
  holds(text: string): boolean;
}
