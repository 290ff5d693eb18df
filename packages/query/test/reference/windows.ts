/** What the functions of ranges give for the samples of one window, computed from their definitions, sample by sample. */

import type { Sample } from './values.ts';

/** A window `(end - range, end]`, the evaluation time and the values of scalar arguments. */
export interface Window {
  readonly samples: readonly Sample[];
  readonly end: number;
  readonly rangeMs: number;
  readonly now: number;
  readonly scalars: readonly number[];
}

/** Neumaier's sum: the running sum and what rounding has lost. */
function summed(numbers: readonly number[]): { sum: number; lost: number } {
  let sum = 0;
  let lost = 0;
  for (const number of numbers) {
    const next = sum + number;
    if (Math.abs(next) === Infinity) lost = 0;
    else lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum;
    sum = next;
  }
  return { sum, lost };
}

export function sumOf(numbers: readonly number[]): number {
  const { sum, lost } = summed(numbers);
  return Math.abs(sum) === Infinity ? sum : sum + lost;
}

/** The sum divided by the count; where the sum overflows, a mean that every further number moves. */
export function meanOf(numbers: readonly number[]): number {
  let sum = numbers[0] as number;
  let lost = 0;
  let moving = false;
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (!moving) {
      const next = sum + number;
      if (Math.abs(next) !== Infinity) {
        lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum;
        sum = next;
        continue;
      }
      moving = true;
      sum /= i;
      lost /= i;
    }
    const kept = i / (i + 1);
    sum *= kept;
    lost *= kept;
    const part = number / (i + 1);
    const next = sum + part;
    if (Math.abs(next) === Infinity) lost = 0;
    else lost += Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum;
    sum = next;
  }
  return moving ? sum + lost : sum / numbers.length + lost / numbers.length;
}

function varianceOf(numbers: readonly number[]): number {
  let mean = 0;
  let meanLost = 0;
  let squares = 0;
  let squaresLost = 0;
  const add = (sum: number, lost: number, number: number): [number, number] => {
    const next = sum + number;
    if (Math.abs(next) === Infinity) return [next, 0];
    return [next, lost + (Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum)];
  };
  numbers.forEach((number, index) => {
    const delta = number - (mean + meanLost);
    [mean, meanLost] = add(mean, meanLost, delta / (index + 1));
    [squares, squaresLost] = add(squares, squaresLost, delta * (number - (mean + meanLost)));
  });
  return (squares + squaresLost) / numbers.length;
}

/** NaN counts as smaller than every number. */
export function quantileOf(q: number, numbers: readonly number[]): number {
  if (numbers.length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = [...numbers].sort((a, b) =>
    Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a < b ? -1 : a > b ? 1 : 0,
  );
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight;
}

function extremeOf(samples: readonly Sample[], better: (a: number, b: number) => boolean): Sample {
  let best = samples[0] as Sample;
  for (const sample of samples) if (better(sample.value, best.value) || Number.isNaN(best.value)) best = sample;
  return best;
}

/** The growth or change over the window, extrapolated to its borders. */
function extrapolated({ samples, end, rangeMs }: Window, isCounter: boolean, bySecond = false): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) return undefined;
  let change = last.value - first.value;
  if (isCounter) for (let i = 1; i < samples.length; i++) if (samples[i]!.value < samples[i - 1]!.value) change += samples[i - 1]!.value;
  const covered = (last.time - first.time) / 1000;
  const average = covered / (samples.length - 1);
  let before = (first.time - (end - rangeMs)) / 1000;
  let after = (end - last.time) / 1000;
  if (before >= average * 1.1) before = average / 2;
  if (isCounter && change > 0 && first.value >= 0) before = Math.min(before, covered * (first.value / change));
  if (after >= average * 1.1) after = average / 2;
  const factor = (covered + before + after) / covered;
  return change * (bySecond ? factor / (rangeMs / 1000) : factor);
}

/** Least squares, with times in seconds from `origin`. */
function lineOf(samples: readonly Sample[], origin: number): { slope: number; intercept: number } {
  const first = (samples[0] as Sample).value;
  if (samples.every(({ value }) => value === first)) {
    return Math.abs(first) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  }
  const total = (of: (sample: Sample) => number): number => {
    const { sum, lost } = summed(samples.map(of));
    return sum + lost;
  };
  const seconds = ({ time }: Sample): number => (time - origin) / 1000;
  const x = total(seconds);
  const y = total(({ value }) => value);
  const xy = total((sample) => seconds(sample) * sample.value);
  const xx = total((sample) => seconds(sample) * seconds(sample));
  const slope = (xy - (x * y) / samples.length) / (xx - (x * x) / samples.length);
  return { slope, intercept: y / samples.length - (slope * x) / samples.length };
}

function smoothed(numbers: readonly number[], smoothing: number, trending: number): number {
  let before = 0;
  let level = numbers[0] as number;
  let slope = (numbers[1] as number) - level;
  for (let i = 1; i < numbers.length; i++) {
    if (i > 1) slope = trending * (level - before) + (1 - trending) * slope;
    [before, level] = [level, smoothing * (numbers[i] as number) + (1 - smoothing) * (level + slope)];
  }
  return level;
}

const numbersOf = ({ samples }: Window): number[] => samples.map(({ value }) => value);

/** What each function gives for a window that is not empty; `undefined` for nothing. */
export const WINDOW_FUNCTIONS: Readonly<Record<string, (window: Window) => number | undefined>> = {
  rate: (window) => extrapolated(window, true, true),
  increase: (window) => extrapolated(window, true),
  delta: (window) => extrapolated(window, false),
  irate({ samples }) {
    const [before, last] = samples.slice(-2);
    if (before === undefined || last === undefined) return undefined;
    return (last.value < before.value ? last.value : last.value - before.value) / ((last.time - before.time) / 1000);
  },
  idelta: ({ samples }) => (samples.length < 2 ? undefined : samples.at(-1)!.value - samples.at(-2)!.value),
  resets: ({ samples }) => samples.filter(({ value }, i) => i > 0 && value < samples[i - 1]!.value).length,
  changes: ({ samples }) =>
    samples.filter(
      ({ value }, i) => i > 0 && value !== samples[i - 1]!.value && !(Number.isNaN(value) && Number.isNaN(samples[i - 1]!.value)),
    ).length,
  sum_over_time: (window) => sumOf(numbersOf(window)),
  avg_over_time: (window) => meanOf(numbersOf(window)),
  min_over_time: ({ samples }) => extremeOf(samples, (a, b) => a < b).value,
  max_over_time: ({ samples }) => extremeOf(samples, (a, b) => a > b).value,
  count_over_time: ({ samples }) => samples.length,
  present_over_time: () => 1,
  first_over_time: ({ samples }) => samples[0]!.value,
  last_over_time: ({ samples }) => samples.at(-1)!.value,
  stdvar_over_time: (window) => varianceOf(numbersOf(window)),
  stddev_over_time: (window) => Math.sqrt(varianceOf(numbersOf(window))),
  mad_over_time(window) {
    const numbers = numbersOf(window);
    const median = quantileOf(0.5, numbers);
    return numbers.some(Number.isNaN)
      ? NaN
      : quantileOf(
          0.5,
          numbers.map((number) => Math.abs(number - median)),
        );
  },
  ts_of_first_over_time: ({ samples }) => samples[0]!.time / 1000,
  ts_of_last_over_time: ({ samples }) => samples.at(-1)!.time / 1000,
  ts_of_min_over_time: ({ samples }) => extremeOf(samples, (a, b) => a <= b).time / 1000,
  ts_of_max_over_time: ({ samples }) => extremeOf(samples, (a, b) => a >= b).time / 1000,
  quantile_over_time: (window) => quantileOf(window.scalars[0] as number, numbersOf(window)),
  deriv: ({ samples }) => (samples.length < 2 ? undefined : lineOf(samples, samples[0]!.time).slope),
  predict_linear({ samples, now, scalars }) {
    if (samples.length < 2) return undefined;
    const { slope, intercept } = lineOf(samples, now);
    return slope * (scalars[0] as number) + intercept;
  },
  double_exponential_smoothing: (window) =>
    window.samples.length < 2 ? undefined : smoothed(numbersOf(window), window.scalars[0] as number, window.scalars[1] as number),
};
