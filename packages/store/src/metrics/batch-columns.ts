/** Finds the series of a batch's samples, and turns batches that were taken in into the columns of one insert. */

import type { MetricBatch } from '@atalaya/journal';
import type { NativeBlock } from '../native/block.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { DAY_MS } from './day.ts';
import { REFUSED_SLOT, type TailBatch, UNDEFINED_SLOT } from './tail.ts';

/** What came of the samples. */
export interface SampleColumns {
  readonly block: NativeBlock;
  /** Samples whose series nobody has defined: the record with its labels was damaged. See {@link undefinedColumns}. */
  readonly undefined: number;
  /** Samples of series that were refused because of a collision. */
  readonly refused: number;
}

/** Told of a series whose range of days became wider, and whether it had been removed and is back. */
export type ActivityListener = (slot: number, revived: boolean) => void;

/** A fingerprint as a key of a set. */
export function fingerprintKey(low: number, high: number): string {
  return `${high}:${low}`;
}

/**
 * The slot of each sample's series, or the mark that says why it has none. `refused` holds the fingerprints whose samples are to
 * be left out.
 */
export function resolveSlots(
  { samples }: MetricBatch,
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  changed: ActivityListener,
): { readonly slots: Uint32Array; readonly undefined: number } {
  const slots = new Uint32Array(samples.count);
  return { slots, undefined: resolveInto(slots, samples.fingerprints, samples.timestamps, index, refused, changed) };
}

/** Writes the slots of the series with these fingerprints, or marks; gives how many are undefined. */
export function resolveInto(
  slots: Uint32Array,
  fingerprints: Uint32Array,
  timestamps: Float64Array,
  index: SeriesIndex,
  refused: ReadonlySet<string>,
  changed: ActivityListener,
): number {
  let undefinedCount = 0;
  for (let i = 0; i < slots.length; i++) {
    const low = fingerprints[i * 2] as number;
    const high = fingerprints[i * 2 + 1] as number;
    if (refused.size > 0 && refused.has(fingerprintKey(low, high))) {
      slots[i] = REFUSED_SLOT;
      continue;
    }
    const slot = index.slotOf(low, high);
    if (slot < 0) {
      slots[i] = UNDEFINED_SLOT;
      undefinedCount++;
      continue;
    }
    slots[i] = slot;
    noteActivity(index, slot, timestamps[i] as number, changed);
  }
  return undefinedCount;
}

/** Notes the days of all samples once more: series may have been removed since their slots were looked up. */
export function renewActivity({ batch, slots }: TailBatch, index: SeriesIndex, changed: ActivityListener): void {
  slots.forEach((slot, i) => {
    if (slot < REFUSED_SLOT) noteActivity(index, slot, batch.samples.timestamps[i] as number, changed);
  });
}

/** Looks again for the series of samples that had none; gives the slots of those that have one now. */
export function resolveLate(late: TailBatch, index: SeriesIndex, refused: ReadonlySet<string>, changed: ActivityListener): number[] {
  const found: number[] = [];
  const { fingerprints, timestamps } = late.batch.samples;
  late.slots.forEach((known, i) => {
    if (known !== UNDEFINED_SLOT) return;
    const low = fingerprints[i * 2] as number;
    const high = fingerprints[i * 2 + 1] as number;
    const slot = index.slotOf(low, high);
    if (slot < 0 || refused.has(fingerprintKey(low, high))) return;
    late.slots[i] = slot;
    found.push(slot);
    noteActivity(index, slot, timestamps[i] as number, changed);
  });
  late.undefined -= found.length;
  return found;
}

function noteActivity(index: SeriesIndex, slot: number, timestamp: number, changed: ActivityListener): void {
  // A removed series has no days: its first sample makes its range wider, and only then a look at the removed is due.
  if (index.touch(slot, Math.floor(timestamp / DAY_MS))) changed(slot, index.revive(slot));
}

/** Gathers the samples of all batches. */
export function sampleColumns(batches: readonly Pick<TailBatch, 'batch' | 'slots'>[], index: SeriesIndex): SampleColumns {
  const total = batches.reduce((sum, { slots }) => sum + slots.length, 0);
  const ids = new Uint32Array(total * 2);
  const timestamps = new Uint32Array(total * 2);
  // Values are moved as words: a NaN's bits (stale markers) might not survive as a number.
  const values = new Uint32Array(total * 2);
  let at = 0;
  let undefinedSamples = 0;
  let refusedSamples = 0;
  for (const { batch, slots } of batches) {
    const { samples } = batch;
    const valueWords = new Uint32Array(samples.values.buffer, samples.values.byteOffset, samples.count * 2);
    for (let i = 0; i < samples.count; i++) {
      const slot = slots[i] as number;
      if (slot >= REFUSED_SLOT) {
        if (slot === UNDEFINED_SLOT) undefinedSamples++;
        else refusedSamples++;
        continue;
      }
      const timestamp = samples.timestamps[i] as number;
      ids[at] = samples.fingerprints[i * 2] as number;
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
export function undefinedColumns(batches: readonly TailBatch[], count: number): NativeBlock {
  const fingerprints = new Uint32Array(count * 2);
  const timestamps = new BigInt64Array(count);
  const values = new Uint32Array(count * 2);
  let at = 0;
  for (const { batch, slots } of batches) {
    const { samples } = batch;
    const valueWords = new Uint32Array(samples.values.buffer, samples.values.byteOffset, samples.count * 2);
    for (let i = 0; i < samples.count; i++) {
      if (slots[i] !== UNDEFINED_SLOT) continue;
      fingerprints.set(samples.fingerprints.subarray(i * 2, i * 2 + 2), at * 2);
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
