/** What an exponential histogram holds: added up at the coarser of two scales, made a native histogram. */

import { EXPONENTIAL_SCHEMAS, type BucketSpan, type NativeHistogram } from '@atalaya/model';
import type { ArrivedHistogram } from '../../native-histogram/admit.ts';
import type { DataPoint } from './data-point.ts';
import type { SideBuckets } from './side-buckets.ts';

/** Counts of one side: bucket `i` covers `(base^(offset + i), base^(offset + i + 1)]`. */
export interface Side {
  readonly offset: number;
  readonly counts: Float64Array;
}

/** Counts by bucket; `base` is `2^(2^-scale)`. */
export interface ExponentialCounts {
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly hasSum: boolean;
  readonly positive: Side;
  readonly negative: Side;
}

/** The width of the zero bucket where it is not told, as in Prometheus. */
const DEFAULT_ZERO_THRESHOLD = 1e-128;
/** Scales beyond have no use: their buckets are finer than float64 can tell. */
const FINEST_SCALE = 20;

/** What a data point holds; views, to be used before the next point is read. */
export function exponentialOfPoint(point: DataPoint): ExponentialCounts {
  const { scale, zeroThreshold, zeroCount, count, sum, hasSum } = point;
  return { scale, zeroThreshold, zeroCount, count, sum, hasSum, positive: sideOf(point.positive), negative: sideOf(point.negative) };
}

/** Why a data point cannot become a native histogram, as far as that is not found out when it is one. */
export function exponentialFault(point: DataPoint, mostBuckets: number): 'histogram_buckets' | 'invalid_histogram' | undefined {
  const { scale, zeroThreshold, positive, negative } = point;
  if (positive.counts.count + negative.counts.count > mostBuckets) return 'histogram_buckets';
  if (scale < EXPONENTIAL_SCHEMAS.min || scale > FINEST_SCALE) return 'invalid_histogram';
  return zeroThreshold >= 0 && zeroThreshold < Infinity ? undefined : 'invalid_histogram';
}

/** Both together, at a scale at which neither side has more buckets than allowed. */
export function addExponential(before: ExponentialCounts | undefined, delta: ExponentialCounts, mostBuckets: number): ExponentialCounts {
  if (before === undefined) return { ...delta, positive: copied(delta.positive), negative: copied(delta.negative) };
  const threshold = Math.max(before.zeroThreshold, delta.zeroThreshold);
  let [a, b] = [withZero(before, threshold), withZero(delta, threshold)];
  let scale = Math.min(a.scale, b.scale);
  while (
    scale > EXPONENTIAL_SCHEMAS.min &&
    Math.max(spread(a.positive, a.scale, b.positive, b.scale, scale), spread(a.negative, a.scale, b.negative, b.scale, scale)) >
      mostBuckets / 2
  ) {
    scale--;
  }
  [a, b] = [atScale(a, scale), atScale(b, scale)];
  return {
    scale,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    zeroCount: a.zeroCount + b.zeroCount,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    hasSum: a.hasSum && b.hasSum,
    positive: addSides(a.positive, b.positive),
    negative: addSides(a.negative, b.negative),
  };
}

/** As a native histogram, whose buckets are counted from one further on. Without a sum it is 0, as in Prometheus. */
export function toNativeHistogram(counts: ExponentialCounts): ArrivedHistogram {
  const { scale, zeroThreshold, zeroCount, count, sum, hasSum, positive, negative } = atScale(
    counts,
    Math.min(counts.scale, EXPONENTIAL_SCHEMAS.max),
  );
  const up = spansOf(positive);
  const down = spansOf(negative);
  const histogram: NativeHistogram = {
    schema: scale,
    counterReset: 'unknown',
    zeroThreshold: zeroThreshold === 0 ? DEFAULT_ZERO_THRESHOLD : zeroThreshold,
    zeroCount,
    count,
    sum: hasSum ? sum : 0,
    positiveSpans: up.spans,
    positiveBuckets: up.buckets,
    negativeSpans: down.spans,
    negativeBuckets: down.buckets,
    customBounds: new Float64Array(0),
  };
  return { histogram, exact: true, largest: up.buckets.length + down.buckets.length };
}

function sideOf({ offset, counts }: SideBuckets): Side {
  return { offset, counts: counts.values.subarray(0, counts.count) };
}

function copied({ offset, counts }: Side): Side {
  return { offset, counts: counts.slice() };
}

/** Merges `2^(from - to)` buckets each. */
function atScale(counts: ExponentialCounts, scale: number): ExponentialCounts {
  if (scale >= counts.scale) return counts;
  const merged = 2 ** (counts.scale - scale);
  return { ...counts, scale, positive: coarser(counts.positive, merged), negative: coarser(counts.negative, merged) };
}

function coarser({ offset, counts }: Side, merged: number): Side {
  const first = Math.floor(offset / merged);
  if (counts.length === 0) return { offset: first, counts };
  const result = new Float64Array(Math.floor((offset + counts.length - 1) / merged) - first + 1);
  for (let i = 0; i < counts.length; i++) {
    const at = Math.floor((offset + i) / merged) - first;
    result[at] = (result[at] as number) + (counts[i] as number);
  }
  return { offset: first, counts: result };
}

/** How many buckets both cover together at a scale, empty ones at the ends left out. */
function spread(a: Side, aScale: number, b: Side, bScale: number, scale: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (const [{ offset, counts }, merged] of [[a, 2 ** (aScale - scale)] as const, [b, 2 ** (bScale - scale)] as const]) {
    const first = counts.findIndex((count) => count !== 0);
    if (first < 0) continue;
    const last = counts.findLastIndex((count) => count !== 0);
    low = Math.min(low, Math.floor((offset + first) / merged));
    high = Math.max(high, Math.floor((offset + last) / merged));
  }
  return high - low + 1;
}

/** Of one scale; the result covers what either has, from the first bucket that holds anything to the last. */
function addSides(a: Side, b: Side): Side {
  const [x, y] = [trimmed(a), trimmed(b)];
  if (x.counts.length === 0) return copied(y);
  if (y.counts.length === 0) return copied(x);
  const offset = Math.min(x.offset, y.offset);
  const counts = new Float64Array(Math.max(x.offset + x.counts.length, y.offset + y.counts.length) - offset);
  counts.set(x.counts, x.offset - offset);
  for (let i = 0; i < y.counts.length; i++) {
    const at = y.offset - offset + i;
    counts[at] = (counts[at] as number) + (y.counts[i] as number);
  }
  return { offset, counts };
}

function trimmed({ offset, counts }: Side): Side {
  const first = counts.findIndex((count) => count !== 0);
  if (first < 0) return { offset: 0, counts: new Float64Array(0) };
  return { offset: offset + first, counts: counts.subarray(first, counts.findLastIndex((count) => count !== 0) + 1) };
}

/** Widens the zero bucket: buckets that it covers wholly or in part are added to it, and then it ends where the last of them ends. */
function withZero(counts: ExponentialCounts, threshold: number): ExponentialCounts {
  if (threshold <= counts.zeroThreshold) return counts;
  const base = 2 ** (2 ** -counts.scale);
  /** Buckets up to this index begin below the threshold. */
  const covered = Math.ceil(Math.log2(threshold) / Math.log2(base)) - 1;
  const positive = split(counts.positive, covered);
  const negative = split(counts.negative, covered);
  const moved = positive.moved + negative.moved;
  const zeroThreshold = moved > 0 ? Math.max(threshold, base ** (covered + 1)) : threshold;
  return { ...counts, zeroThreshold, zeroCount: counts.zeroCount + moved, positive: positive.rest, negative: negative.rest };
}

function split({ offset, counts }: Side, upTo: number): { moved: number; rest: Side } {
  const from = Math.min(counts.length, Math.max(0, upTo + 1 - offset));
  let moved = 0;
  for (let i = 0; i < from; i++) moved += counts[i] as number;
  return { moved, rest: { offset: offset + from, counts: counts.subarray(from) } };
}

/** Runs of buckets that hold anything. Prometheus' bucket `i` ends where OTLP's bucket `i` begins. */
function spansOf({ offset, counts }: Side): { spans: BucketSpan[]; buckets: Float64Array } {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const index = offset + i + 1;
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return { spans, buckets: counts.filter((count) => count !== 0) };
}
