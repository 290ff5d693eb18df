/** What an evaluation carries along: its steps, the samples that were read for it, its limits, its annotations. */

import type { Expression } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { Annotations } from './annotations.ts';
import type { ReadingNode } from './plan.ts';
import type { SampleColumns, Steps, Value } from './value.ts';

/** What one query may cost. */
export interface QueryLimits {
  /** Series that one selector may read (`query.series`). */
  readonly series: number;
  /** Samples that may be read, and points that may be held at a time (`query.samples`). */
  readonly samples: number;
  /** Steps of a range query after the first one (`query.points`). */
  readonly points: number;
  /** How long a query may take, in milliseconds (`query.timeout`). */
  readonly timeMs: number;
}

/** Guards a query's limits while it runs. */
export class Budget {
  readonly limits: QueryLimits;
  readonly #clock: Clock;
  readonly #signal: CancelSignal;
  readonly #deadline: number;

  /** @param startedAt when the query began, as the clock's monotonic time */
  constructor(limits: QueryLimits, clock: Clock, signal: CancelSignal, startedAt: number) {
    this.limits = limits;
    this.#clock = clock;
    this.#signal = signal;
    this.#deadline = startedAt + limits.timeMs;
  }

  /** Called in every loop over series. @throws AtalayaError QUERY_CANCELED or QUERY_TIMEOUT. */
  check(): void {
    if (this.#signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'expression evaluation' });
    if (this.#clock.monotonic() <= this.#deadline) return;
    throw new AtalayaError('QUERY_TIMEOUT', { phase: 'expression evaluation', limit: `${this.limits.timeMs / 1000} s` });
  }

  /** Before a grid of that many series and steps is made. @throws AtalayaError QUERY_LIMIT. */
  reserve(series: number, steps: Steps): void {
    if (series * steps.count <= this.limits.samples) return;
    throw samplesLimit(this.limits, `${series} series at ${steps.count} steps would be held in memory`);
  }
}

/** The answer to a query that holds too much at once. */
export function samplesLimit(limits: QueryLimits, what: string): AtalayaError<'QUERY_LIMIT'> {
  const reason = `${what}; ask for fewer series, a shorter range or a larger step, or raise query.samples`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: limits.samples, reason });
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
