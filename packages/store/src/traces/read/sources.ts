/** What reading spans works on. */

import type { Engine, QueryLimits } from '../../engine/engine.ts';
import type { Operations } from '../operations.ts';

export interface TraceSources {
  readonly engine: Engine;
  readonly operations: Operations;
  /** Time and memory that one read may take in the engine. */
  readonly limits: QueryLimits;
}
