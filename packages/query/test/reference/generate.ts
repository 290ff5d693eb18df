/** Random data with everything that makes data hard, and random expressions over it. */

import fc from 'fast-check';
import type { Series } from './values.ts';

/** Samples lie on multiples of this, so that they often fall onto borders of windows. */
const GRID_MS = 5000;

const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 4, arbitrary: fc.double({ min: -20, max: 20, noNaN: true }).map((number) => Math.fround(number)) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0.1, -0.5) },
  { weight: 1, arbitrary: fc.constant('stale' as const) },
);

/** Up to forty samples within 200 places of the grid; where they rise like a counter, resets come by themselves. */
const samples = fc
  .uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 40 })
  .chain((places) =>
    fc
      .array(value, { minLength: places.length, maxLength: places.length })
      .map((values) =>
        [...places].sort((a, b) => a - b).map((place, index) => ({ time: place * GRID_MS, value: values[index] as number | 'stale' })),
      ),
  );

/** A few series of three metrics. */
export const data: fc.Arbitrary<Series[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a_total', 'b_total', 'c'), fc.constantFrom('x', 'y', ''), fc.constantFrom('1', '2', '3')), {
    maxLength: 9,
    selector: (parts) => parts.join(),
  })
  .chain((names) =>
    fc.tuple(
      ...names.map(([name, job, instance]) =>
        samples.map((own): Series => ({ labels: { __name__: name, ...(job === '' ? {} : { job }), instance }, samples: own })),
      ),
    ),
  );

/** When a range query asks. Steps are often such that windows begin where others end. */
export const times = fc.record({
  startMs: fc.integer({ min: -20_000, max: 900_000 }),
  stepMs: fc.oneof(fc.constantFrom(5000, 15_000, 30_000, 60_000), fc.integer({ min: 1000, max: 90_000 })),
  steps: fc.integer({ min: 1, max: 15 }),
});

const name = fc.constantFrom('a_total', 'b_total', 'c');
/** Selectors of several metrics, whose series may become equal without their names. */
const several = fc.constantFrom('{__name__=~".*_total"}', '{__name__=~".+",instance="1"}', '{job="x"}');
const matchers = fc.constantFrom('', '', '', '{job="x"}', '{job!="x"}', '{instance=~"1|2"}', '{job=""}');
const modifier = fc.constantFrom('', '', '', '', ' offset 35s', ' offset -20s', ' @ 400', ' @ start()', ' @ end() offset 1m');
const selector = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(name, matchers, modifier).map((parts) => parts.join('')) },
  fc.tuple(several, modifier).map((parts) => parts.join('')),
);
const length = fc.constantFrom('5s', '20s', '1m', '90s', '3m');
const range = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(name, matchers, length, modifier).map(([metric, match, over, when]) => `${metric}${match}[${over}]${when}`),
  },
  fc.tuple(several, length, modifier).map(([metric, over, when]) => `${metric}[${over}]${when}`),
);

const PLAIN_RANGE = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'resets',
  'changes',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'count_over_time',
  'present_over_time',
  'first_over_time',
  'last_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'mad_over_time',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_min_over_time',
  'ts_of_max_over_time',
  'deriv',
  'absent_over_time',
];
const ofRange = (windows: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...PLAIN_RANGE), windows).map(([call, window]) => `${call}(${window})`) },
    fc.tuple(fc.constantFrom('0', '0.3', '0.5', '1', '-1', '2'), windows).map(([q, window]) => `quantile_over_time(${q}, ${window})`),
    fc.tuple(windows, fc.constantFrom('60', '-30', 'time()')).map(([window, ahead]) => `predict_linear(${window}, ${ahead})`),
    windows.map((window) => `double_exponential_smoothing(${window}, 0.3, 0.6)`),
  );

const grouping = fc.constantFrom('', ' by (job)', ' by (job, instance)', ' by (__name__)', ' without (instance)', ' without ()');
const matching = fc.constantFrom('', '', ' on (instance)', ' on (job, instance)', ' ignoring (job)', ' on ()');
const group = fc.constantFrom('', '', '', ' group_left', ' group_right', ' group_left (job)');
const fill = fc.constantFrom('', '', '', ' fill (0)', ' fill_left (-1)', ' fill_right (7)');
const scalar = fc.constantFrom('2', '-0.5', 'time()', 'scalar(c)', 'NaN', '60 * 2');

/** Expressions whose value is a vector, three operations deep at most. */
export const expression: fc.Arbitrary<string> = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: selector },
    { weight: 6, arbitrary: ofRange(range) },
    {
      weight: 2,
      arbitrary: ofRange(
        fc
          .tuple(tie('vector'), length, fc.constantFrom('', '5s', '20s', '7s'), modifier)
          .map(([inner, over, step, when]) => `(${inner})[${over}:${step}]${when}`),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('abs', 'ceil', 'floor', 'sgn', 'timestamp', 'deg', 'round', 'sqrt', '-', 'absent'), tie('vector'))
        .map(([call, inner]) => `${call}(${inner})`),
    },
    fc.tuple(tie('vector'), scalar).map(([inner, least]) => `clamp_min(${inner}, ${least})`),
    fc.tuple(scalar).map(([inner]) => `vector(${inner})`),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('"job", "j$1", "instance", "(.*)"', '"instance", "", "", ""', '"name", "$1", "__name__", "(.*)_total"'),
      )
      .map(([inner, texts]) => `label_replace(${inner}, ${texts})`),
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('sum', 'avg', 'count', 'group', 'min', 'max', 'stddev', 'stdvar'), grouping, tie('vector'))
        .map(([operator, by, inner]) => `${operator}${by} (${inner})`),
    },
    fc.tuple(grouping, fc.constantFrom('0', '0.4', '1', '-1'), tie('vector')).map(([by, q, inner]) => `quantile${by} (${q}, ${inner})`),
    fc.tuple(grouping, tie('vector')).map(([by, inner]) => `count_values${by} ("value", ${inner})`),
    // Of equal values it is open which one stays, but not how large it is.
    fc
      .tuple(fc.constantFrom('topk', 'bottomk'), grouping, fc.integer({ min: 0, max: 4 }), tie('vector'))
      .map(([operator, by, k, inner]) => `max(${operator}${by} (${k}, ${inner}))`),
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          tie('vector'),
          fc.constantFrom('+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', '> bool', '== bool'),
          scalar,
          fc.boolean(),
        )
        .map(([inner, operator, number, right]) => (right ? `(${inner}) ${operator} ${number}` : `${number} ${operator} (${inner})`)),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(tie('vector'), fc.constantFrom('+', '-', '*', '/', '==', '!=', '<', '>=', '> bool'), matching, group, fill, tie('vector'))
        .map(([left, operator, on, side, filled, right]) => `(${left}) ${operator}${on}${on === '' ? '' : side}${filled} (${right})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('vector'), fc.constantFrom('and', 'or', 'unless'), matching, tie('vector'))
        .map(([left, operator, on, right]) => `(${left}) ${operator}${on} (${right})`),
    },
  ),
})).vector;
