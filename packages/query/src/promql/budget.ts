/** What one query may cost while it runs: time, points and memory, checked before they are spent. */

import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { QueryLimits } from './context.ts';
import type { Steps, Value } from './value.ts';

/** A point of a vector: its value, and whether it is there. */
const POINT_BYTES = 9;
/** About what a series' label set and its place in a list take. */
const SERIES_BYTES = 128;
/** About what a native histogram takes. */
const HISTOGRAM_BYTES = 1024;

/** Guards a query's limits while it runs. */
export class Budget {
  readonly limits: QueryLimits;
  readonly #clock: Clock;
  readonly #signal: CancelSignal;
  readonly #deadline: number;
  #held = 0;
  #peak = 0;

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

  /**
   * Before a grid of that many series and steps is made; when it grows row by row, `already` of them were reserved before. The memory counts
   * until the node that made the grid has its result. @throws AtalayaError QUERY_LIMIT.
   */
  reserve(series: number, { count }: Steps, already = 0): void {
    if (series * count > this.limits.samples) {
      throw samplesLimit(this.limits, `${series} series at ${count} steps would be held in memory`);
    }
    this.hold((series - already) * (count * POINT_BYTES + SERIES_BYTES));
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Most bytes that were held at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** Counts bytes that are about to be taken. @throws AtalayaError QUERY_LIMIT. */
  hold(bytes: number): void {
    this.settle(this.#held + bytes);
  }

  /** Says how many bytes are held: what was reserved on the way counts no more. @throws AtalayaError QUERY_LIMIT. */
  settle(bytes: number): void {
    this.#held = bytes;
    if (bytes > this.#peak) this.#peak = bytes;
    if (bytes > (this.limits.memoryBytes ?? Infinity)) throw memoryLimit(this.limits, bytes);
  }
}

/** Bytes that a value keeps alive. The samples of selectors are not counted: they are held as long as the query runs, and were counted when they were read. */
export function bytesOf(value: Value, selected: boolean): number {
  switch (value.kind) {
    case 'string':
      return 0;
    case 'scalar':
      return value.values.byteLength;
    case 'vector': {
      const { labels, values, present, histograms } = value;
      const own = values.byteLength + present.byteLength + labels.length * SERIES_BYTES;
      return histograms === undefined ? own : own + histograms.length * 8 + countOf(histograms) * HISTOGRAM_BYTES;
    }
    case 'range': {
      if (selected) return 0;
      const { labels, timestamps, values } = value.samples;
      return timestamps.byteLength + values.byteLength + labels.length * SERIES_BYTES;
    }
  }
}

function countOf(places: readonly unknown[]): number {
  let count = 0;
  for (const place of places) if (place !== undefined) count++;
  return count;
}

/** The answer to a query that reads too much, or holds too many points at once. */
export function samplesLimit(limits: QueryLimits, what: string): AtalayaError<'QUERY_LIMIT'> {
  const reason = `${what}; ask for fewer series, a shorter range or a larger step, or raise query.samples`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: limits.samples, reason });
}

/** The answer to a query that would hold too much. */
export function memoryLimit({ memoryBytes = Infinity }: Pick<QueryLimits, 'memoryBytes'>, bytes: number): AtalayaError<'QUERY_LIMIT'> {
  const reason = `it would hold ${inMebibytes(bytes)} of ${inMebibytes(memoryBytes)} at one time; ask for fewer series, a shorter range or a larger step, or raise query.memory`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.memory', limit: memoryBytes, reason });
}

/** The answer to a query whose own answer would be too long. */
export function answerLimit({ answerBytes = Infinity }: Pick<QueryLimits, 'answerBytes'>, bytes: number): AtalayaError<'QUERY_LIMIT'> {
  const reason = `its answer would be about ${inMebibytes(bytes)} of ${inMebibytes(answerBytes)} long; ask for fewer series or a larger step, or raise query.answer`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.answer', limit: answerBytes, reason });
}

/** A size for people. */
function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`;
}
