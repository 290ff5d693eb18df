/** A pretended metric of native histograms, since the small evaluator knows numbers only. */

import type { ApiHistogram } from '../../src/data/prometheus.ts';
import { HISTOGRAM_METRIC, noise } from './world.ts';

const METHODS = ['Get', 'List', 'Watch'] as const;
/** Buckets of half powers of two, from 1 ms up. */
const BUCKETS = 22;

/** Whether a query is about the histograms themselves, not about numbers made of them. */
export function asksHistograms(query: string): boolean {
  return query.includes(HISTOGRAM_METRIC) && !/histogram_\w+\s*\(/.test(query);
}

/** The histograms of all series at a time, epoch seconds. */
export function histogramsAt(seconds: number): { metric: Record<string, string>; histogram: ApiHistogram }[] {
  return METHODS.map((method, index) => {
    const centre = 6 + index * 4 + 3 * noise(400 + index, seconds, 1200);
    const counts = Array.from({ length: BUCKETS }, (_, i) => Math.round(400 * Math.exp(-((i - centre) ** 2) / (4 + index * 3))));
    const upper = (i: number) => 0.001 * 2 ** (i / 2);
    const buckets = counts.flatMap((count, i) =>
      count === 0 ? [] : [[0, String(upper(i - 1)), String(upper(i)), String(count)] as const],
    );
    const sum = counts.reduce((total, count, i) => total + count * upper(i - 0.5), 0);
    const count = counts.reduce((a, b) => a + b, 0);
    return {
      metric: { __name__: HISTOGRAM_METRIC, job: 'atalaya', instance: '127.0.0.1:3002', method },
      histogram: { count: String(count), sum: String(sum), buckets },
    };
  });
}

/** A number made of each series' histogram: what functions of histograms would answer, roughly. */
export function numbersAt(query: string, seconds: number): { metric: Record<string, string>; value: number }[] {
  return histogramsAt(seconds).map(({ metric: named, histogram }) => {
    const metric = Object.fromEntries(Object.entries(named).filter(([name]) => name !== '__name__'));
    const average = Number(histogram.sum) / Number(histogram.count);
    return {
      metric,
      value: query.includes('histogram_count') ? Number(histogram.count) : average * (query.includes('quantile') ? 2.1 : 1),
    };
  });
}
