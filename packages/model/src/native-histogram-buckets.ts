/** Native histograms with fewer buckets: at a coarser resolution, or without those that nothing fell into. */

import { type BucketSpan, CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from './native-histogram.ts';

/** One side's spans and buckets. */
interface Side {
  readonly spans: readonly BucketSpan[];
  readonly buckets: Float64Array;
}

/** The histogram at a coarser exponential schema: buckets are merged, nothing is lost but resolution. A finer schema changes nothing. */
export function reduceResolution(histogram: NativeHistogram, schema: number): NativeHistogram {
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets } = histogram;
  if (histogram.schema === CUSTOM_BUCKETS_SCHEMA || schema >= histogram.schema) return histogram;
  // Not with a shift: schemas may lie 61 apart.
  const merged = 2 ** (histogram.schema - schema);
  const target = (index: number): number => Math.floor((index - 1) / merged) + 1;
  const positive = rebuilt(positiveSpans, positiveBuckets, target);
  const negative = rebuilt(negativeSpans, negativeBuckets, target);
  return withSides({ ...histogram, schema }, positive, negative);
}

/** The histogram without empty buckets. */
export function compactHistogram(histogram: NativeHistogram): NativeHistogram {
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets } = histogram;
  if (isCompact(positiveSpans, positiveBuckets) && isCompact(negativeSpans, negativeBuckets)) return histogram;
  const same = (index: number): number => index;
  return withSides(histogram, rebuilt(positiveSpans, positiveBuckets, same, true), rebuilt(negativeSpans, negativeBuckets, same, true));
}

function withSides(histogram: NativeHistogram, positive: Side, negative: Side): NativeHistogram {
  return {
    ...histogram,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

function isCompact(spans: readonly BucketSpan[], buckets: Float64Array): boolean {
  return !buckets.includes(0) && spans.every(({ offset, length }, i) => length > 0 && (i === 0 || offset > 0));
}

/** Moves every bucket to the index that `target` (never descending) names for its own, those of one index added up. */
function rebuilt(spans: readonly BucketSpan[], buckets: Float64Array, target: (index: number) => number, dropEmpty = false): Side {
  const result: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let at = 0;
  let index = 0;
  /** The index after that of the last bucket taken. */
  let next = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++) {
      const count = buckets[at++] as number;
      if (dropEmpty && count === 0) continue;
      const wanted = target(index);
      const last = result.at(-1);
      if (last !== undefined && wanted < next) {
        counts[counts.length - 1] = (counts.at(-1) as number) + count;
        continue;
      }
      if (last !== undefined && wanted === next) last.length++;
      else result.push({ offset: wanted - next, length: 1 });
      counts.push(count);
      next = wanted + 1;
    }
  }
  return { spans: result, buckets: Float64Array.from(counts) };
}
