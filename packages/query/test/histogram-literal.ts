/**
 * Native histograms in test scripts: `{{schema:1 sum:4.5 count:8 z_bucket:2 z_bucket_w:0.001 offset:-1 buckets:[1 2] n_buckets:[3]}}`,
 * with custom bounds `{{schema:-53 custom_values:[5 10] buckets:[1 2]}}`, and with `counter_reset_hint:gauge` (reset, not_reset, unknown).
 */

import type { CounterResetHint, NativeHistogram } from '@atalaya/model';
import { addTo } from '../src/promql/histogram/add.ts';
import { close, open } from '../src/promql/histogram/working.ts';

/** A histogram as a script writes it. */
export interface HistogramPoint {
  readonly histogram: NativeHistogram;
  /** Whether the hint is written out, so that it has to be found in a result. */
  readonly hintGiven: boolean;
}

const HINTS: Readonly<Record<string, CounterResetHint>> = { unknown: 'unknown', reset: 'reset', not_reset: 'no-reset', gauge: 'gauge' };

/** Reads what stands between the braces. @throws Error */
export function parseHistogram(text: string): HistogramPoint {
  const fields = new Map<string, string>();
  let rest = text.trim();
  while (rest !== '') {
    const match = /^([a-z_]+):(\[[^\]]*\]|\S+)\s*/.exec(rest);
    if (match === null) throw new Error(`not a histogram: ${text}`);
    fields.set(match[1] as string, match[2] as string);
    rest = rest.slice(match[0].length);
  }
  const take = (name: string): string | undefined => {
    const value = fields.get(name);
    fields.delete(name);
    return value;
  };
  const one = (name: string): number => parseNumber(take(name) ?? '0');
  const many = (name: string): Float64Array => {
    const list = (take(name) ?? '[]').slice(1, -1).trim();
    return Float64Array.from(list === '' ? [] : list.split(/\s+/).map(parseNumber));
  };
  const side = (buckets: Float64Array, offset: number) => (buckets.length === 0 ? [] : [{ offset, length: buckets.length }]);
  const hint = take('counter_reset_hint');
  const positiveBuckets = many('buckets');
  const negativeBuckets = many('n_buckets');
  const histogram: NativeHistogram = {
    schema: one('schema'),
    counterReset: HINTS[hint ?? 'unknown'] as CounterResetHint,
    zeroThreshold: one('z_bucket_w'),
    zeroCount: one('z_bucket'),
    count: one('count'),
    sum: one('sum'),
    positiveSpans: side(positiveBuckets, one('offset')),
    positiveBuckets,
    negativeSpans: side(negativeBuckets, one('n_offset')),
    negativeBuckets,
    customBounds: many('custom_values'),
  };
  if (fields.size > 0) throw new Error(`unknown in a histogram: ${[...fields.keys()].join(', ')}`);
  return { histogram, hintGiven: hint !== undefined };
}

function parseNumber(text: string): number {
  if (/^[-+]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}

/** `start`, and `times` more of them, each with `increment` added to (or taken from) the one before. */
export function histogramSeries(
  start: HistogramPoint,
  increment: HistogramPoint | undefined,
  sign: 1 | -1,
  times: number,
): HistogramPoint[] {
  const points = [start];
  for (let i = 0; i < times; i++) {
    const before = points[i] as HistogramPoint;
    if (increment === undefined) {
      points.push(before);
      continue;
    }
    const working = open(before.histogram);
    if (addTo(working, increment.histogram, sign) === undefined) throw new Error('histograms that cannot be added');
    points.push({ histogram: close(working), hintGiven: before.hintGiven });
  }
  return points;
}
