/**
 * Aggregations of numbers, one after the other: of the samples of a window, or of the series of a group. Their states lie in columns, so that
 * there can be many at a time. They add as Loki does: plainly, without compensation.
 */

import type { RangeAggregation, VectorAggregation } from '@atalaya/lang';

/** An aggregation whose state is `width` numbers from a place `at` on. */
export interface Accumulator {
  readonly width: number;
  /** Whether it looks at times. */
  readonly timed?: boolean;
  /** Puts the state back to nothing: all 0 unless this says otherwise. */
  start?(state: Float64Array, at: number): void;
  /** Takes a number. `time` is in seconds since an arbitrary origin, 0 where the aggregation is not timed. */
  add(state: Float64Array, at: number, value: number, time: number): void;
  /** What came out, for a window that ended at `end` (seconds since the same origin); only asked for when at least one number was taken. */
  result(state: Float64Array, at: number, end: number): number;
}

const SUM: Accumulator = {
  width: 1,
  add(state, at, value) {
    state[at]! += value;
  },
  result: (state, at) => state[at]!,
};

/** The largest (or smallest) number. NaN gives way to any other. */
function extreme(isBetter: (value: number, best: number) => boolean): Accumulator {
  return {
    width: 1,
    start(state, at) {
      state[at] = NaN;
    },
    add(state, at, value) {
      const best = state[at]!;
      if (isBetter(value, best) || Number.isNaN(best)) state[at] = value;
    },
    result: (state, at) => state[at]!,
  };
}

const MAX = extreme((value, best) => value > best);
const MIN = extreme((value, best) => value < best);

/** The mean of a window: once infinite it stays so, until an infinity of the other sign or NaN. */
const WINDOW_MEAN: Accumulator = {
  width: 2,
  add(state, at, value) {
    const mean = state[at]!;
    const count = ++state[at + 1]!;
    if (mean === Infinity || mean === -Infinity) {
      if (value === mean || Number.isFinite(value)) return;
    }
    state[at] = mean + (value / count - mean / count);
  },
  result: (state, at) => state[at]!,
};

/** The mean of a group: an infinity among its numbers makes it NaN as soon as another follows. */
const GROUP_MEAN: Accumulator = {
  width: 2,
  add(state, at, value) {
    const count = ++state[at + 1]!;
    state[at] = count === 1 ? value : state[at]! + (value - state[at]!) / count;
  },
  result: (state, at) => state[at]!,
};

/** The population variance by Welford's method: count, mean, squares. */
const WINDOW_VARIANCE: Accumulator = {
  width: 3,
  add(state, at, value) {
    const count = ++state[at]!;
    const delta = value - state[at + 1]!;
    const mean = state[at + 1]! + delta / count;
    state[at + 1] = mean;
    state[at + 2]! += delta * (value - mean);
  },
  result: (state, at) => state[at + 2]! / state[at]!,
};

/** The same, but a group's first number counts as its own mean whatever it is: one infinity alone has variance 0. */
const GROUP_VARIANCE: Accumulator = {
  ...WINDOW_VARIANCE,
  add(state, at, value, time) {
    if (state[at] !== 0) return WINDOW_VARIANCE.add(state, at, value, time);
    state[at] = 1;
    state[at + 1] = value;
  },
};

function rooted(variance: Accumulator): Accumulator {
  return { ...variance, result: (state, at, end) => Math.sqrt(variance.result(state, at, end)) };
}

const FIRST: Accumulator = {
  width: 2,
  add(state, at, value) {
    if (state[at + 1] !== 0) return;
    state[at] = value;
    state[at + 1] = 1;
  },
  result: (state, at) => state[at]!,
};

const LAST: Accumulator = {
  width: 1,
  add(state, at, value) {
    state[at] = value;
  },
  result: (state, at) => state[at]!,
};

const COUNT: Accumulator = {
  width: 1,
  add(state, at) {
    state[at]!++;
  },
  result: (state, at) => state[at]!,
};

function perSecond(accumulator: Accumulator, seconds: number): Accumulator {
  return { ...accumulator, result: (state, at, end) => accumulator.result(state, at, end) / seconds };
}

/** The rate of a counter: what it rose by, resets made good, extrapolated to the window's borders as in Prometheus. 0 for one sample alone. */
function counterRate(seconds: number): Accumulator {
  // State: count, first time, first value, last time, last value, what was lost by resets.
  return {
    width: 6,
    timed: true,
    add(state, at, value, time) {
      if (state[at]!++ === 0) {
        state[at + 1] = time;
        state[at + 2] = value;
      } else if (value < state[at + 4]!) state[at + 5]! += state[at + 4]!;
      state[at + 3] = time;
      state[at + 4] = value;
    },
    result(state, at, end) {
      const count = state[at]!;
      if (count < 2) return 0;
      const first = state[at + 2]!;
      const rise = state[at + 4]! - first + state[at + 5]!;
      const sampled = state[at + 3]! - state[at + 1]!;
      const between = sampled / (count - 1);
      const reach = (distance: number): number => (distance < between * 1.1 ? distance : between / 2);
      let before = reach(state[at + 1]! - (end - seconds));
      // A counter does not begin below 0.
      if (rise > 0 && first >= 0) before = Math.min(before, sampled * (first / rise));
      const extrapolated = sampled + before + reach(end - state[at + 3]!);
      return (rise * (extrapolated / sampled)) / seconds;
    },
  };
}

const OF_WINDOWS: Partial<Record<RangeAggregation['operation'], Accumulator>> = {
  sum_over_time: SUM,
  avg_over_time: WINDOW_MEAN,
  min_over_time: MIN,
  max_over_time: MAX,
  stdvar_over_time: WINDOW_VARIANCE,
  stddev_over_time: rooted(WINDOW_VARIANCE),
  first_over_time: FIRST,
  last_over_time: LAST,
};

/** The aggregation of the numbers of a window; `undefined` for those that count lines or look at all numbers together. */
export function windowAccumulator(operation: RangeAggregation['operation'], rangeSeconds: number): Accumulator | undefined {
  if (operation === 'rate') return perSecond(SUM, rangeSeconds);
  return operation === 'rate_counter' ? counterRate(rangeSeconds) : OF_WINDOWS[operation];
}

const OF_GROUPS: Partial<Record<VectorAggregation['operation'], Accumulator>> = {
  sum: SUM,
  avg: GROUP_MEAN,
  min: MIN,
  max: MAX,
  count: COUNT,
  stdvar: GROUP_VARIANCE,
  stddev: rooted(GROUP_VARIANCE),
};

/** The aggregation of the numbers of a group; `undefined` for those that choose or order series. */
export function groupAccumulator(operation: VectorAggregation['operation']): Accumulator | undefined {
  return OF_GROUPS[operation];
}
