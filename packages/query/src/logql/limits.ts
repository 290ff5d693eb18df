/** What one LogQL query may cost, and the guard that checks it while the query runs. */

import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import { answerLimit, memoryLimit } from '../promql/budget.ts';
import type { LogReader, ReadCost } from './log-reader.ts';

/** Limits of one query. */
export interface LogqlLimits {
  /** Series that a metric query may answer with (`query.log_series`). */
  readonly series: number;
  /** Lines that a log query may be asked for (`query.log_entries`). */
  readonly entries: number;
  /** Lines that a query may take out of the store to look at (`query.log_lines`). */
  readonly lines: number;
  /** Steps of a range query after the first one (`query.points`). */
  readonly points: number;
  /** How long a query may take, in milliseconds (`query.timeout`). */
  readonly timeMs: number;
  /** Bytes that may be held at a time (`query.memory`); no limit unless given. */
  readonly memoryBytes?: number;
  /** Bytes of the answer's JSON text (`query.answer`); no limit unless given. */
  readonly answerBytes?: number;
}

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 1024;

/** Guards one query's limits while it runs, and counts what it reads. */
export class LogqlBudget {
  readonly limits: LogqlLimits;
  readonly #clock: Clock;
  readonly #signal: CancelSignal;
  readonly #deadline: number;
  readonly #reader: Pick<LogReader, 'cost'>;
  readonly #before: ReadCost;
  #lines = 0;
  #matched = 0;
  #held = 0;
  #answer = 0;
  #untilLook = ROWS_PER_LOOK;

  /**
   * @param startedAt when the query began, as the clock's monotonic time
   * @param reader whose cost is told afterwards
   */
  constructor(limits: LogqlLimits, clock: Clock, signal: CancelSignal, startedAt: number, reader: Pick<LogReader, 'cost'>) {
    this.limits = limits;
    this.#clock = clock;
    this.#signal = signal;
    this.#deadline = startedAt + limits.timeMs;
    this.#reader = reader;
    this.#before = { ...reader.cost };
  }

  /** @throws AtalayaError QUERY_CANCELED or QUERY_TIMEOUT. */
  check(): void {
    if (this.#signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'expression evaluation' });
    if (this.#clock.monotonic() <= this.#deadline) return;
    throw new AtalayaError('QUERY_TIMEOUT', { phase: 'expression evaluation', limit: `${this.limits.timeMs / 1000} s` });
  }

  /** To be called for each row of a loop: looks at the clock now and then. @throws AtalayaError as {@link check}. */
  tick(): void {
    if (--this.#untilLook > 0) return;
    this.#untilLook = ROWS_PER_LOOK;
    this.check();
  }

  /** Counts lines that came out of the store. @throws AtalayaError QUERY_LIMIT, or as {@link check}. */
  took(lines: number): void {
    this.check();
    this.#lines += lines;
    if (this.#lines <= this.limits.lines) return;
    const reason = `more than ${this.limits.lines} lines would be looked at one by one; ask for a shorter range, filter by labels or text, or raise query.log_lines`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.log_lines', limit: this.limits.lines, reason });
  }

  /** Counts lines that came through the pipeline, or were counted by the store. */
  matched(lines: number): void {
    this.#matched += lines;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Counts bytes that are about to be taken. @throws AtalayaError QUERY_LIMIT. */
  hold(bytes: number): void {
    this.settle(this.#held + bytes);
  }

  /** Says how many bytes are held: what was taken on the way counts no more. @throws AtalayaError QUERY_LIMIT. */
  settle(bytes: number): void {
    this.#held = bytes;
    if (bytes > (this.limits.memoryBytes ?? Infinity)) throw memoryLimit(this.limits, bytes);
  }

  /** Counts bytes of the answer's text. @throws AtalayaError QUERY_LIMIT. */
  answers(bytes: number): void {
    this.#answer += bytes;
    if (this.#answer > (this.limits.answerBytes ?? Infinity)) throw answerLimit(this.limits, this.#answer);
  }

  /** What was read since the query began. */
  get read(): ReadCost & { readonly matched: number } {
    const { linesRead, bytesRead } = this.#reader.cost;
    // A reader that does not count has at least given the lines that came.
    const lines = Math.max(linesRead - this.#before.linesRead, this.#lines);
    return { linesRead: lines, bytesRead: bytesRead - this.#before.bytesRead, matched: this.#matched };
  }
}
