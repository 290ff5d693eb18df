/** Classic histograms as native ones with custom buckets ("NHCB"). */

import { CUSTOM_BUCKETS_SCHEMA } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';

/** A classic histogram: buckets by ascending upper bound, their counts cumulative. */
export interface ClassicHistogram {
  /** With or without +Inf. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  /** Of all observations. */
  readonly count: number;
  readonly sum: number;
}

const NONE = new Float64Array(0);

/** The same as a native histogram. What does not add up stays so: whoever takes it will say. */
export function customHistogram({ bounds, counts, count, sum }: ClassicHistogram, gauge: boolean): ArrivedHistogram {
  const finite = bounds.at(-1) === Infinity ? bounds.length - 1 : bounds.length;
  const cumulative = [...counts.subarray(0, finite), count];
  const buckets = Float64Array.from(cumulative, (upTo, i) => upTo - (cumulative[i - 1] ?? 0));
  const spans: { offset: number; length: number }[] = [];
  let empty = 0;
  for (const population of buckets) {
    const last = spans.at(-1);
    if (population === 0) empty++;
    else if (last !== undefined && empty === 0) last.length++;
    else {
      spans.push({ offset: empty, length: 1 });
      empty = 0;
    }
  }
  return {
    histogram: {
      schema: CUSTOM_BUCKETS_SCHEMA,
      counterReset: gauge ? 'gauge' : 'unknown',
      zeroThreshold: 0,
      zeroCount: 0,
      count,
      sum,
      positiveSpans: spans,
      positiveBuckets: buckets.filter((population) => population !== 0),
      negativeSpans: [],
      negativeBuckets: NONE,
      customBounds: bounds.slice(0, finite),
    },
    exact: cumulative.every(Number.isInteger),
    largest: bounds.length,
  };
}
