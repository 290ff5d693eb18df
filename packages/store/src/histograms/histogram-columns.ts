/** Turns the native histograms of batches from the journal into the columns of one insert. */

import type { MetricBatch } from '@atalaya/journal';
import { DAY_MS } from '../metrics/day.ts';
import { type ActivityListener, fingerprintKey, resolveInto } from '../metrics/batch-columns.ts';
import type { NativeBlock } from '../native/block.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';

/** What came of the histograms. */
export interface HistogramRows {
  readonly block: NativeBlock;
  /** Slots of the series that they belong to; they may repeat. */
  readonly slots: Uint32Array;
  /** Those whose series nobody has defined: see {@link undefinedHistograms}. */
  readonly undefined: number;
  /** Those of series that were refused because of a collision. */
  readonly refused: number;
}

/** The slot of each histogram's series, or the mark that says why it has none; the arguments are those of `resolveSlots`. */
export function histogramSlots(
  { histograms }: MetricBatch,
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  changed: ActivityListener,
): Uint32Array {
  const slots = new Uint32Array(histograms?.count ?? 0);
  if (histograms !== undefined) resolveInto(slots, histograms.fingerprints, histograms.timestamps, index, refused, changed);
  return slots;
}

/** Gathers the histograms of all batches; the arguments are those of `sampleColumns`. */
export function histogramRows(
  batches: readonly MetricBatch[],
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  changed: (slot: number, revived: boolean) => void,
): HistogramRows {
  const rows = new Rows(batches);
  const slots = new Uint32Array(rows.capacity);
  let undefinedCount = 0;
  let refusedCount = 0;
  for (const { histograms } of batches) {
    if (histograms === undefined) continue;
    for (let i = 0; i < histograms.count; i++) {
      const low = histograms.fingerprints[i * 2] as number;
      const high = histograms.fingerprints[i * 2 + 1] as number;
      const slot = index.slotOf(low, high);
      if (refused.size > 0 && refused.has(fingerprintKey(low, high))) refusedCount++;
      else if (slot < 0) undefinedCount++;
      else {
        const timestamp = histograms.timestamps[i] as number;
        if (index.touch(slot, Math.floor(timestamp / DAY_MS))) changed(slot, index.revive(slot));
        slots[rows.count] = slot;
        rows.add(
          low,
          index.idHigh(slot),
          timestamp,
          histograms.bytes,
          i === 0 ? 0 : (histograms.ends[i - 1] as number),
          histograms.ends[i] as number,
        );
      }
    }
  }
  return { block: rows.block('id'), slots: slots.subarray(0, rows.count), undefined: undefinedCount, refused: refusedCount };
}

/** The histograms that {@link histogramRows} left out because nobody has defined their series. */
export function undefinedHistograms(batches: readonly MetricBatch[], index: SeriesIndex, refused: ReadonlySet<string>): NativeBlock {
  const rows = new Rows(batches);
  for (const { histograms } of batches) {
    if (histograms === undefined) continue;
    for (let i = 0; i < histograms.count; i++) {
      const low = histograms.fingerprints[i * 2] as number;
      const high = histograms.fingerprints[i * 2 + 1] as number;
      if (index.slotOf(low, high) >= 0 || refused.has(fingerprintKey(low, high))) continue;
      const start = i === 0 ? 0 : (histograms.ends[i - 1] as number);
      rows.add(low, high, histograms.timestamps[i] as number, histograms.bytes, start, histograms.ends[i] as number);
    }
  }
  return rows.block('fingerprint');
}

/** Columns that grow row by row, large enough for all histograms of the batches. */
class Rows {
  readonly capacity: number;
  count = 0;
  readonly #words: Uint32Array;
  readonly #timestamps: BigInt64Array;
  readonly #ends: Uint32Array;
  readonly #bytes: Uint8Array;

  constructor(batches: readonly MetricBatch[]) {
    this.capacity = batches.reduce((sum, { histograms }) => sum + (histograms?.count ?? 0), 0);
    this.#words = new Uint32Array(this.capacity * 2);
    this.#timestamps = new BigInt64Array(this.capacity);
    this.#ends = new Uint32Array(this.capacity);
    this.#bytes = new Uint8Array(batches.reduce((sum, { histograms }) => sum + (histograms?.ends[histograms.count - 1] ?? 0), 0));
  }

  add(low: number, high: number, timestamp: number, source: Uint8Array, start: number, end: number): void {
    const at = this.count++;
    const from = at === 0 ? 0 : (this.#ends[at - 1] as number);
    this.#words[at * 2] = low;
    this.#words[at * 2 + 1] = high;
    this.#timestamps[at] = BigInt(timestamp);
    this.#bytes.set(source.subarray(start, end), from);
    this.#ends[at] = from + end - start;
  }

  block(key: 'id' | 'fingerprint'): NativeBlock {
    return {
      rows: this.count,
      columns: {
        [key]: { kind: 'UInt64', words: this.#words },
        ts: { kind: 'Int64', words: new Uint32Array(this.#timestamps.buffer) },
        payload: { kind: 'String', ends: this.#ends, bytes: this.#bytes },
      },
    };
  }
}
