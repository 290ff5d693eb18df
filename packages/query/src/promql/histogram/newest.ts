/** Histograms of instant selectors: laid over the floats of the same series wherever they are newer. */

import { isStaleHistogram } from '@atalaya/model';
import { findCrossings } from '../crossings.ts';
import { FLOAT, HISTOGRAM, type HistogramPlaces, type SampleColumns } from '../value.ts';

/** Where the steps of a selector are looked up among samples. */
export interface Lookup {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly lookbackMs: number;
  /** Whether the samples' times in seconds are wanted in the place of the samples. */
  readonly timestamps: boolean;
}

/** A vector's columns while rows are written into them. */
interface Columns {
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly histograms: HistogramPlaces;
}

/**
 * Goes over a row that holds the newest floats of a series, and puts the newest histograms where they are newer. `floats` holds,
 * for each step, the first float sample after it. Says whether anything is present in the row.
 */
export function layHistograms(
  { histograms, starts, timestamps }: SampleColumns,
  series: number,
  { first, step, count, lookbackMs, timestamps: wantTimes }: Lookup,
  floats: Int32Array,
  out: Columns,
  row: number,
): boolean {
  const { starts: firsts, ends: lasts, timestamps: times, values } = histograms!;
  const start = firsts[series]!;
  const crossings = new Int32Array(count);
  findCrossings(times, start, lasts[series]!, crossings, count, first, step);
  let any = false;
  for (let i = 0; i < count; i++) {
    const newest = crossings[i]! - 1;
    const float = floats[i]! - 1;
    const isNewer = newest >= start && (float < starts[series]! || timestamps[float]! < times[newest]!);
    if (isNewer) {
      const histogram = values[newest]!;
      const current = times[newest]! > first + i * step - lookbackMs && !isStaleHistogram(histogram);
      if (current && !wantTimes) out.histograms[row + i] = histogram;
      if (current && wantTimes) out.values[row + i] = times[newest]! / 1000;
      out.present[row + i] = current ? (wantTimes ? FLOAT : HISTOGRAM) : 0;
    }
    if (out.present[row + i] !== 0) any = true;
  }
  return any;
}
