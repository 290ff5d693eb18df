/** The functions of PromQL: what they take, what they give, and what the console says about them. */

import type { ValueType } from './ast.ts';

/** One function's signature and documentation. */
export interface FunctionSignature {
  readonly name: string;
  readonly args: readonly ValueType[];
  /** How many of the last argument's kind are optional beyond the required ones: 0 none, n up to n, -1 any number (the last one may also be left out). */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Behind the feature flag `promql-experimental-functions` in Prometheus. */
  readonly experimental: boolean;
  /** One sentence for completion lists. */
  readonly summary: string;
}

type Row = readonly [name: string, signature: string, summary: string];

/** Signatures are written `args → result`: v instant vector, m range vector, s scalar, t string; `?` optional, `*` any number, `!` experimental. */
const ROWS: readonly Row[] = [
  ['abs', 'v → v', 'Absolute value of each sample.'],
  ['absent', 'v → v', '1 when the vector is empty, nothing otherwise; labels come from the equality matchers of the selector.'],
  ['absent_over_time', 'm → v', '1 when the range holds no sample at all, nothing otherwise.'],
  ['acos', 'v → v', 'Arc cosine of each sample, in radians.'],
  ['acosh', 'v → v', 'Inverse hyperbolic cosine of each sample.'],
  ['asin', 'v → v', 'Arc sine of each sample, in radians.'],
  ['asinh', 'v → v', 'Inverse hyperbolic sine of each sample.'],
  ['atan', 'v → v', 'Arc tangent of each sample, in radians.'],
  ['atanh', 'v → v', 'Inverse hyperbolic tangent of each sample.'],
  ['avg_over_time', 'm → v', 'Mean of the samples in the range.'],
  ['ceil', 'v → v', 'Each sample rounded up to a whole number.'],
  ['changes', 'm → v', 'How often the value changed within the range.'],
  ['clamp', 'v s s → v', 'Samples held between a minimum and a maximum.'],
  ['clamp_max', 'v s → v', 'Samples held at or below a maximum.'],
  ['clamp_min', 'v s → v', 'Samples held at or above a minimum.'],
  ['cos', 'v → v', 'Cosine of each sample, which is in radians.'],
  ['cosh', 'v → v', 'Hyperbolic cosine of each sample.'],
  ['count_over_time', 'm → v', 'Number of samples in the range.'],
  [
    'day_of_month',
    'v? → v',
    'Day of the month, 1 to 31, of each sample read as a UTC time in seconds; of the evaluation time without an argument.',
  ],
  ['day_of_week', 'v? → v', 'Day of the week, 0 is Sunday, of each sample read as a UTC time in seconds.'],
  ['day_of_year', 'v? → v', 'Day of the year, 1 to 366, of each sample read as a UTC time in seconds.'],
  ['days_in_month', 'v? → v', 'Length in days of the month of each sample read as a UTC time in seconds.'],
  ['deg', 'v → v', 'Radians converted to degrees.'],
  ['delta', 'm → v', 'Difference between the last and the first sample of a gauge, extrapolated to the whole range.'],
  ['deriv', 'm → v', 'Slope of a gauge per second by simple linear regression.'],
  ['double_exponential_smoothing', 'm s s → v !', 'Gauge smoothed by level and trend; lower factors trust the past more.'],
  ['end', ' → s !', 'Time of the last step of the query, in seconds.'],
  ['exp', 'v → v', 'e to the power of each sample.'],
  ['first_over_time', 'm → v !', 'Oldest sample in the range.'],
  ['floor', 'v → v', 'Each sample rounded down to a whole number.'],
  ['histogram_avg', 'v → v', 'Mean of the observations in native histograms.'],
  ['histogram_count', 'v → v', 'Number of observations in native histograms.'],
  ['histogram_fraction', 's s v → v', 'Estimated share of observations between two values, from buckets.'],
  ['histogram_quantile', 's v → v', 'Estimated quantile (0 to 1) of the observations, from buckets labelled with `le`.'],
  ['histogram_quantiles', 'v t s*10 → v !', 'Several estimated quantiles at once, told apart by the label named in the second argument.'],
  ['histogram_stddev', 'v → v', 'Estimated standard deviation of the observations in native histograms.'],
  ['histogram_stdvar', 'v → v', 'Estimated variance of the observations in native histograms.'],
  ['histogram_sum', 'v → v', 'Sum of the observations in native histograms.'],
  ['hour', 'v? → v', 'Hour, 0 to 23, of each sample read as a UTC time in seconds.'],
  ['idelta', 'm → v', 'Difference between the last two samples of a gauge.'],
  ['increase', 'm → v', 'Growth of a counter over the range, resets taken into account, extrapolated to the whole range.'],
  ['info', 'v v? → v !', 'Adds the labels of matching info metrics, `target_info` unless a selector says otherwise.'],
  ['irate', 'm → v', 'Growth of a counter per second between its last two samples.'],
  ['label_join', 'v t t t* → v', 'Sets a label to the values of others, joined by a separator.'],
  [
    'label_replace',
    'v t t t t → v',
    'Sets a label from another by a regular expression: (vector, target, replacement, source, expression).',
  ],
  ['last_over_time', 'm → v', 'Newest sample in the range.'],
  ['ln', 'v → v', 'Natural logarithm of each sample.'],
  ['log10', 'v → v', 'Logarithm to base 10 of each sample.'],
  ['log2', 'v → v', 'Logarithm to base 2 of each sample.'],
  ['mad_over_time', 'm → v !', 'Median absolute deviation of the samples in the range.'],
  ['max_of', 's s → s !', 'The larger of two scalars.'],
  ['max_over_time', 'm → v', 'Largest sample in the range.'],
  ['min_of', 's s → s !', 'The smaller of two scalars.'],
  ['min_over_time', 'm → v', 'Smallest sample in the range.'],
  ['minute', 'v? → v', 'Minute, 0 to 59, of each sample read as a UTC time in seconds.'],
  ['month', 'v? → v', 'Month, 1 is January, of each sample read as a UTC time in seconds.'],
  ['pi', ' → s', 'The number π.'],
  ['predict_linear', 'm s → v', 'Value of a gauge that many seconds from now, by simple linear regression.'],
  ['present_over_time', 'm → v', '1 for every series with a sample in the range.'],
  ['quantile_over_time', 's m → v', 'Quantile (0 to 1) of the samples in the range.'],
  ['rad', 'v → v', 'Degrees converted to radians.'],
  ['range', ' → s !', 'Length of the query, from its first to its last step, in seconds.'],
  ['rate', 'm → v', 'Growth of a counter per second, averaged over the range, resets taken into account.'],
  ['resets', 'm → v', 'How often a counter was reset within the range.'],
  ['round', 'v s? → v', 'Each sample rounded to the nearest multiple of the second argument (1 by default), halves upwards.'],
  ['scalar', 'v → s', 'The single sample of the vector as a scalar; NaN unless there is exactly one.'],
  ['sgn', 'v → v', 'Sign of each sample: 1, 0 or -1.'],
  ['sin', 'v → v', 'Sine of each sample, which is in radians.'],
  ['sinh', 'v → v', 'Hyperbolic sine of each sample.'],
  ['sort', 'v → v', 'Samples in ascending order of value; has no effect on range queries.'],
  ['sort_by_label', 'v t* → v !', 'Samples in natural order of the given labels; has no effect on range queries.'],
  ['sort_by_label_desc', 'v t* → v !', 'Samples in descending natural order of the given labels.'],
  ['sort_desc', 'v → v', 'Samples in descending order of value; has no effect on range queries.'],
  ['sqrt', 'v → v', 'Square root of each sample.'],
  ['start_timestamp', 'v → v !', 'Start time of each sample in seconds; not supported, samples are stored without it.'],
  ['start', ' → s !', 'Time of the first step of the query, in seconds.'],
  ['stddev_over_time', 'm → v', 'Standard deviation of the samples in the range.'],
  ['stdvar_over_time', 'm → v', 'Variance of the samples in the range.'],
  ['step', ' → s !', 'Step of the query in seconds; 0 for an instant query.'],
  ['sum_over_time', 'm → v', 'Sum of the samples in the range.'],
  ['tan', 'v → v', 'Tangent of each sample, which is in radians.'],
  ['tanh', 'v → v', 'Hyperbolic tangent of each sample.'],
  ['time', ' → s', 'Evaluation time in seconds since the epoch.'],
  ['timestamp', 'v → v', 'Time of each sample in seconds since the epoch.'],
  ['ts_of_first_over_time', 'm → v !', 'Time of the oldest sample in the range.'],
  ['ts_of_last_over_time', 'm → v !', 'Time of the newest sample in the range.'],
  ['ts_of_max_over_time', 'm → v !', 'Time of the last largest sample in the range.'],
  ['ts_of_min_over_time', 'm → v !', 'Time of the last smallest sample in the range.'],
  ['vector', 's → v', 'The scalar as a vector with one sample without labels.'],
  ['year', 'v? → v', 'Year of each sample read as a UTC time in seconds.'],
];

const TYPES: Readonly<Record<string, ValueType>> = { v: 'instant vector', m: 'range vector', s: 'scalar', t: 'string' };

function signatureOf([name, text, summary]: Row): FunctionSignature {
  const [left, right] = text.split('→') as [string, string];
  const args: ValueType[] = [];
  let variadic = 0;
  for (const word of left.trim().split(' ')) {
    if (word === '') continue;
    args.push(TYPES[word[0] as string] as ValueType);
    if (word.endsWith('?')) variadic = 1;
    else if (word.endsWith('*')) variadic = -1;
    else if (word.includes('*')) {
      // `s*10`: one is required, so many are allowed in all.
      args.push(TYPES[word[0] as string] as ValueType);
      variadic = Number(word.slice(2)) - 1;
    }
  }
  const returns = TYPES[right.trim()[0] as string] as ValueType;
  return { name, args, variadic, returns, experimental: right.includes('!'), summary };
}

/** Every function of PromQL by name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(ROWS.map((row) => [row[0], signatureOf(row)]));

/** The type wanted for an argument by position: beyond the declared ones the last repeats. */
export function argumentType(signature: FunctionSignature, index: number): ValueType | undefined {
  return signature.args[Math.min(index, signature.args.length - 1)];
}
