/** Classic histograms: series with the label `le` are put together, and quantiles and fractions read out of their buckets. */

import type { Span } from '@atalaya/lang';
import { type Labels, labelValue, METRIC_NAME } from '@atalaya/model';
import type { Evaluation } from '../context.ts';
import { hasKind } from '../histogram/places.ts';
import { dropLabels, labelsKey } from '../series.ts';
import { FLOAT, type VectorValue } from '../value.ts';

/** The series that make up one histogram, ordered by their upper bounds. */
export interface ClassicHistogram {
  readonly labels: Labels;
  readonly key: string;
  readonly series: { readonly bound: number; readonly index: number }[];
}

const BOUND: ReadonlySet<string> = new Set(['le']);

/** Reads a bucket's bound as Go's ParseFloat does. */
function parseBound(text: string): number | undefined {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  return /^nan$/i.test(text) ? NaN : undefined;
}

/** Sorts bucket series into histograms; histograms of different metrics stay apart. */
export function histogramsOf(vector: VectorValue, evaluation: Evaluation, place: Span): ClassicHistogram[] {
  const byKey = new Map<string, ClassicHistogram>();
  for (const [index, labels] of vector.labels.entries()) {
    if (vector.histograms !== undefined && !hasKind(vector, index, evaluation.steps.count, FLOAT)) continue;
    const le = labelValue(labels, 'le');
    const bound = parseBound(le);
    if (bound === undefined) {
      evaluation.query.annotations.warn(`bucket label "le" is missing or has a malformed value of "${le}"${forMetric(labels)}`, place);
      continue;
    }
    const key = labelsKey(dropLabels(labels, BOUND));
    let histogram = byKey.get(key);
    if (histogram === undefined) byKey.set(key, (histogram = { labels: dropLabels(labels, BOUND), key, series: [] }));
    histogram.series.push({ bound, index });
  }
  for (const { series } of byKey.values()) series.sort((a, b) => a.bound - b.bound || 0);
  return [...byKey.values()];
}

/** Which buckets had to be lifted: from which bound to which, and the most that was added. */
export interface Lifted {
  lowest: number;
  highest: number;
  largest: number;
}

/** Whether two counts differ by no more than rounding may do. */
function isAlmost(a: number, b: number): boolean {
  if (a === b) return true;
  return a !== 0 && b !== 0 && Math.abs(a - b) / (Math.abs(a) + Math.abs(b)) < 1e-12;
}

/** The buckets of one histogram at one step: cumulative counts by ascending bound. Reused from step to step. */
export class Buckets {
  readonly bounds: number[] = [];
  readonly counts: number[] = [];

  gather({ series }: ClassicHistogram, { values, present }: VectorValue, count: number, step: number): void {
    this.bounds.length = 0;
    this.counts.length = 0;
    for (const { bound, index } of series) {
      const at = index * count + step;
      if (present[at] !== 1) continue;
      const last = this.bounds.length - 1;
      if (last >= 0 && this.bounds[last] === bound) this.counts[last]! += values[at]!;
      else {
        this.bounds.push(bound);
        this.counts.push(values[at]!);
      }
    }
  }

  /** Levels out rounding errors, and lifts every count that is below the one before. Says what was lifted beyond rounding. */
  makeMonotonic(): Lifted | undefined {
    const { bounds, counts } = this;
    let lifted: Lifted | undefined;
    let previous = counts[0]!;
    for (let i = 1; i < counts.length; i++) {
      const current = counts[i]!;
      if (!isAlmost(current, previous) && !(current < previous)) {
        previous = current;
        continue;
      }
      counts[i] = previous;
      if (isAlmost(current, previous)) continue;
      lifted ??= { lowest: bounds[i]!, highest: bounds[i]!, largest: 0 };
      lifted.highest = bounds[i]!;
      lifted.largest = Math.max(lifted.largest, previous - current);
    }
    return lifted;
  }

  quantile(q: number): number {
    const { bounds, counts } = this;
    const last = counts.length - 1;
    if (last < 1) return NaN;
    const total = counts[last]!;
    if (total === 0) return NaN;
    let rank = q * total;
    let b = 0;
    while (b < last && !(counts[b]! >= rank)) b++;
    if (b === last) return bounds[last - 1]!;
    if (b === 0 && bounds[0]! <= 0) return bounds[0]!;
    let start = 0;
    let inside = counts[b]!;
    if (b > 0) {
      start = bounds[b - 1]!;
      inside -= counts[b - 1]!;
      rank -= counts[b - 1]!;
    }
    return start + (bounds[b]! - start) * (rank / inside);
  }

  fraction(lower: number, upper: number): number {
    const { bounds, counts } = this;
    const total = counts.at(-1)!;
    if (bounds.at(-1) !== Infinity || total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
    if (lower >= upper) return 0;
    return (this.#rank(upper) - this.#rank(lower)) / total;
  }

  /** How many observations lie below a value, interpolated inside its bucket. The lowest bucket starts at 0 when its bound is positive. */
  #rank(value: number): number {
    const { bounds, counts } = this;
    const total = counts.at(-1)!;
    let start = bounds[0]! > 0 ? 0 : -Infinity;
    let below = 0;
    for (let b = 0; b < bounds.length; b++) {
      const bound = bounds[b]!;
      if (start >= value) return Math.min(below, total);
      if (bound > value) {
        // What lies in a bucket that is open downwards cannot be divided.
        if (start === -Infinity) return Math.min(counts[b]!, total);
        const rank = below + ((counts[b]! - below) * (value - start)) / (bound - start);
        return rank > total ? total : rank;
      }
      start = bound;
      below = counts[b]!;
    }
    return total;
  }
}

/** The end of a remark that names the metric, where there is one. */
export function forMetric(labels: Labels): string {
  const name = labelValue(labels, METRIC_NAME);
  return name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
}
