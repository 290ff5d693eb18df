/** Results of range queries cut into spans of time, and put together again. */

import { compareLabels, type Labels } from '@atalaya/model';
import type { QueryResult } from './answer.ts';

/** The points of a range query, series ordered by labels. */
export type Matrix = Pick<QueryResult & { resultType: 'matrix' }, 'labels' | 'offsets' | 'timestamps' | 'values'>;

/** The points of a matrix between two times, both inclusive; the matrix itself where that is all of them. */
export function cut(matrix: Matrix, from: number, to: number): Matrix {
  const { labels, offsets, timestamps } = matrix;
  const starts = new Uint32Array(labels.length);
  const ends = new Uint32Array(labels.length);
  let total = 0;
  for (let series = 0; series < labels.length; series++) {
    starts[series] = placeOf(timestamps, offsets[series]!, offsets[series + 1]!, from);
    ends[series] = placeOf(timestamps, offsets[series]!, offsets[series + 1]!, to + 1);
    total += ends[series]! - starts[series]!;
  }
  if (total === timestamps.length) return matrix;
  const result = new Writer(labels.length, total);
  for (let series = 0; series < labels.length; series++) {
    result.points(matrix, starts[series]!, ends[series]!);
    result.end(labels[series] as Labels);
  }
  return result.finish();
}

/** Two matrices, all points of the first before those of the second. */
export function join(first: Matrix, second: Matrix): Matrix {
  if (first.labels.length === 0) return second;
  if (second.labels.length === 0) return first;
  const result = new Writer(first.labels.length + second.labels.length, first.values.length + second.values.length);
  let a = 0;
  let b = 0;
  while (a < first.labels.length || b < second.labels.length) {
    const left = first.labels[a];
    const right = second.labels[b];
    const order = left === undefined ? 1 : right === undefined ? -1 : left === right ? 0 : compareLabels(left, right);
    if (order <= 0) result.points(first, first.offsets[a]!, first.offsets[a + 1]!);
    if (order >= 0) result.points(second, second.offsets[b]!, second.offsets[b + 1]!);
    result.end((order <= 0 ? left : right) as Labels);
    if (order <= 0) a++;
    if (order >= 0) b++;
  }
  return result.finish();
}

/** Bytes that a matrix takes, about. */
export function sizeOfMatrix({ labels, timestamps, values }: Matrix): number {
  let bytes = timestamps.byteLength + values.byteLength;
  // Texts are shared with the reader's; a list of labels and its entries are not.
  for (const set of labels) bytes += 64 + set.length * 8;
  return bytes;
}

class Writer {
  readonly #labels: Labels[] = [];
  readonly #offsets: Uint32Array<ArrayBuffer>;
  readonly #timestamps: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  #at = 0;

  constructor(series: number, points: number) {
    this.#offsets = new Uint32Array(series + 1);
    this.#timestamps = new Float64Array(points);
    this.#values = new Float64Array(points);
  }

  points({ timestamps, values }: Matrix, start: number, end: number): void {
    this.#timestamps.set(timestamps.subarray(start, end), this.#at);
    this.#values.set(values.subarray(start, end), this.#at);
    this.#at += end - start;
  }

  /** Ends a series; one that got no points is left out. */
  end(labels: Labels): void {
    if (this.#at === this.#offsets[this.#labels.length]) return;
    this.#labels.push(labels);
    this.#offsets[this.#labels.length] = this.#at;
  }

  finish(): Matrix {
    const offsets = this.#offsets.slice(0, this.#labels.length + 1);
    return { labels: this.#labels, offsets, timestamps: this.#timestamps, values: this.#values };
  }
}

/** The place of the first time that is not before this one. */
function placeOf(times: Float64Array, start: number, end: number, time: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
