/** Aggregations of the numbers in windows, computed while lines come in ascending order of time. */

import type { Labels } from '@atalaya/model';
import { quantileOf } from '../../promql/quantile.ts';
import type { LogqlBudget } from '../limits.ts';
import type { Accumulator } from './accumulators.ts';
import type { VectorValue } from './vector.ts';
import { VectorBuilder } from './vector-builder.ts';

/** Takes the samples of all series, ascending in time, and computes a number for each window. */
export interface WindowValues {
  /** A sample that lies in the windows from `first` to `last`, inclusive; `first` never decreases. `time` as accumulators take it. */
  add(row: number, first: number, last: number, value: number, time: number): void;
  finish(labels: readonly Labels[]): VectorValue;
}

/** Windows that do not overlap: each series has the state of its current window, and no sample is kept. */
export class SeparateWindows implements WindowValues {
  readonly #accumulator: Accumulator;
  readonly #results: VectorBuilder;
  readonly #endOf: (window: number) => number;
  #states = new Float64Array(0);
  /** The window that a row's state belongs to; -1 before its first sample. */
  #window = new Int32Array(0);
  #rows = 0;

  /** @param endOf where a window ends, in seconds since the origin of times */
  constructor(accumulator: Accumulator, count: number, endOf: (window: number) => number, budget: LogqlBudget) {
    this.#accumulator = accumulator;
    this.#results = new VectorBuilder(count, budget);
    this.#endOf = endOf;
  }

  add(row: number, first: number, _last: number, value: number, time: number): void {
    if (row >= this.#rows) this.#addRow(row);
    const accumulator = this.#accumulator;
    const at = row * accumulator.width;
    if (this.#window[row] !== first) {
      this.#flush(row);
      this.#window[row] = first;
      this.#states.fill(0, at, at + accumulator.width);
      accumulator.start?.(this.#states, at);
    }
    accumulator.add(this.#states, at, value, time);
  }

  #addRow(row: number): void {
    this.#rows = row + 1;
    this.#results.reserve(this.#rows);
    if (row < this.#window.length) return;
    const size = Math.max(16, this.#window.length * 2);
    const window = new Int32Array(size).fill(-1);
    window.set(this.#window);
    this.#window = window;
    const states = new Float64Array(size * this.#accumulator.width);
    states.set(this.#states);
    this.#states = states;
  }

  #flush(row: number): void {
    const window = this.#window[row]!;
    if (window < 0) return;
    this.#results.put(row, window, this.#accumulator.result(this.#states, row * this.#accumulator.width, this.#endOf(window)));
  }

  finish(labels: readonly Labels[]): VectorValue {
    for (let row = 0; row < this.#rows; row++) this.#flush(row);
    return this.#results.finish(labels);
  }
}

/** A number for some samples of a series that lie in a window, given as columns from `start` to `end`. */
export type WindowKernel = (values: Float64Array, times: Float64Array, start: number, end: number, windowEnd: number) => number;

/** Applies an accumulator to all samples of a window. */
export function kernelOf(accumulator: Accumulator): WindowKernel {
  const state = new Float64Array(accumulator.width);
  return (values, times, start, end, windowEnd) => {
    state.fill(0);
    accumulator.start?.(state, 0);
    for (let i = start; i < end; i++) accumulator.add(state, 0, values[i]!, times[i] ?? 0);
    return accumulator.result(state, 0, windowEnd);
  };
}

/** The quantile of all samples of a window, interpolated. */
export function quantileKernel(quantile: number): WindowKernel {
  let scratch = new Float64Array(64);
  return (values, _times, start, end) => {
    const length = end - start;
    if (scratch.length < length) scratch = new Float64Array(length * 2);
    scratch.set(values.subarray(start, end));
    return quantileOf(quantile, scratch, length);
  };
}

/** The samples of a series that lie in the window under way, or in a later one. */
class Held {
  values = new Float64Array(16);
  times: Float64Array;
  /** Last window that holds the sample. */
  lasts = new Int32Array(16);
  start = 0;
  end = 0;

  constructor(timed: boolean) {
    this.times = new Float64Array(timed ? 16 : 0);
  }

  push(value: number, time: number, last: number): number {
    const grown = this.end === this.values.length ? this.#makeRoom() : 0;
    this.values[this.end] = value;
    this.lasts[this.end] = last;
    if (this.times.length > 0) this.times[this.end] = time;
    this.end++;
    return grown;
  }

  /** Moves what is held to the beginning, or into twice the room; gives the bytes that are new. */
  #makeRoom(): number {
    const { values, times, lasts, start, end } = this;
    if (start * 2 >= end) {
      values.copyWithin(0, start, end);
      lasts.copyWithin(0, start, end);
      if (times.length > 0) times.copyWithin(0, start, end);
    } else {
      const size = values.length * 2;
      this.values = new Float64Array(size);
      this.values.set(values.subarray(start, end));
      this.lasts = new Int32Array(size);
      this.lasts.set(lasts.subarray(start, end));
      if (times.length > 0) {
        this.times = new Float64Array(size);
        this.times.set(times.subarray(start, end));
      }
    }
    this.start = 0;
    this.end = end - start;
    return this.values === values ? 0 : values.length * (times.length > 0 ? 20 : 12);
  }
}

/** Windows that overlap, or need all their samples at once: each series holds those of the window under way. */
export class SlidingWindows implements WindowValues {
  readonly #kernel: WindowKernel;
  readonly #timed: boolean;
  readonly #count: number;
  readonly #endOf: (window: number) => number;
  readonly #budget: LogqlBudget;
  readonly #results: VectorBuilder;
  readonly #held: Held[] = [];
  /** The first window that is not computed yet. */
  #next = 0;

  /** @param endOf where a window ends, in seconds since the origin of times */
  constructor(kernel: WindowKernel, timed: boolean, count: number, endOf: (window: number) => number, budget: LogqlBudget) {
    this.#kernel = kernel;
    this.#timed = timed;
    this.#count = count;
    this.#endOf = endOf;
    this.#budget = budget;
    this.#results = new VectorBuilder(count, budget);
  }

  add(row: number, first: number, last: number, value: number, time: number): void {
    while (this.#next < first) this.#compute(this.#next++);
    let held = this.#held[row];
    if (held === undefined) {
      this.#results.reserve(row + 1);
      this.#held[row] = held = new Held(this.#timed);
    }
    const grown = held.push(value, time, last);
    if (grown > 0) this.#budget.hold(grown);
  }

  #compute(window: number): void {
    const end = this.#endOf(window);
    for (const [row, held] of this.#held.entries()) {
      this.#budget.tick();
      while (held.start < held.end && held.lasts[held.start]! < window) held.start++;
      if (held.start === held.end) continue;
      this.#results.put(row, window, this.#kernel(held.values, held.times, held.start, held.end, end));
    }
  }

  finish(labels: readonly Labels[]): VectorValue {
    while (this.#next < this.#count) this.#compute(this.#next++);
    return this.#results.finish(labels);
  }
}
