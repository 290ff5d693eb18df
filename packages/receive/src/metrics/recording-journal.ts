/** A journal for tests: keeps decoded batches, and fails or waits when told. */

import { decodeMetricBatch, type ExemplarBatch, type Journal, type MetricBatch } from '@atalaya/journal';
import {
  AtalayaError,
  decodeLabels,
  decodeNativeHistogram,
  formatFingerprint,
  formatLabels,
  type Labels,
  type NativeHistogram,
} from '@atalaya/model';

/** A sample as text-friendly data; `bits` are the value's 16 hexadecimal digits. */
export interface RecordedSample {
  readonly fingerprint: string;
  readonly timestamp: number;
  readonly value: number;
  readonly bits: string;
}

/** A native histogram as it was journaled. */
export interface RecordedHistogram {
  readonly fingerprint: string;
  readonly timestamp: number;
  readonly histogram: NativeHistogram;
}

/** Keeps what was appended. `fail` makes appends reject; `hold` makes them wait for {@link settle}. */
export class RecordingJournal implements Pick<Journal, 'append'> {
  readonly batches: MetricBatch[] = [];
  readonly rows: number[] = [];
  fail: AtalayaError | undefined;
  hold = false;
  #waiting: { accept: () => void; reject: (error: AtalayaError) => void }[] = [];

  async append(_signal: number, rows: number, payload: Uint8Array): Promise<void> {
    if (this.hold) await new Promise<void>((accept, reject) => this.#waiting.push({ accept, reject }));
    if (this.fail !== undefined) throw this.fail;
    this.rows.push(rows);
    this.batches.push(decodeMetricBatch(payload));
  }

  /** Lets the oldest held append succeed, or fail with the error. */
  settle(error?: AtalayaError): void {
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error('no append is waiting');
    if (error === undefined) next.accept();
    else next.reject(error);
  }

  /** Label sets of the definitions in one batch. */
  definitions(batch: number): Labels[] {
    return [...this.definedSeries(batch).values()];
  }

  /** The same by fingerprint. */
  definedSeries(batch: number): Map<string, Labels> {
    return definitionsOf(this.batches[batch] as MetricBatch);
  }

  /** Native histograms in one batch, in order. */
  histograms(batch: number): RecordedHistogram[] {
    return histogramsOf(this.batches[batch] as MetricBatch);
  }

  /** Exemplars in one batch, in order. */
  exemplars(batch: number): { labels: Labels; value: number; timestamp: number }[] {
    const { exemplars } = this.batches[batch] as MetricBatch;
    return Array.from({ length: exemplars?.count ?? 0 }, (_, i) => ({
      labels: decodeLabels((exemplars as ExemplarBatch).labels.subarray(i === 0 ? 0 : exemplars?.ends[i - 1], exemplars?.ends[i])),
      value: exemplars?.values[i] as number,
      timestamp: exemplars?.timestamps[i] as number,
    }));
  }

  samples(batch: number): RecordedSample[] {
    return samplesOf(this.batches[batch] as MetricBatch);
  }

  /** Everything journaled, as a store would have it: `series` → `timestamp` → value. Throws when a sample's series was never defined before it. */
  stored(): Record<string, Record<number, number>> {
    const series = new Map<string, string>();
    // Without a prototype: a series may be called `__proto__`.
    const result = Object.create(null) as Record<string, Record<number, number>>;
    for (const batch of this.batches) {
      for (const [fingerprint, labels] of definitionsOf(batch)) series.set(fingerprint, formatLabels(labels));
      for (const { fingerprint, timestamp, value } of samplesOf(batch)) {
        const name = series.get(fingerprint);
        if (name === undefined) throw new Error(`fingerprint ${fingerprint} was used before its definition`);
        (result[name] ??= {})[timestamp] = value;
      }
    }
    return result;
  }
}

/** An error as a full journal gives it. */
export const JOURNAL_IS_FULL = new AtalayaError('JOURNAL_FULL', { reason: 'the disk is full' }, { retryAfterSeconds: 7 });

function definitionsOf({ series }: MetricBatch): Map<string, Labels> {
  const result = new Map<string, Labels>();
  for (let i = 0; i < series.count; i++) {
    const start = i === 0 ? 0 : (series.ends[i - 1] as number);
    const labels = decodeLabels(series.labels.subarray(start, series.ends[i]));
    result.set(formatFingerprint(series.fingerprints[i * 2] as number, series.fingerprints[i * 2 + 1] as number), labels);
  }
  return result;
}

function histogramsOf({ histograms }: MetricBatch): RecordedHistogram[] {
  if (histograms === undefined) return [];
  const { count, fingerprints, timestamps, ends, bytes } = histograms;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => ({
    fingerprint: formatFingerprint(fingerprints[i * 2] as number, fingerprints[i * 2 + 1] as number),
    timestamp: timestamps[i] as number,
    histogram: decodeNativeHistogram(bytes, view, i === 0 ? 0 : (ends[i - 1] as number), ends[i] as number),
  }));
}

function samplesOf({ samples }: MetricBatch): RecordedSample[] {
  const words = new Uint32Array(samples.values.buffer, samples.values.byteOffset, samples.count * 2);
  return Array.from({ length: samples.count }, (_, i) => ({
    fingerprint: formatFingerprint(samples.fingerprints[i * 2] as number, samples.fingerprints[i * 2 + 1] as number),
    timestamp: samples.timestamps[i] as number,
    value: samples.values[i] as number,
    bits: formatFingerprint(words[i * 2] as number, words[i * 2 + 1] as number),
  }));
}
