/**
 * The appender: judges samples against the registry, collects the good ones as columns, writes them as one record.
 *
 * The registry's newest sample of a series is changed as soon as a sample is collected, marked with the batch it is in.
 * The mark is taken off when the batch is journaled; when that fails the newest sample becomes unknown. So only journaled
 * samples make a repetition `same`: a retry after a failed write is always written.
 */

import { encodeMetricBatch, SIGNAL } from '@atalaya/journal';
import {
  encodeLabels,
  encodeNativeHistogram,
  type Hash64,
  hashBytes,
  isStaleHistogram,
  type Labels,
  type MetricMetadata,
} from '@atalaya/model';
import type { Exemplar, ExemplarOutcome, RejectReason, SampleOutcome, SeriesRef } from '../metric-writer.ts';
import { admitHistogram, type ArrivedHistogram } from '../native-histogram/admit.ts';
import type { BatchColumns } from './batch-columns.ts';
import { ExemplarColumns, PayloadColumns } from './payload-columns.ts';
import { cut } from './known-metadata.ts';
import { canonicalOrder, checkLabels } from './label-check.ts';
import { OUTCOMES, type RawAppender } from './raw-series.ts';
import {
  FINGERPRINT_HIGH,
  FINGERPRINT_LOW,
  FREE,
  LAST_BATCH,
  LAST_TIMESTAMP,
  LAST_USED,
  LAST_VALUE_HIGH,
  LAST_VALUE_LOW,
  SLOT_FLOATS,
  SLOT_WORDS,
  UNJOURNALED,
} from './series-registry.ts';
import { confirmBatch, forgetBatch } from './settle-batch.ts';
import { useSeconds, type WriterState } from './writer-state.ts';

const WRITTEN = OUTCOMES.indexOf('written');
const SAME = OUTCOMES.indexOf('same');
const DUPLICATE = OUTCOMES.indexOf('duplicate_timestamp');
const TOO_OLD = OUTCOMES.indexOf('too_old');
const TOO_FAR = OUTCOMES.indexOf('too_far_in_future');

/** The stale marker 0x7ff0000000000002 as words. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

const LARGEST_BATCH_NUMBER = 0x7fffffff;

export class BatchAppender implements RawAppender {
  readonly #state: WriterState;
  /** Undefined while nothing is collected. */
  #columns: BatchColumns | undefined;
  #batch = 0;
  #usedAt = 0;
  #earliest = 0;
  #latest = 0;
  readonly #hash: Hash64 = { low: 0, high: 0 };
  readonly #oneTimestamp = new Float64Array(1);
  readonly #oneValue = new Float64Array(1);
  readonly #oneValueWords = new Int32Array(this.#oneValue.buffer);
  readonly #oneOutcome = new Uint8Array(1);

  constructor(state: WriterState) {
    this.#state = state;
  }

  get pending(): number {
    return this.#columns?.rows ?? 0;
  }

  series(labels: Labels): SeriesRef | RejectReason {
    const { registry, limits, rejected } = this.#state;
    const fault = checkLabels(labels, limits);
    if (fault !== undefined) {
      rejected[fault.reason]++;
      return fault.reason;
    }
    const canonical = encodeLabels(canonicalOrder(labels));
    hashBytes(canonical, 0, canonical.length, 0, this.#hash);
    const low = this.#hash.low | 0;
    const high = this.#hash.high | 0;
    const known = registry.find(low, high);
    if (known >= 0) {
      registry.remind(known, canonical);
      return known;
    }
    if (registry.size >= limits.series) {
      rejected.series_limit++;
      return 'series_limit';
    }
    this.#state.seriesCreated++;
    return registry.add(low, high, canonical, useSeconds(this.#state.clock));
  }

  sample(ref: SeriesRef, timestamp: number, value: number): SampleOutcome {
    this.#oneValue[0] = value;
    return this.#appendOne(ref, timestamp);
  }

  stale(ref: SeriesRef, timestamp: number): SampleOutcome {
    this.#oneValueWords[0] = STALE_LOW;
    this.#oneValueWords[1] = STALE_HIGH;
    return this.#appendOne(ref, timestamp);
  }

  #appendOne(ref: SeriesRef, timestamp: number): SampleOutcome {
    this.#oneTimestamp[0] = timestamp;
    this.append(ref, this.#oneTimestamp, this.#oneValueWords, 0, 1, this.#oneOutcome);
    return OUTCOMES[this.#oneOutcome[0] as number] as SampleOutcome;
  }

  append(ref: SeriesRef, timestamps: Float64Array, valueWords: Int32Array, from: number, to: number, outcomes: Uint8Array): void {
    const columns = this.#use(ref);
    columns.reserve(to - from);
    const countBefore = columns.count;
    const { words, floats } = this.#state.registry;
    const base = ref * SLOT_WORDS;
    const lastTimestampAt = ref * SLOT_FLOATS + LAST_TIMESTAMP;
    for (let i = from; i < to; i++) {
      const timestamp = timestamps[i] as number;
      const low = valueWords[i * 2] as number;
      const high = valueWords[i * 2 + 1] as number;
      const outcome = this.#judge(base, floats[lastTimestampAt] as number, timestamp, low, high);
      outcomes[i] = outcome;
      if (outcome !== WRITTEN) continue;
      const at = columns.count++;
      columns.fingerprints[at * 2] = words[base + FINGERPRINT_LOW] as number;
      columns.fingerprints[at * 2 + 1] = words[base + FINGERPRINT_HIGH] as number;
      columns.timestamps[at] = timestamp;
      columns.valueWords[at * 2] = low;
      columns.valueWords[at * 2 + 1] = high;
      columns.slots[at] = ref;
      if (timestamp < (floats[lastTimestampAt] as number)) continue;
      floats[lastTimestampAt] = timestamp;
      words[base + LAST_VALUE_LOW] = low;
      words[base + LAST_VALUE_HIGH] = high;
      words[base + LAST_BATCH] = this.#batch;
    }
    if (columns.count > countBefore) this.#defineOnce(columns, ref);
  }

  histogram(ref: SeriesRef, timestamp: number, arrived: ArrivedHistogram): SampleOutcome {
    const { registry, limits, rejected } = this.#state;
    const admitted = admitHistogram(arrived, limits.histogramBuckets);
    if ('reason' in admitted) {
      rejected[admitted.reason]++;
      return admitted.reason;
    }
    // Readers end a series at a stale marker of either kind: one kind is enough.
    if (isStaleHistogram(admitted)) return this.stale(ref, timestamp);
    const columns = this.#use(ref);
    const payload = encodeNativeHistogram(admitted);
    // In place of a value's bits the registry remembers a hash: enough to know a repetition.
    hashBytes(payload, 0, payload.length, 0, this.#hash);
    const low = this.#hash.low | 0;
    const high = this.#hash.high | 0;
    const { words, floats } = registry;
    const base = ref * SLOT_WORDS;
    const lastTimestampAt = ref * SLOT_FLOATS + LAST_TIMESTAMP;
    const outcome = this.#judge(base, floats[lastTimestampAt] as number, timestamp, low, high);
    if (outcome !== WRITTEN) return OUTCOMES[outcome] as SampleOutcome;
    columns.histograms ??= new PayloadColumns();
    columns.histograms.add(ref, words[base + FINGERPRINT_LOW] as number, words[base + FINGERPRINT_HIGH] as number, timestamp, payload);
    if (timestamp >= (floats[lastTimestampAt] as number)) {
      floats[lastTimestampAt] = timestamp;
      words[base + LAST_VALUE_LOW] = low;
      words[base + LAST_VALUE_HIGH] = high;
      words[base + LAST_BATCH] = this.#batch;
    }
    this.#defineOnce(columns, ref);
    return 'written';
  }

  exemplar(ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome {
    const { newestExemplars, exemplarsRejected, registry } = this.#state;
    const columns = this.#use(ref);
    const judged = newestExemplars.judge(ref, exemplar, this.#earliest, this.#latest);
    if (typeof judged === 'string') {
      if (judged !== 'same') exemplarsRejected[judged]++;
      return judged;
    }
    const base = ref * SLOT_WORDS;
    const [low, high] = [registry.words[base + FINGERPRINT_LOW] as number, registry.words[base + FINGERPRINT_HIGH] as number];
    columns.exemplars ??= new ExemplarColumns();
    columns.exemplars.add(ref, low, high, exemplar.timestamp, exemplar.value, judged);
    this.#defineOnce(columns, ref);
    return 'written';
  }

  /** The open columns, for a sample of this series, which is in use from now on. */
  #use(ref: SeriesRef): BatchColumns {
    const { words, states } = this.#state.registry;
    const state = states[ref];
    if (state === undefined || state === FREE)
      throw new RangeError(`series ref ${ref} is not in use: it was idle for too long, or never given`);
    const columns = this.#open();
    words[ref * SLOT_WORDS + LAST_USED] = this.#usedAt;
    return columns;
  }

  /** The outcome's number for one sample of the slot at `base`. */
  #judge(base: number, last: number, timestamp: number, low: number, high: number): number {
    const { words } = this.#state.registry;
    if (timestamp === last) {
      const same = words[base + LAST_VALUE_LOW] === low && words[base + LAST_VALUE_HIGH] === high;
      const batch = words[base + LAST_BATCH] as number;
      if (batch === 0 || batch === this.#batch) return same ? SAME : this.#reject(DUPLICATE);
      // The other sample is in a batch under way, which may yet fail: the same value goes along, a different one loses.
      if (!same && this.#state.underWay.has(batch)) return this.#reject(DUPLICATE);
      return WRITTEN;
    }
    // Written so that NaN is refused too.
    if (!(timestamp <= this.#latest)) return this.#reject(TOO_FAR);
    if (timestamp < this.#earliest || timestamp < last - this.#state.limits.outOfOrderWindowMs) return this.#reject(TOO_OLD);
    return WRITTEN;
  }

  #reject(outcome: number): number {
    this.#state.rejected[OUTCOMES[outcome] as RejectReason]++;
    return outcome;
  }

  /** Until a record with the definition is on disk every batch that uses the series carries it: the other one may fail. */
  #defineOnce(columns: BatchColumns, slot: number): void {
    const { registry } = this.#state;
    if (registry.states[slot] !== UNJOURNALED || columns.defined.has(slot)) return;
    const base = slot * SLOT_WORDS;
    const labels = registry.definitions.get(slot) as Uint8Array;
    columns.define(slot, registry.words[base + FINGERPRINT_LOW] as number, registry.words[base + FINGERPRINT_HIGH] as number, labels);
  }

  metadata(metric: string, metadata: MetricMetadata): void {
    const { type, help, unit } = metadata;
    const most = this.#state.limits.labelValueBytes;
    // No series can have such a name.
    if (metric === '' || metric.length > most) return;
    const entry = [metric, type, cut(help, most), cut(unit, most)] as const;
    if (!this.#state.knownMetadata.has(entry)) this.#open().metadata.push(entry);
  }

  discard(): void {
    const columns = this.#columns;
    if (columns === undefined) return;
    this.#columns = undefined;
    forgetBatch(this.#state, columns, this.#batch);
    this.#state.pool.release(columns);
  }

  async commit(): Promise<void> {
    const columns = this.#columns;
    if (columns === undefined) return;
    const batch = this.#batch;
    this.#columns = undefined;
    const { journal, pool, underWay } = this.#state;
    if (columns.isEmpty) pool.release(columns);
    else {
      underWay.add(batch);
      try {
        await journal.append(SIGNAL.metrics, columns.rows, encodeMetricBatch(columns.toBatch()));
        confirmBatch(this.#state, columns, batch);
      } catch (error) {
        forgetBatch(this.#state, columns, batch);
        throw error;
      } finally {
        underWay.delete(batch);
        pool.release(columns);
      }
    }
  }

  #open(): BatchColumns {
    if (this.#columns !== undefined) return this.#columns;
    const state = this.#state;
    state.lastBatch = state.lastBatch === LARGEST_BATCH_NUMBER ? 1 : state.lastBatch + 1;
    this.#batch = state.lastBatch;
    this.#usedAt = useSeconds(state.clock);
    const now = state.clock.now();
    this.#earliest = now - state.limits.retentionMs;
    this.#latest = now + state.limits.maxFutureMs;
    this.#columns = state.pool.take();
    return this.#columns;
  }
}
