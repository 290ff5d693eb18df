/** What an evaluation carries along: its steps, the samples that were read for it, its limits, its annotations. */

import type { Expression } from '@atalaya/lang';
import { AtalayaError } from '@atalaya/model';
import type { Annotations } from './annotations.ts';
import type { Budget } from './budget.ts';
import type { ReadingNode } from './plan.ts';
import type { SampleColumns, Steps, Value } from './value.ts';

/** What one query may cost. */
export interface QueryLimits {
  /** Series that one selector may read (`query.series`). */
  readonly series: number;
  /** Samples that may be read, and points that one grid of series and steps may have (`query.samples`). */
  readonly samples: number;
  /** Steps of a range query after the first one (`query.points`). */
  readonly points: number;
  /** How long a query may take, in milliseconds (`query.timeout`). */
  readonly timeMs: number;
  /** Bytes that may be held at a time (`query.memory`); no limit unless given. */
  readonly memoryBytes?: number;
  /** Bytes of the answer's JSON text (`query.answer`); no limit unless given. */
  readonly answerBytes?: number;
}

/** First and last step of the whole query and the distance between steps (0 for instant queries), in milliseconds. */
export interface QueryWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Everything that stays the same while one query is evaluated. */
export interface QueryContext {
  readonly text: string;
  readonly window: QueryWindow;
  readonly lookbackMs: number;
  /** The step of subqueries that name none, in milliseconds. */
  readonly defaultStepMs: number;
  /** The samples of each selector; range selectors find theirs without stale markers. */
  readonly reads: ReadonlyMap<ReadingNode, SampleColumns>;
  readonly annotations: Annotations;
  readonly budget: Budget;
  /** Whether metric names stay until the query's end (`promql-delayed-name-removal`). */
  readonly delaysNameRemoval: boolean;
  /** Only where an explanation was asked for. */
  readonly recorder: Recorder | undefined;
}

/** Watches an evaluation, node by node. */
export interface Recorder {
  /** Runs the evaluation of a node at these steps, and notes what it took and what came out. */
  record(node: Expression, steps: Steps, work: () => Value): Value;
  /** Notes that the node under way was evaluated at one step only, which stands for all of them. */
  evaluatedOnce(): void;
}

/** One evaluation: of the whole query, or of a subquery at its own steps. */
export interface Evaluation {
  readonly query: QueryContext;
  readonly steps: Steps;
}

/** An evaluation error that is the query's own fault. */
export function failed(reason: string): AtalayaError<'QUERY_FAILED'> {
  return new AtalayaError('QUERY_FAILED', { reason });
}
