/** Exemplars: single measurements that a sender attached to a series, most often with the trace in which they were taken. */

import { requestJson } from './http.ts';
import { type LabelRecord, parseSample, unwrap } from './prometheus.ts';
import { resolveRange, type TimeRangeText } from './time-range.ts';

/** One exemplar. */
export interface Exemplar {
  /** Epoch seconds, as charts have it. */
  readonly time: number;
  readonly value: number;
  /** Its own labels: `trace_id` and what else the sender gave. */
  readonly labels: LabelRecord;
  /** Those of its series. */
  readonly series: LabelRecord;
}

/** Most exemplars on one chart: more would hide its lines. */
const MOST = 250;

interface ExemplarSeries {
  readonly seriesLabels: LabelRecord;
  readonly exemplars: readonly { readonly labels: LabelRecord; readonly value: string; readonly timestamp: number }[];
}

/** The exemplars of an answer, in order of time, each once; of too many every n-th, and always the largest. */
export function readExemplars(answer: readonly ExemplarSeries[], most = MOST): Exemplar[] {
  const seen = new Set<string>();
  const all = answer
    .flatMap(({ seriesLabels, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) => ({ time: timestamp, value: parseSample(value), labels, series: seriesLabels })),
    )
    .filter(({ time, value, labels, series: { le: _le, ...series } }) => {
      // The buckets of a histogram may all tell of the same one.
      const key = JSON.stringify([time, value, labels, series]);
      if (!Number.isFinite(value) || seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.time - b.time);
  if (all.length <= most) return all;
  const every = Math.ceil(all.length / most);
  // Outliers are what people look for: of each group the largest stays.
  return Array.from({ length: Math.ceil(all.length / every) }, (_, group) =>
    all.slice(group * every, (group + 1) * every).reduce((best, next) => (next.value > best.value ? next : best)),
  );
}

/** Query key and function of the exemplars of the series in an expression. */
export function exemplarsQuery(query: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['exemplars', query, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly Exemplar[]> => {
      const { start, end } = resolveRange(range, clock());
      const parameters = { query, start: start / 1000, end: end / 1000 };
      const answer = unwrap<readonly ExemplarSeries[]>(await requestJson('/api/v1/query_exemplars', { form: true, parameters, signal }));
      return readExemplars(answer.data);
    },
  };
}

/** Whether the numbers that an expression gives are of the kind that its exemplars measure: then they lie on its axis. */
export function onTheAxis(expression: string): boolean {
  return /\bhistogram_(?:quantile|avg)\b/.test(expression);
}

/** The exemplar nearest to a moment (epoch seconds), within so many seconds. */
export function nearestExemplar(exemplars: readonly Exemplar[], time: number, within: number): Exemplar | undefined {
  let best: Exemplar | undefined;
  for (const exemplar of exemplars) {
    const distance = Math.abs(exemplar.time - time);
    if (distance <= within && (best === undefined || distance < Math.abs(best.time - time))) best = exemplar;
  }
  return best;
}
