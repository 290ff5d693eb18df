/**
 * The experimental border modifiers of ranges. `anchored`: the range begins with the last sample at or before its left
 * border. `smoothed`: values at both borders are interpolated between the samples around them.
 */

import type { BorderModifier } from '@atalaya/lang';
import { SERIES_FLAG } from '../../reader.ts';
import type { SampleColumns } from '../value.ts';
import type { RangeKernel, WindowedSeries } from '../windows.ts';

/** Which functions take which modifier. */
export const BORDER_FUNCTIONS: Readonly<Record<BorderModifier, ReadonlySet<string>>> = {
  anchored: new Set(['rate', 'increase', 'delta', 'resets', 'changes']),
  smoothed: new Set(['rate', 'increase', 'delta']),
};

/** The samples of one window, wider than the window itself: `[first, last]` and the window's borders in milliseconds. */
interface Wide {
  first: number;
  last: number;
  start: number;
  end: number;
}

/**
 * Finds the samples that matter for step `i`: from the last one at or before the left border (as far as the lookback
 * reaches; else the first inside) to the last inside, for `smoothed` to the first at or after the right border.
 */
function widen(series: WindowedSeries, i: number, smoothed: boolean, lookbackMs: number, wide: Wide): boolean {
  const { timestamps } = series;
  wide.end = series.firstEnd + i * series.endStep;
  wide.start = wide.end - series.rangeMs;
  let low = series.lows[i]!;
  let high = series.highs[i]!;
  if (low > series.start && timestamps[low - 1]! > wide.start - lookbackMs) low--;
  // The right neighbour is needed only where no sample lies on the border itself.
  const onBorder = high > low && timestamps[high - 1] === wide.end;
  if (smoothed && !onBorder && high < series.end && timestamps[high]! <= wide.end + lookbackMs) high++;
  wide.first = low;
  wide.last = high - 1;
  return high > low && timestamps[wide.last]! > wide.start;
}

/** The value at a time between two samples; across a reset a counter began at zero. */
export function interpolate(
  { timestamps, values }: Pick<SampleColumns, 'timestamps' | 'values'>,
  before: number,
  time: number,
  isCounter: boolean,
): number {
  const to = values[before + 1]!;
  const from = isCounter && to < values[before]! ? 0 : values[before]!;
  return from + ((to - from) * (time - timestamps[before]!)) / (timestamps[before + 1]! - timestamps[before]!);
}

/** rate, increase and delta between the values at the borders: nothing is extrapolated. */
function changeBetweenBorders(name: string, smoothed: boolean, lookbackMs: number): RangeKernel {
  const isCounter = name !== 'delta';
  const wide: Wide = { first: 0, last: 0, start: 0, end: 0 };
  return (series, out, present, at) => {
    const { timestamps, values, count, rangeMs } = series;
    for (let i = 0; i < count; i++) {
      if (!widen(series, i, smoothed, lookbackMs, wide)) continue;
      let { first, last } = wide;
      const left = smoothed && timestamps[first]! < wide.start ? interpolate(series, first, wide.start, isCounter) : values[first]!;
      const right =
        smoothed && last > first && timestamps[last]! > wide.end ? interpolate(series, last - 1, wide.end, isCounter) : values[last]!;
      let change = right - left;
      if (isCounter) {
        if (timestamps[first]! <= wide.start) first++;
        if (timestamps[last]! >= wide.end) last--;
        let previous = left;
        for (let sample = first; sample <= last; sample++) {
          if (values[sample]! < previous) change += previous;
          previous = values[sample]!;
        }
        if (right < previous) change += previous;
      }
      out[at + i] = name === 'rate' ? change / (rangeMs / 1000) : change;
      present[at + i] = 1;
    }
  };
}

/** resets and changes, counted from the sample at the left border on. */
function countFromBorder(counts: (previous: number, current: number) => boolean, lookbackMs: number): RangeKernel {
  const wide: Wide = { first: 0, last: 0, start: 0, end: 0 };
  return (series, out, present, at) => {
    for (let i = 0; i < series.count; i++) {
      if (!widen(series, i, false, lookbackMs, wide)) continue;
      let found = 0;
      for (let sample = wide.first + 1; sample <= wide.last; sample++) {
        if (counts(series.values[sample - 1]!, series.values[sample]!)) found++;
      }
      out[at + i] = found;
      present[at + i] = 1;
    }
  };
}

/** The kernel of a function over a range with a border modifier. */
export function borderKernel(name: string, border: BorderModifier, lookbackMs: number): RangeKernel {
  if (name === 'resets') return countFromBorder((previous, current) => current < previous, lookbackMs);
  if (name === 'changes') {
    return countFromBorder((previous, current) => current !== previous && !(Number.isNaN(current) && Number.isNaN(previous)), lookbackMs);
  }
  return changeBetweenBorders(name, border === 'smoothed', lookbackMs);
}

/**
 * The samples of a range `(start, end]` with one sample on each border. `anchored` takes the values of the nearest samples
 * at or before the borders, `smoothed` interpolates; of nothing on the left the first sample inside stands on the border.
 */
export function withBorders(samples: SampleColumns, start: number, end: number, border: BorderModifier, lookbackMs: number): SampleColumns {
  const { labels, timestamps, values } = samples;
  const times: number[] = [];
  const numbers: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let series = 0; series < labels.length; series++) {
    starts.push(times.length);
    let low = samples.starts[series]!;
    const stop = samples.ends[series]!;
    while (low < stop && (timestamps[low]! <= start - lookbackMs || (low + 1 < stop && timestamps[low + 1]! <= start))) low++;
    let high = low;
    while (high < stop && timestamps[high]! <= end) high++;
    // For smoothed the next sample beyond the right border says where the line goes.
    const beyond = border === 'smoothed' && high < stop && timestamps[high]! <= end + lookbackMs;
    const last = high - 1;
    const inside = (last >= low && timestamps[last]! > start) || (beyond && low < stop);
    if (inside) {
      const left = border === 'smoothed' && timestamps[low]! < start ? interpolate(samples, low, start, false) : values[low]!;
      const onBorder = last >= low && timestamps[last] === end;
      const right = beyond && !onBorder && high > low ? interpolate(samples, last, end, false) : values[Math.max(last, low)]!;
      times.push(start);
      numbers.push(left);
      for (let i = low; i < high; i++) {
        if (timestamps[i]! <= start || timestamps[i]! >= end) continue;
        times.push(timestamps[i]!);
        numbers.push(values[i]!);
      }
      times.push(end);
      numbers.push(right);
    }
    ends.push(times.length);
  }
  return {
    labels,
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    timestamps: Float64Array.from(times),
    values: Float64Array.from(numbers),
    flags: new Uint8Array(labels.length).fill(SERIES_FLAG.mayDecrease),
  };
}
