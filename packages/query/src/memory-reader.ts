/** A SampleReader over samples in memory: for tests, benchmarks and tools. */

import { AtalayaError, compileMatcher, type Labels, matchesAll, type NativeHistogram } from '@atalaya/model';
import type { HistogramColumns, SampleReader, SeriesSet } from './reader.ts';

/** One series in memory: timestamps ascending in milliseconds, values as stored, stale markers among them. */
export interface MemorySeries {
  readonly labels: Labels;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** Histogram samples beside the floats, timestamps ascending too. */
  readonly histograms?: { readonly timestamps: Float64Array; readonly values: readonly NativeHistogram[] };
}

/** Reads from the given series; the iterable is walked anew for each selection, so that it may grow in between. */
export function createMemoryReader(series: Iterable<MemorySeries>): SampleReader {
  return {
    async estimate({ matchers, start, end }) {
      const compiled = matchers.map(compileMatcher);
      const found = [...series].filter(({ labels }) => matchesAll(labels, compiled));
      const samples = found.reduce(
        (sum, { timestamps }) => sum + firstAtOrAfter(timestamps, end + 1) - firstAtOrAfter(timestamps, start),
        0,
      );
      return { series: found.length, samples };
    },
    // An async function, so that what it throws rejects.
    async select({ matchers, start, end }, limits, signal): Promise<SeriesSet> {
      if (signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' });
      const compiled = matchers.map(compileMatcher);
      const found: { source: MemorySeries; from: number; to: number }[] = [];
      let total = 0;
      for (const source of series) {
        if (!matchesAll(source.labels, compiled)) continue;
        const from = firstAtOrAfter(source.timestamps, start);
        const to = firstAtOrAfter(source.timestamps, end + 1);
        found.push({ source, from, to });
        total += to - from;
      }
      if (found.length > limits.series) throw exceeded('query.series', limits.series, `${found.length} series match`);
      if (total > limits.samples) throw exceeded('query.samples', limits.samples, `${total} samples would be read`);
      const starts = new Uint32Array(found.length);
      const ends = new Uint32Array(found.length);
      const timestamps = new Float64Array(total);
      const values = new Float64Array(total);
      let at = 0;
      for (const [index, { source, from, to }] of found.entries()) {
        timestamps.set(source.timestamps.subarray(from, to), at);
        values.set(source.values.subarray(from, to), at);
        starts[index] = at;
        at += to - from;
        ends[index] = at;
      }
      const set = { labels: found.map(({ source }) => source.labels), starts, ends, timestamps, values };
      const sources = found.map(({ source }) => source);
      return sources.some(({ histograms }) => histograms !== undefined) ? { ...set, histograms: histogramsOf(sources, start, end) } : set;
    },
  };
}

function histogramsOf(sources: readonly MemorySeries[], start: number, end: number): HistogramColumns {
  const starts = new Uint32Array(sources.length);
  const ends = new Uint32Array(sources.length);
  const timestamps: number[] = [];
  const values: NativeHistogram[] = [];
  for (const [index, { histograms }] of sources.entries()) {
    starts[index] = values.length;
    if (histograms !== undefined) {
      const from = firstAtOrAfter(histograms.timestamps, start);
      const to = firstAtOrAfter(histograms.timestamps, end + 1);
      timestamps.push(...histograms.timestamps.subarray(from, to));
      values.push(...histograms.values.slice(from, to));
    }
    ends[index] = values.length;
  }
  return { starts, ends, timestamps: Float64Array.from(timestamps), values };
}

function exceeded(setting: string, limit: number, reason: string): AtalayaError<'QUERY_LIMIT'> {
  return new AtalayaError('QUERY_LIMIT', { setting, limit, reason });
}

function firstAtOrAfter(timestamps: Float64Array, time: number): number {
  let low = 0;
  let high = timestamps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timestamps[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
