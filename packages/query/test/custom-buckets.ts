/** `load_with_nhcb`: classic histograms of a script, loaded a second time as native ones with custom buckets. */

import { CUSTOM_BUCKETS_SCHEMA, type Labels, labelsToRecord, labelsOf, METRIC_NAME } from '@atalaya/model';
import type { HistogramPoint } from './histogram-literal.ts';
import type { Point, SeriesLine } from './script.ts';

/** The series of one classic histogram. */
interface Classic {
  readonly labels: Labels;
  readonly buckets: { readonly bound: number; readonly points: readonly Point[] }[];
  count: readonly Point[];
  sum: readonly Point[];
}

/** Native histograms for all classic ones among the series; they have the name without `_bucket`, and no `le`. */
export function customBucketSeries(series: readonly SeriesLine[]): SeriesLine[] {
  const found = new Map<string, Classic>();
  for (const { labels, points } of series) {
    const { [METRIC_NAME]: name, le, ...others } = labelsToRecord(labels);
    const [, base, part] = /^(.*)_(bucket|count|sum)$/.exec(name ?? '') ?? [];
    if (base === undefined || (part === 'bucket') !== (le !== undefined)) continue;
    const own = labelsOf({ ...others, [METRIC_NAME]: base } as Record<string, string>);
    const key = JSON.stringify(own);
    const classic: Classic = found.get(key) ?? { labels: own, buckets: [], count: [], sum: [] };
    found.set(key, classic);
    if (part === 'bucket') classic.buckets.push({ bound: le === '+Inf' ? Infinity : Number(le), points });
    else classic[part as 'count' | 'sum'] = points;
  }
  return [...found.values()]
    .filter(({ buckets }) => buckets.length > 0)
    .map((classic) => ({ labels: classic.labels, points: pointsOf(classic) }));
}

function pointsOf({ buckets, count, sum }: Classic): Point[] {
  const sorted = buckets.toSorted((a, b) => a.bound - b.bound);
  const length = Math.max(...buckets.map(({ points }) => points.length));
  return Array.from({ length }, (_, i) => {
    const cumulative = sorted.flatMap(({ bound, points }) => {
      const point = points[i];
      return typeof point === 'number' ? [{ bound, count: point }] : [];
    });
    if (cumulative.length === 0) return undefined;
    return histogramOf(cumulative, count[i], sum[i]);
  });
}

function histogramOf(cumulative: readonly { bound: number; count: number }[], count: Point, sum: Point): HistogramPoint {
  const finite = cumulative.filter(({ bound }) => bound !== Infinity);
  const highest = cumulative.at(-1)!.count;
  const total = typeof count === 'number' ? count : highest;
  const ends = [...finite.map((bucket) => bucket.count), total];
  const buckets = Float64Array.from(ends, (end, i) => end - (ends[i - 1] ?? 0));
  const none = new Float64Array(0);
  return {
    hintGiven: false,
    histogram: {
      schema: CUSTOM_BUCKETS_SCHEMA,
      counterReset: 'unknown',
      zeroThreshold: 0,
      zeroCount: 0,
      count: total,
      sum: typeof sum === 'number' ? sum : 0,
      positiveSpans: [{ offset: 0, length: buckets.length }],
      positiveBuckets: buckets,
      negativeSpans: [],
      negativeBuckets: none,
      customBounds: Float64Array.from(finite, ({ bound }) => bound),
    },
  };
}
