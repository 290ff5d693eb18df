/** What the evaluation of a metric query carries along. */

import { AtalayaError, type CancelSignal } from '@atalaya/model';
import type { LogqlBudget } from '../limits.ts';
import type { LogReader } from '../log-reader.ts';
import type { LogSteps } from './steps.ts';

/** Everything that stays the same while one query is evaluated. */
export interface MetricContext {
  readonly reader: LogReader;
  readonly signal: CancelSignal;
  readonly budget: LogqlBudget;
  readonly steps: LogSteps;
  /** Whether the query is about one instant, and not a range that has one step. */
  readonly instant: boolean;
  /** Whether the query names `detected_level`: only then it is one of a line's labels, so that others do not fall apart by level. */
  readonly namesLevel: boolean;
  /** Whether the store may count by itself where it can. */
  readonly pushesDown: boolean;
}

/** An evaluation error that is the query's own fault. */
export function failed(reason: string): AtalayaError<'QUERY_FAILED'> {
  return new AtalayaError('QUERY_FAILED', { reason });
}
