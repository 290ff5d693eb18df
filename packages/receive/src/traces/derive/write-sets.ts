/** Writes sets of cumulative series as samples, round after round: their first values so that rates see them, exemplars, and stale markers at the end. */

import { type Clock, labelsOf, type Logger, type Timer } from '@atalaya/model';
import type { MetricAppender, MetricWriter, SeriesRef } from '../../metric-writer.ts';
import { BUCKET_LABELS, BUCKETS } from './duration-buckets.ts';
import type { SeriesSet, SeriesSets, SetLabels, SetShape } from './series-sets.ts';

/** What the writing of sets needs. Times in milliseconds. */
export interface SetWriterOptions {
  readonly writer: MetricWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  /** Sets in which nothing was counted for so long end. */
  readonly idleMs: number;
  readonly tables: readonly SeriesSets[];
  /** Told before every round, and after sets were removed. */
  readonly onRound: (now: number) => void;
  readonly onRemoved: () => void;
}

/** More samples than these are not written as one record: others are to have their turn in between. */
const RECORD_SAMPLES = 8000;
/** The same for sets whose series have to be registered first. */
const RECORD_NEW_SETS = 50;
/** The metric writer forgets series that were not used for an hour. */
const REFS_VALID_MS = 30 * 60_000;
const NO_REF = -1;

export class SetWriter {
  readonly #options: SetWriterOptions;
  readonly #timer: Timer;
  #round: Promise<void> | undefined;
  /** When the last round was, milliseconds since the epoch: a new set was zero then. */
  #lastAt: number;
  #lastMonotonic: number;
  #generation: number;
  #failing = false;

  constructor(options: SetWriterOptions) {
    this.#options = options;
    const { clock, intervalMs, writer } = options;
    this.#lastAt = clock.now();
    this.#lastMonotonic = clock.monotonic();
    this.#generation = writer.generation;
    this.#timer = clock.every(intervalMs, () => void this.write());
  }

  /** Writes everything once; with a round under way, when that one is done there is no other. Never rejects. */
  write(): Promise<void> {
    this.#round ??= this.#writeAll().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Writes what was counted last, and ends. */
  async stop(): Promise<void> {
    this.#timer.cancel();
    await this.#round;
    await this.write();
  }

  async #writeAll(): Promise<void> {
    const { clock, tables, onRound, onRemoved, writer } = this.#options;
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    onRound(monotonic);
    const refsAreOld = writer.generation !== this.#generation || monotonic - this.#lastMonotonic > REFS_VALID_MS;
    const { generation } = writer;
    const earliestZero = Math.max(this.#lastAt + 1, now - this.#options.intervalMs);
    try {
      for (const table of tables) {
        if (table.size === 0) continue;
        const appender = writer.appender();
        describe(appender, table.shape);
        let written: number[] = [];
        let registered = 0;
        const commit = async (): Promise<void> => {
          await appender.commit();
          // At once: from here on spans are counted again, and must not find what was removed.
          if (this.#settle(table, written, monotonic)) onRemoved();
          written = [];
          registered = 0;
        };
        for (const slot of table.slots()) {
          const set = table.get(slot) as SeriesSet;
          // A series that was refused may be taken now.
          if (refsAreOld || set.refs?.includes(NO_REF) === true) set.refs = undefined;
          if (set.refs === undefined) {
            set.refs = refsOf(appender, table.shape, set.labels);
            registered++;
          }
          if (this.#isIdle(set, monotonic)) for (const ref of set.refs) stale(appender, ref, now);
          else {
            // Nothing can be newer than now but where the clock was set back; then there is no zero.
            if (!set.started && earliestZero < now) for (const ref of set.refs) sample(appender, ref, earliestZero, 0);
            writeSet(appender, table, slot, set.refs, now);
          }
          written.push(slot);
          if (appender.pending >= RECORD_SAMPLES || registered >= RECORD_NEW_SETS) await commit();
        }
        await commit();
      }
      this.#lastAt = now;
      this.#lastMonotonic = monotonic;
      this.#generation = generation;
      if (this.#failing) this.#options.log.info({}, 'metrics of spans are written again');
      this.#failing = false;
    } catch (error) {
      // Values are cumulative: the next round makes up for this one.
      if (!this.#failing)
        this.#options.log.warn({ error: String(error) }, 'metrics of spans cannot be written; the next round tries again');
      this.#failing = true;
    }
  }

  #isIdle(set: SeriesSet, now: number): boolean {
    return now - set.usedAt >= this.#options.idleMs;
  }

  /** What was written is on disk; whether some sets were removed. */
  #settle(table: SeriesSets, slots: readonly number[], now: number): boolean {
    let removed = false;
    for (const slot of slots) {
      const set = table.get(slot) as SeriesSet;
      set.started = true;
      // One in which something was counted while its end was written just goes on.
      if (!this.#isIdle(set, now)) continue;
      table.remove(slot);
      removed = true;
    }
    return removed;
  }
}

function describe(appender: MetricAppender, { counters, histograms }: SetShape): void {
  for (const { name, help } of counters) appender.metadata(name, { type: 'counter', help, unit: '' });
  for (const { name, help } of histograms) appender.metadata(name, { type: 'histogram', help, unit: 'seconds' });
}

/** Refs in the order of the shape; of each histogram the buckets, the sum, the count. A series that is refused has none. */
function refsOf(appender: MetricAppender, { counters, histograms }: SetShape, labels: SetLabels): Int32Array {
  const ref = (name: string, le?: string): SeriesRef => {
    const found = appender.series(labelsOf({ ...labels, __name__: name, ...(le !== undefined && { le }) }));
    return typeof found === 'number' ? found : NO_REF;
  };
  return Int32Array.from([
    ...counters.map(({ name }) => ref(name)),
    ...histograms.flatMap(({ name }) => [
      ...BUCKET_LABELS.map((le) => ref(`${name}_bucket`, le)),
      ref(`${name}_sum`),
      ref(`${name}_count`),
    ]),
  ]);
}

function writeSet(appender: MetricAppender, table: SeriesSets, slot: number, refs: Int32Array, now: number): void {
  const { counters, histograms } = table.shape;
  let at = 0;
  for (let counter = 0; counter < counters.length; counter++) sample(appender, refs[at++], now, table.counter(slot, counter));
  for (let histogram = 0; histogram < histograms.length; histogram++) {
    let count = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      count += table.bucket(slot, histogram, bucket);
      const ref = refs[at++];
      sample(appender, ref, now, count);
      if (histogram > 0) continue;
      const exemplar = table.takeExemplar(slot, bucket);
      if (exemplar === undefined || ref === undefined || ref === NO_REF) continue;
      const { traceId, spanId, seconds, timestamp } = exemplar;
      appender.exemplar(ref, { labels: labelsOf({ trace_id: traceId, span_id: spanId }), value: seconds, timestamp });
    }
    sample(appender, refs[at++], now, table.sum(slot, histogram));
    sample(appender, refs[at++], now, count);
  }
}

function sample(appender: MetricAppender, ref: SeriesRef | undefined, timestamp: number, value: number): void {
  if (ref !== undefined && ref !== NO_REF) appender.sample(ref, timestamp, value);
}

function stale(appender: MetricAppender, ref: SeriesRef, timestamp: number): void {
  if (ref !== NO_REF) appender.stale(ref, timestamp);
}
