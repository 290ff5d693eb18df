/** Quantiles and fractions of histograms: of classic ones out of buckets labelled with `le`, and of native ones. */

import { formatGeneral, type Span } from '@atalaya/lang';
import type { Labels, NativeHistogram } from '@atalaya/model';
import { type Evaluation, failed } from '../context.ts';
import { Buckets, type ClassicHistogram, forMetric, histogramsOf } from './classic-histogram.ts';
import { Repairs } from './bucket-repairs.ts';
import { hasKind } from '../histogram/places.ts';
import { fractionOfHistogram, quantileOfHistogram } from '../histogram/statistics.ts';
import { dropNames } from '../names.ts';
import { labelsKey, withLabel } from '../series.ts';
import { FLOAT, HISTOGRAM, VectorBuilder, type VectorValue } from '../value.ts';

/** Says which quantiles are none. */
function checkQuantiles(quantiles: Float64Array, evaluation: Evaluation, place: Span): void {
  for (const q of quantiles) {
    if (q >= 0 && q <= 1) continue;
    evaluation.query.annotations.warn(`quantile value should be between 0 and 1, got ${Number.isNaN(q) ? 'NaN' : q}`, place);
    return;
  }
}

/** Where in the query the arguments stand of which something may have to be said. */
interface Places {
  readonly vector: Span;
  /** What remarks on native histograms point at. */
  readonly native: Span;
}

/** What is computed of a histogram at a step. */
interface Estimate {
  ofBuckets(buckets: Buckets, labels: Labels, step: number): number;
  ofNative(histogram: NativeHistogram, labels: Labels, step: number): number;
}

/**
 * Computes one number for every histogram of the vector, classic ones and native ones. Where a classic and a native histogram
 * have the same labels at the same step, nothing is computed of either.
 */
function estimateAll(vector: VectorValue, evaluation: Evaluation, places: Places, estimate: Estimate): VectorValue {
  const { steps, query } = evaluation;
  const { count } = steps;
  const classic = histogramsOf(vector, evaluation, places.vector);
  const natives = nativesByKey(vector, count);
  const out = new VectorBuilder(steps, classic.length);
  const buckets = new Buckets();
  /** By key of a native histogram: the steps at which there are classic buckets beside it. */
  const mixed = new Map<string, Uint8Array>();
  for (const [key, series] of natives) {
    const at = out.addRow(vector.labels[series] as Labels);
    const beside = classicSteps(
      classic.find((histogram) => histogram.key === key),
      vector,
      count,
    );
    mixed.set(key, beside);
    for (let i = 0; i < count; i++) {
      const from = series * count + i;
      if (vector.present[from] !== HISTOGRAM) {
        beside[i] = 0;
        continue;
      }
      if (beside[i] === 1) {
        const message = `vector contains a mix of classic and native histograms${forMetric(vector.labels[series] as Labels)}`;
        query.annotations.warn(message, places.vector);
        continue;
      }
      out.put(at + i, estimate.ofNative(vector.histograms![from]!, vector.labels[series] as Labels, i));
    }
    out.dropRowIfEmpty();
  }
  for (const histogram of classic) {
    query.budget.check();
    const at = out.addRow(histogram.labels);
    const { values, present } = out;
    const beside = mixed.get(histogram.key);
    for (let i = 0; i < count; i++) {
      if (beside?.[i] === 1) continue;
      buckets.gather(histogram, vector, count, i);
      if (buckets.bounds.length === 0) continue;
      values[at + i] = estimate.ofBuckets(buckets, histogram.labels, i);
      present[at + i] = 1;
    }
    out.dropRowIfEmpty();
  }
  return dropNames(out.finish(), evaluation);
}

/** The series that hold native histograms, by all their labels. */
function nativesByKey(vector: VectorValue, count: number): Map<string, number> {
  const natives = new Map<string, number>();
  if (vector.histograms === undefined) return natives;
  for (const [series, labels] of vector.labels.entries()) {
    if (hasKind(vector, series, count, HISTOGRAM)) natives.set(labelsKey(labels), series);
  }
  return natives;
}

/** At which steps any bucket of a classic histogram is present. */
function classicSteps(histogram: ClassicHistogram | undefined, { present }: VectorValue, count: number): Uint8Array {
  const steps = new Uint8Array(count);
  for (const { index } of histogram?.series ?? []) {
    for (let i = 0; i < count; i++) if (present[index * count + i] === FLOAT) steps[i] = 1;
  }
  return steps;
}

/** `histogram_quantile`: the quantile (one for each step) of every histogram in the vector. */
export function histogramQuantile(
  vector: VectorValue,
  quantiles: Float64Array,
  evaluation: Evaluation,
  places: Places & { readonly quantile: Span },
): VectorValue {
  checkQuantiles(quantiles, evaluation, places.quantile);
  const { annotations, delaysNameRemoval } = evaluation.query;
  // A name that is removed at once is not known any more where the result is remarked on.
  const metric = (labels: Labels): string => (delaysNameRemoval ? forMetric(labels) : '');
  const { steps } = evaluation;
  const repairs = new Repairs();
  const result = estimateAll(vector, evaluation, places, {
    ofBuckets(buckets, labels, step) {
      const q = quantiles[step]!;
      if (Number.isNaN(q)) return NaN;
      if (q < 0) return -Infinity;
      if (q > 1) return Infinity;
      if (buckets.bounds.at(-1) !== Infinity) return NaN;
      const lifted = buckets.makeMonotonic();
      if (lifted !== undefined) repairs.add(metric(labels), lifted, steps.start + step * steps.step);
      return buckets.quantile(q);
    },
    ofNative(histogram, labels, step) {
      const { value, effect } = quantileOfHistogram(quantiles[step]!, histogram);
      if (effect !== 'none') {
        annotations.inform(`input to histogram_quantile has NaN observations, ${effect}${metric(labels)}`, places.native);
      }
      return value;
    },
  });
  for (const message of repairs.messages()) annotations.inform(message, places.vector, true);
  return result;
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
    const result = histogramQuantile(vector, qs, evaluation, { quantile, vector: place, native: place });
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
  places: Places,
): VectorValue {
  const { annotations, delaysNameRemoval } = evaluation.query;
  return estimateAll(vector, evaluation, places, {
    ofBuckets: (buckets, _labels, step) => buckets.fraction(lowers[step]!, uppers[step]!),
    ofNative(histogram, labels, step) {
      const { value, hasNaN } = fractionOfHistogram(lowers[step]!, uppers[step]!, histogram);
      if (hasNaN) {
        const metric = delaysNameRemoval ? forMetric(labels) : '';
        const message = 'input to histogram_fraction has NaN observations, which are excluded from all fractions';
        annotations.inform(`${message}${metric}`, places.native);
      }
      return value;
    },
  });
}
