/** Classic histograms: quantiles and fractions out of buckets labelled with `le`. */

import { formatGeneral, type Span } from '@atalaya/lang';
import { type Labels, labelValue, METRIC_NAME } from '@atalaya/model';
import { type Evaluation, failed } from '../context.ts';
import { dropNames } from '../names.ts';
import { dropLabels, labelsKey, withLabel } from '../series.ts';
import { VectorBuilder, type VectorValue } from '../value.ts';

/** The series that make up one histogram, ordered by their upper bounds. */
interface Histogram {
  readonly labels: Labels;
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
function histogramsOf(vector: VectorValue, evaluation: Evaluation, place: Span): Histogram[] {
  const byKey = new Map<string, Histogram>();
  for (const [index, labels] of vector.labels.entries()) {
    const le = labelValue(labels, 'le');
    const bound = parseBound(le);
    if (bound === undefined) {
      const name = labelValue(labels, METRIC_NAME);
      const metric = name === '' ? '' : ` for metric name "${name}"`;
      evaluation.query.annotations.warn(`bucket label "le" is missing or has a malformed value of "${le}"${metric}`, place);
      continue;
    }
    const key = labelsKey(dropLabels(labels, BOUND));
    let histogram = byKey.get(key);
    if (histogram === undefined) byKey.set(key, (histogram = { labels: dropLabels(labels, BOUND), series: [] }));
    histogram.series.push({ bound, index });
  }
  for (const { series } of byKey.values()) series.sort((a, b) => a.bound - b.bound || 0);
  return [...byKey.values()];
}

/** The buckets of one histogram at one step: cumulative counts by ascending bound. Reused from step to step. */
class Buckets {
  readonly bounds: number[] = [];
  readonly counts: number[] = [];

  gather({ series }: Histogram, { values, present }: VectorValue, count: number, step: number): void {
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

  /** Levels out rounding errors, then lifts every count that is below the one before. Says what was lifted beyond rounding. */
  makeMonotonic(): { lowest: number; highest: number; largest: number } | undefined {
    const { bounds, counts } = this;
    let previous = counts[0]!;
    for (let i = 1; i < counts.length; i++) {
      const current = counts[i]!;
      const difference = Math.abs(current - previous);
      if (difference === 0) continue;
      if (difference / current <= 1e-12) counts[i] = previous;
      else previous = current;
    }
    let forced: { lowest: number; highest: number; largest: number } | undefined;
    let most = counts[0]!;
    for (let i = 1; i < counts.length; i++) {
      const current = counts[i]!;
      if (current > most) most = current;
      else if (current < most) {
        forced ??= { lowest: bounds[i]!, highest: bounds[i]!, largest: 0 };
        forced.highest = bounds[i]!;
        forced.largest = Math.max(forced.largest, most - current);
        counts[i] = most;
      }
    }
    return forced;
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
        const rank = below + ((counts[b]! - below) * (value - start)) / (bound - start);
        return rank > total ? total : rank;
      }
      start = bound;
      below = counts[b]!;
    }
    return total;
  }
}

/** Says which quantiles are none. */
function checkQuantiles(quantiles: Float64Array, evaluation: Evaluation, place: Span): void {
  for (const q of quantiles) {
    if (q >= 0 && q <= 1) continue;
    evaluation.query.annotations.warn(`quantile value should be between 0 and 1, got ${Number.isNaN(q) ? 'NaN' : q}`, place);
    return;
  }
}

/** `histogram_quantile`: the quantile (one for each step) of every histogram in the vector. */
export function histogramQuantile(
  vector: VectorValue,
  quantiles: Float64Array,
  evaluation: Evaluation,
  places: { quantile: Span; vector: Span },
): VectorValue {
  checkQuantiles(quantiles, evaluation, places.quantile);
  const { steps, query } = evaluation;
  const histograms = histogramsOf(vector, evaluation, places.vector);
  const out = new VectorBuilder(steps, histograms.length);
  const buckets = new Buckets();
  for (const histogram of histograms) {
    query.budget.check();
    const at = out.addRow(histogram.labels);
    const { values, present } = out;
    for (let i = 0; i < steps.count; i++) {
      buckets.gather(histogram, vector, steps.count, i);
      if (buckets.bounds.length === 0) continue;
      present[at + i] = 1;
      const q = quantiles[i]!;
      if (Number.isNaN(q)) values[at + i] = NaN;
      else if (q < 0) values[at + i] = -Infinity;
      else if (q > 1) values[at + i] = Infinity;
      else if (buckets.bounds.at(-1) !== Infinity) values[at + i] = NaN;
      else {
        const forced = buckets.makeMonotonic();
        if (forced !== undefined) {
          const { lowest, highest, largest } = forced;
          const where = `from buckets ${lowest} to ${highest}, with a max diff of ${largest.toPrecision(2)}`;
          query.annotations.inform(
            `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), ${where}`,
            places.vector,
          );
        }
        values[at + i] = buckets.quantile(q);
      }
    }
    out.dropRowIfEmpty();
  }
  return dropNames(out.finish(), evaluation);
}

/** `histogram_quantiles`: several quantiles, each with its number in a label. */
export function histogramQuantiles(
  vector: VectorValue,
  label: string,
  quantiles: readonly { values: Float64Array; place: Span }[],
  evaluation: Evaluation,
  place: Span,
): VectorValue {
  const { steps } = evaluation;
  const { count } = steps;
  const out = new VectorBuilder(steps, vector.labels.length);
  const rows = new Map<string, number>();
  for (const { values: qs, place: quantile } of quantiles) {
    const result = histogramQuantile(vector, qs, evaluation, { quantile, vector: place });
    for (const [series, labels] of result.labels.entries()) {
      for (let i = 0; i < count; i++) {
        const from = series * count + i;
        if (result.present[from] !== 1) continue;
        const own = withLabel(labels, label, formatBound(qs[i]!));
        const key = labelsKey(own);
        let at = rows.get(key);
        if (at === undefined) rows.set(key, (at = out.addRow(own)));
        if (out.present[at + i] === 1) throw failed('vector cannot contain metrics with the same labelset');
        out.values[at + i] = result.values[from]!;
        out.present[at + i] = 1;
      }
    }
  }
  return dropNames(out.finish(), evaluation);
}

/** A number as OpenMetrics writes bounds: always with a point or an exponent. */
function formatBound(value: number): string {
  const text = formatGeneral(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `histogram_fraction`: the share of observations between two values (for each step) of every histogram. */
export function histogramFraction(
  vector: VectorValue,
  lowers: Float64Array,
  uppers: Float64Array,
  evaluation: Evaluation,
  place: Span,
): VectorValue {
  const { steps, query } = evaluation;
  const histograms = histogramsOf(vector, evaluation, place);
  const out = new VectorBuilder(steps, histograms.length);
  const buckets = new Buckets();
  for (const histogram of histograms) {
    query.budget.check();
    const at = out.addRow(histogram.labels);
    const { values, present } = out;
    for (let i = 0; i < steps.count; i++) {
      buckets.gather(histogram, vector, steps.count, i);
      if (buckets.bounds.length === 0) continue;
      values[at + i] = buckets.fraction(lowers[i]!, uppers[i]!);
      present[at + i] = 1;
    }
    out.dropRowIfEmpty();
  }
  return dropNames(out.finish(), evaluation);
}
