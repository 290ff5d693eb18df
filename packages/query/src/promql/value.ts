/** Values of expressions while they are evaluated: whole ranges at once, as columns. */

import type { Labels, NativeHistogram } from '@atalaya/model';
import type { HistogramColumns } from '../reader.ts';

/** The evaluation times: `count` of them, `step` milliseconds apart, the first at `start`. */
export interface Steps {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** A number for every step. */
export interface ScalarValue {
  readonly kind: 'scalar';
  readonly values: Float64Array;
}

export interface StringValue {
  readonly kind: 'string';
  readonly text: string;
}

/** What stands at a place of {@link VectorValue.present} besides 0: a number in `values`, or a histogram in `histograms`. */
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** Native histograms at the places where `present` holds {@link HISTOGRAM}. They are never changed once they are in a vector. */
export type HistogramPlaces = (NativeHistogram | undefined)[];

/**
 * An instant vector for every step. Series `s` has its value of step `i` at `s * count + i` of `values`, which means
 * something only where `present` holds {@link FLOAT} (a present value may be NaN). Arrays may be longer than needed.
 *
 * Where `histograms` is missing, `present` holds 0 and 1 only: whoever computes with numbers alone needs no further look.
 */
export interface VectorValue {
  readonly kind: 'vector';
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly histograms?: HistogramPlaces;
  /** 1 for each series whose name goes at the query's end; only with `promql-delayed-name-removal`, else names are gone already. */
  readonly dropsName?: Uint8Array;
}

/** Samples of several series: those of series `s` are at `[starts[s], ends[s])` of the columns, in ascending order of time. */
export interface SampleColumns {
  readonly labels: readonly Labels[];
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** Bits of `SERIES_FLAG` for each series. */
  readonly flags: Uint8Array;
  /** The histogram samples of the same series; missing where no series has any. */
  readonly histograms?: HistogramColumns;
  /** As in {@link VectorValue}, where the samples came out of a subquery. */
  readonly dropsName?: Uint8Array;
}

/**
 * A range vector for every step: the samples (without stale markers), and where the windows lie. The window of step `i`
 * is left-open: `(end - rangeMs, end]` with `end = firstEnd + i * endStep`.
 */
export interface RangeValue {
  readonly kind: 'range';
  readonly samples: SampleColumns;
  readonly rangeMs: number;
  readonly firstEnd: number;
  /** 0 where `@` pins the window. */
  readonly endStep: number;
}

export type Value = ScalarValue | StringValue | VectorValue | RangeValue;

/** A vector without series. */
export const EMPTY_VECTOR: VectorValue = { kind: 'vector', labels: [], values: new Float64Array(0), present: new Uint8Array(0) };

/** A scalar that is the same at every step. */
export function constantScalar(value: number, steps: Steps): ScalarValue {
  return { kind: 'scalar', values: new Float64Array(steps.count).fill(value) };
}

/** A vector; without the property `histograms` where there are none. */
export function vectorOf(
  labels: readonly Labels[],
  values: Float64Array,
  present: Uint8Array,
  histograms: HistogramPlaces | undefined,
): VectorValue {
  return histograms === undefined ? { kind: 'vector', labels, values, present } : { kind: 'vector', labels, values, present, histograms };
}

/** Collects a vector row by row, when it is not known beforehand how many rows there will be. */
export class VectorBuilder {
  readonly labels: Labels[] = [];
  readonly #count: number;
  #values: Float64Array;
  #present: Uint8Array;
  #histograms: HistogramPlaces | undefined;

  constructor(steps: Steps, expectedRows: number) {
    this.#count = steps.count;
    this.#values = new Float64Array(steps.count * expectedRows);
    this.#present = new Uint8Array(steps.count * expectedRows);
  }

  /** Appends an empty row and gives the position of its first step. Positions stay valid, arrays do not: ask for them afterwards. */
  addRow(labels: Labels): number {
    const at = this.labels.length * this.#count;
    this.labels.push(labels);
    if (at + this.#count > this.#values.length) {
      const size = Math.max(at + this.#count, this.#values.length * 2);
      const values = new Float64Array(size);
      values.set(this.#values);
      this.#values = values;
      const present = new Uint8Array(size);
      present.set(this.#present);
      this.#present = present;
    }
    return at;
  }

  /** Takes the last row back when nothing is present in it. */
  dropRowIfEmpty(): void {
    const at = (this.labels.length - 1) * this.#count;
    for (let i = at; i < at + this.#count; i++) if (this.#present[i] !== 0) return;
    this.labels.pop();
  }

  get values(): Float64Array {
    return this.#values;
  }

  get present(): Uint8Array {
    return this.#present;
  }

  /** Puts a histogram at a place. */
  putHistogram(at: number, histogram: NativeHistogram): void {
    this.#histograms ??= [];
    this.#histograms[at] = histogram;
    this.#present[at] = HISTOGRAM;
  }

  /** Puts a number or a histogram at a place. */
  put(at: number, element: number | NativeHistogram): void {
    if (typeof element !== 'number') return this.putHistogram(at, element);
    this.#values[at] = element;
    this.#present[at] = FLOAT;
  }

  /** Copies whatever stands at a place of a vector, if anything does. */
  copy(to: number, { values, present, histograms }: VectorValue, from: number): void {
    const kind = present[from]!;
    if (kind === HISTOGRAM) this.putHistogram(to, histograms![from]!);
    else if (kind === FLOAT) {
      this.#values[to] = values[from]!;
      this.#present[to] = FLOAT;
    }
  }

  finish(): VectorValue {
    return vectorOf(this.labels, this.#values, this.#present, this.#histograms);
  }
}
