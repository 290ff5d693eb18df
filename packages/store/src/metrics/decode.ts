/** Makes columns per series of what the engine answered and of what it may not have had yet. */

import { numberAt, type WordsColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import type { RawSelection } from './selection.ts';
import type { RecentRows } from './tail.ts';

/** Samples as columns: those of series `i` (in the order of the selection's slots) are `[offsets[i], offsets[i + 1])`. */
export interface SampleColumns {
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /**
   * Series of which the answer held several values for one time: parts of the table that are not merged yet. Which of them was written
   * last only the engine knows, see `readRows`.
   */
  readonly conflicts: readonly number[];
}

/** Reads an answer into columns, passing over rows that repeat (series, time). The values' bits stay what they are. */
export function decodeSelection(raw: RawSelection): SampleColumns {
  const blocks = readNative(raw.bytes);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const decoder = new Decoder(raw.ids, rows);
  for (const block of blocks) {
    const values = column(block, 'v', 'Float64').values;
    if (raw.base === undefined) decoder.addWhole(column(block, 'i', 'UInt64'), column(block, 't', 'Int64'), values);
    else decoder.addShort(column(block, 'i', 'UInt32').values, column(block, 't', 'UInt32').values, raw.base, values);
  }
  const columns = decoder.finish();
  return withRecent(columns, raw.recent);
}

class Decoder {
  readonly #ids: Uint32Array;
  readonly #offsets: Uint32Array<ArrayBuffer>;
  readonly #timestamps: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  /** Values are moved as words: a NaN's bits (stale markers) might not survive as a number. */
  readonly #words: Uint32Array;
  readonly #conflicts: number[] = [];
  /** The series that rows are being added to, -1 before the first. */
  #series = -1;
  #at = 0;

  constructor(ids: Uint32Array, rows: number) {
    this.#ids = ids;
    this.#offsets = new Uint32Array(ids.length / 2 + 1);
    this.#timestamps = new Float64Array(rows);
    this.#values = new Float64Array(rows);
    this.#words = new Uint32Array(this.#values.buffer);
  }

  addShort(ids: Uint32Array, times: Uint32Array, base: number, values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const timestamps = this.#timestamps;
    for (let row = 0; row < ids.length;) {
      const low = ids[row] as number;
      const from = row;
      while (row < ids.length && ids[row] === low) row++;
      this.#enter(low, undefined);
      const first = this.#offsets[this.#series] as number;
      const at = this.#at;
      // Nearly always no time repeats, and then the values move in one go; the first repetition leads to the way for every row.
      let previous = at > first ? (timestamps[at - 1] as number) - base : -1;
      let distinct = from;
      for (; distinct < row; distinct++) {
        const time = times[distinct] as number;
        if (time === previous) break;
        timestamps[at + distinct - from] = base + time;
        previous = time;
      }
      this.#values.set(values.subarray(from, distinct), at);
      this.#at += distinct - from;
      for (; distinct < row; distinct++) this.#put(first, base + (times[distinct] as number), words, distinct);
    }
  }

  addWhole(ids: WordsColumn<'UInt64'>, times: WordsColumn<'Int64'>, values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < values.length; row++) {
      this.#enter(ids.words[row * 2] as number, ids.words[row * 2 + 1]);
      this.#put(this.#offsets[this.#series] as number, numberAt(times, row), words, row);
    }
  }

  finish(): SampleColumns {
    this.#offsets.fill(this.#at, this.#series + 1);
    return {
      offsets: this.#offsets,
      timestamps: this.#timestamps.subarray(0, this.#at),
      values: this.#values.subarray(0, this.#at),
      conflicts: this.#conflicts,
    };
  }

  /** Goes on to the series with this id; rows come in the order of the ids, and series without rows lie in between. */
  #enter(low: number, high: number | undefined): void {
    const ids = this.#ids;
    let series = Math.max(this.#series, 0);
    const is = (at: number): boolean => ids[at * 2] === low && (high === undefined || ids[at * 2 + 1] === high);
    for (; !is(series); series++) {
      if (series * 2 >= ids.length) throw new RangeError('the engine answered with a series that was not asked for');
    }
    if (series === this.#series) return;
    this.#offsets.fill(this.#at, this.#series + 1, series + 1);
    this.#series = series;
  }

  #put(first: number, time: number, words: Uint32Array, row: number): void {
    if (this.#at > first && this.#timestamps[this.#at - 1] === time) {
      this.#at--;
      const differs = this.#words[this.#at * 2] !== words[row * 2] || this.#words[this.#at * 2 + 1] !== words[row * 2 + 1];
      if (differs && this.#conflicts.at(-1) !== this.#series) this.#conflicts.push(this.#series);
    }
    this.#timestamps[this.#at] = time;
    this.#words[this.#at * 2] = words[row * 2] as number;
    this.#words[this.#at * 2 + 1] = words[row * 2 + 1] as number;
    this.#at++;
  }
}

/** Joins two sets of samples, both by series and time; where they hold the same time, the recent one counts. */
export function withRecent(columns: SampleColumns, recent: RecentRows | undefined): SampleColumns {
  if (recent === undefined) return columns;
  const { offsets, timestamps, values, conflicts } = columns;
  const joined = new Joined(timestamps.length + recent.series.length);
  const newOffsets = new Uint32Array(offsets.length);
  let row = 0;
  for (let series = 0; series < offsets.length - 1; series++) {
    let at = offsets[series] as number;
    const end = offsets[series + 1] as number;
    for (; recent.series[row] === series; row++) {
      const time = recent.timestamps[row] as number;
      // Nearly always all of the recent samples are later than the others.
      let until = end;
      if (at < end && time <= (timestamps[end - 1] as number)) {
        until = at;
        while (until < end && (timestamps[until] as number) < time) until++;
      }
      joined.add(timestamps, values, at, until);
      at = until < end && timestamps[until] === time ? until + 1 : until;
      joined.add(recent.timestamps, recent.values, row, row + 1);
    }
    joined.add(timestamps, values, at, end);
    newOffsets[series + 1] = joined.length;
  }
  return { offsets: newOffsets, ...joined.columns(), conflicts };
}

class Joined {
  readonly #timestamps: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.#timestamps = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  /** Whole pieces are copied: that keeps the bits of NaNs. */
  add(timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
    if (start === end) return;
    this.#timestamps.set(timestamps.subarray(start, end), this.length);
    this.#values.set(values.subarray(start, end), this.length);
    this.length += end - start;
  }

  columns(): { timestamps: Float64Array<ArrayBuffer>; values: Float64Array<ArrayBuffer> } {
    return { timestamps: this.#timestamps.subarray(0, this.length), values: this.#values.subarray(0, this.length) };
  }
}
