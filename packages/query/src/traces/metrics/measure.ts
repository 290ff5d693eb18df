/** What metrics functions make of the values of a step. */

import type { MetricsAggregation } from '@atalaya/lang';
import type { SpanAttribute } from '@atalaya/model';
import { doubleText } from '../told.ts';

/** Values of one series, step by step. Durations are in nanoseconds. */
export interface Measured {
  readonly counts: Float64Array;
  /** What the function needs of these. */
  readonly sums?: Float64Array;
  readonly extremes?: Float64Array;
  /** By step: how many values have their highest bit at a place; 0 holds what is less than 2. */
  readonly powers?: readonly Map<number, number>[];
}

/** One of the series that a function gives of what was measured. */
interface Told {
  readonly labels: readonly SpanAttribute[];
  readonly values: Float64Array;
}

/** A metrics function. */
export interface Measure {
  /** Room for the values of a series. */
  empty(): Measured;
  /** Counts a value; `undefined` for functions that only count. */
  add(to: Measured, step: number, value: number | undefined): void;
  /** What the steps give. @param unit by which values are divided: 1e9 for durations, which are told in seconds */
  tell(measured: Measured, unit: number): readonly Told[];
}

/** The place of the highest bit of a number; 0 for what is less than 2. */
export function powerOf(value: number): number {
  if (!(value >= 2)) return 0;
  const power = Math.floor(Math.log2(value));
  // The logarithm of what is just below a power is rounded up to it.
  return 2 ** power > value ? power - 1 : power;
}

/** Makes a function ready. */
export function measureOf({ metric, quantiles }: MetricsAggregation, steps: number, stepSeconds: number): Measure {
  const empty = (): Measured => ({ counts: new Float64Array(steps) });
  switch (metric) {
    case 'rate':
    case 'count_over_time':
      return {
        empty,
        add: (to, step) => void to.counts[step]!++,
        tell: ({ counts }) => plain(metric === 'rate' ? counts.map((count) => count / stepSeconds) : counts),
      };
    case 'min_over_time':
    case 'max_over_time': {
      const isBetter =
        metric === 'min_over_time' ? (value: number, best: number) => value < best : (value: number, best: number) => value > best;
      return {
        empty: () => ({ ...empty(), extremes: new Float64Array(steps).fill(NaN) }),
        add({ extremes }, step, value) {
          const best = extremes![step]!;
          if (value !== undefined && (Number.isNaN(best) || isBetter(value, best))) extremes![step] = value;
        },
        tell: ({ extremes }, unit) => plain(extremes!.map((value) => value / unit)),
      };
    }
    case 'sum_over_time':
    case 'avg_over_time':
      return {
        empty: () => ({ ...empty(), sums: new Float64Array(steps) }),
        add({ counts, sums }, step, value) {
          counts[step]!++;
          sums![step]! += value ?? 0;
        },
        tell: ({ counts, sums }, unit) =>
          plain(sums!.map((sum, i) => (counts[i] === 0 ? NaN : sum / unit / (metric === 'avg_over_time' ? counts[i]! : 1)))),
      };
    case 'quantile_over_time':
    case 'histogram_over_time':
      return {
        empty: () => ({ ...empty(), powers: Array.from({ length: steps }, () => new Map<number, number>()) }),
        add({ powers }, step, value) {
          const power = powerOf(value ?? 0);
          powers![step]!.set(power, (powers![step]!.get(power) ?? 0) + 1);
        },
        tell: ({ powers }, unit) =>
          metric === 'quantile_over_time' ? quantileSeries(powers!, quantiles, unit) : bucketSeries(powers!, unit),
      };
  }
}

function plain(values: Float64Array): Told[] {
  return [{ labels: [], values }];
}

const double = (name: string, value: number): SpanAttribute => ({ name, type: 'double', value: doubleText(value) });

function quantileSeries(powers: readonly Map<number, number>[], quantiles: readonly number[], unit: number): Told[] {
  return quantiles.map((quantile) => ({
    labels: [double('p', quantile)],
    values: Float64Array.from(powers, (step) => quantileOf(step, quantile) / unit),
  }));
}

/** A quantile of values that are known by their powers of two: between two powers it grows as powers do. NaN without values. */
function quantileOf(powers: ReadonlyMap<number, number>, quantile: number): number {
  const sorted = [...powers].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let rank = quantile * total;
  for (const [i, [power, count]] of sorted.entries()) {
    if (rank <= count || i === sorted.length - 1) {
      const share = Math.min(1, rank / count);
      return power === 0 ? 2 * share : 2 ** (power + share);
    }
    rank -= count;
  }
  return NaN;
}

/** A series for each power that occurs, named by its upper bound. */
function bucketSeries(powers: readonly Map<number, number>[], unit: number): Told[] {
  const all = [...new Set(powers.flatMap((step) => [...step.keys()]))].sort((a, b) => a - b);
  return all.map((power) => ({
    labels: [double('__bucket', 2 ** (power + 1) / unit)],
    values: Float64Array.from(powers, (step) => step.get(power) ?? 0),
  }));
}
