/** Turns batches from the journal into the columns of one insert, looking each sample's series up in the index. */

import type { MetricBatch } from '@atalaya/journal';
import type { NativeBlock } from '../native/block.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { DAY_MS } from './day.ts';

/** What came of the samples. */
export interface SampleColumns {
  readonly block: NativeBlock;
  /** Samples whose series nobody has defined: the record with its labels was damaged. See {@link undefinedColumns}. */
  readonly undefined: number;
  /** Samples of series that were refused because of a collision. */
  readonly refused: number;
}

/** A fingerprint as a key of a set. */
export function fingerprintKey(low: number, high: number): string {
  return `${high}:${low}`;
}

/**
 * Gathers the samples of all batches. `refused` holds the fingerprints whose samples are to be left out. `changed` is told of a series
 * whose range of days became wider, and whether it had been removed and is back.
 */
export function sampleColumns(
  batches: readonly MetricBatch[],
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  changed: (slot: number, revived: boolean) => void,
): SampleColumns {
  const total = batches.reduce((sum, batch) => sum + batch.samples.count, 0);
  const ids = new Uint32Array(total * 2);
  const timestamps = new Uint32Array(total * 2);
  // Values are moved as words: a NaN's bits (stale markers) might not survive as a number.
  const values = new Uint32Array(total * 2);
  let at = 0;
  let undefinedSamples = 0;
  let refusedSamples = 0;
  for (const { samples } of batches) {
    const valueWords = new Uint32Array(samples.values.buffer, samples.values.byteOffset, samples.count * 2);
    for (let i = 0; i < samples.count; i++) {
      const low = samples.fingerprints[i * 2] as number;
      const high = samples.fingerprints[i * 2 + 1] as number;
      if (refused.size > 0 && refused.has(fingerprintKey(low, high))) {
        refusedSamples++;
        continue;
      }
      const slot = index.slotOf(low, high);
      if (slot < 0) {
        undefinedSamples++;
        continue;
      }
      const timestamp = samples.timestamps[i] as number;
      // A removed series has no days: its first sample makes its range wider, and only then a look at the removed is due.
      if (index.touch(slot, Math.floor(timestamp / DAY_MS))) changed(slot, index.revive(slot));
      ids[at] = low;
      ids[at + 1] = index.idHigh(slot);
      timestamps[at] = timestamp >>> 0;
      timestamps[at + 1] = Math.floor(timestamp / 0x1_0000_0000) >>> 0;
      values[at] = valueWords[i * 2] as number;
      values[at + 1] = valueWords[i * 2 + 1] as number;
      at += 2;
    }
  }
  const block: NativeBlock = {
    rows: at / 2,
    columns: {
      id: { kind: 'UInt64', words: ids },
      ts: { kind: 'Int64', words: timestamps },
      value: { kind: 'Float64', values: new Float64Array(values.buffer) },
    },
  };
  return { block, undefined: undefinedSamples, refused: refusedSamples };
}

/** The samples that {@link sampleColumns} left out because nobody has defined their series; it also tells how many. */
export function undefinedColumns(
  batches: readonly MetricBatch[],
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  count: number,
): NativeBlock {
  const fingerprints = new Uint32Array(count * 2);
  const timestamps = new BigInt64Array(count);
  const values = new Uint32Array(count * 2);
  let at = 0;
  for (const { samples } of batches) {
    const valueWords = new Uint32Array(samples.values.buffer, samples.values.byteOffset, samples.count * 2);
    for (let i = 0; i < samples.count; i++) {
      const low = samples.fingerprints[i * 2] as number;
      const high = samples.fingerprints[i * 2 + 1] as number;
      if (index.slotOf(low, high) >= 0 || refused.has(fingerprintKey(low, high))) continue;
      fingerprints.set([low, high], at * 2);
      timestamps[at] = BigInt(samples.timestamps[i] as number);
      values.set(valueWords.subarray(i * 2, i * 2 + 2), at * 2);
      at++;
    }
  }
  return {
    rows: at,
    columns: {
      fingerprint: { kind: 'UInt64', words: fingerprints },
      ts: { kind: 'Int64', words: new Uint32Array(timestamps.buffer) },
      value: { kind: 'Float64', values: new Float64Array(values.buffer) },
    },
  };
}
