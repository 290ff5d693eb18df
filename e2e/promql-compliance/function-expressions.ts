/** Literals, selectors, and every function: of ranges, of subqueries, of instants, of labels, of histograms, of time. */

import { each } from './templates.ts';
import { FIXED_TIME } from './times.ts';

const RANGE_FUNCTIONS = [
  'absent_over_time',
  'avg_over_time',
  'changes',
  'count_over_time',
  'delta',
  'deriv',
  'idelta',
  'increase',
  'irate',
  'last_over_time',
  'max_over_time',
  'min_over_time',
  'present_over_time',
  'rate',
  'resets',
  'stddev_over_time',
  'stdvar_over_time',
  'sum_over_time',
];
const NUMBER_FUNCTIONS = [
  'abs',
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atanh',
  'ceil',
  'cos',
  'cosh',
  'deg',
  'exp',
  'floor',
  'ln',
  'log10',
  'log2',
  'rad',
  'round',
  'sgn',
  'sin',
  'sinh',
  'sqrt',
  'tan',
  'tanh',
];
const DATE_FUNCTIONS = ['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'];
const MODIFIERS = [' offset 7m', ' offset -3m', ` @ ${FIXED_TIME}`, ' @ start() offset 2m', ' @ end()'];

/** Equal in both. */
export const FUNCTION_EXPRESSIONS: readonly string[] = [
  // Literals.
  ...[
    '1',
    '-2.5e3',
    '0x1F',
    'Inf',
    '-Inf',
    'NaN',
    '1 + 2 * 3 ^ 2 ^ 0.5 - -1',
    '-2 ^ 2',
    '7 % -3',
    '1 / 0',
    '0 / 0',
    '2 > bool 1',
    '2 == bool 3',
  ],
  ...['5 atan2 2', 'pi() * 2', 'time()', 'vector(1)', 'vector(time())', 'scalar(flat)', 'scalar(up)', 'scalar(nothing)', '"text"'],
  // Selectors.
  ...[
    'requests_total',
    'requests_total{code="200"}',
    'requests_total{code!="200"}',
    'requests_total{code=~"4..|5.."}',
    'requests_total{code!~"2.*"}',
  ],
  ...[
    '{__name__=~"requests.*",job="api"}',
    '{job="web",instance="a"}',
    'requests_total{nothing=""}',
    'requests_total{job=~".+",zone!="x"}',
    'nothing',
  ],
  ...each('{selector}{modifier}', { selector: ['requests_total', 'temperature'], modifier: MODIFIERS }),
  ...each('sum({selector}{modifier})', { selector: ['requests_total', 'memory_bytes'], modifier: MODIFIERS }),
  // Functions of ranges: by metric and range, by modifier, over subqueries.
  ...each('{function}({metric}[{range}])', {
    function: RANGE_FUNCTIONS,
    metric: ['requests_total', 'temperature', 'cpu_seconds_total{mode="idle"}'],
    range: ['1m', '10m'],
  }),
  ...each('{function}(requests_total{code="404"}[5m]{modifier})', { function: RANGE_FUNCTIONS, modifier: MODIFIERS.slice(0, 4) }),
  ...each('{function}(memory_bytes[11m:30s])', { function: RANGE_FUNCTIONS }),
  ...each('{function}(broken[5m])', {
    function: ['avg_over_time', 'changes', 'max_over_time', 'min_over_time', 'sum_over_time', 'delta', 'last_over_time'],
  }),
  ...each('quantile_over_time({q}, {metric}[{range}])', {
    q: ['0', '0.3', '0.95', '1', '-1', '2'],
    metric: ['memory_bytes', 'temperature'],
    range: ['5m'],
  }),
  ...each('predict_linear({metric}[10m]{modifier}, {ahead})', {
    metric: ['memory_bytes', 'temperature{room!="odd"}'],
    modifier: ['', ' offset 7m'],
    ahead: ['60', '-3600', '4 * 3600'],
  }),
  // Subqueries.
  ...[
    'max_over_time(rate(requests_total[1m])[10m:30s])',
    'avg_over_time(sum by (job) (rate(requests_total[2m]))[7m:15s])',
    'rate(requests_total[9m:])',
  ],
  ...[
    'sum_over_time((temperature > 0)[11m:30s] offset 4m)',
    `max_over_time(memory_bytes[9m:1m] @ ${FIXED_TIME})`,
    'min_over_time(up[20m:30s] @ end())',
  ],
  ...[
    'deriv(rate(cpu_seconds_total[1m])[5m:15s])',
    'count_over_time(nothing[5m:30s])',
    'present_over_time(up[5m:15s])',
    'absent_over_time(nothing[5m:30s])',
  ],
  ...[
    'last_over_time(max_over_time(temperature[3m])[10m:45s])',
    'stddev_over_time(flat[5m:10s])',
    'quantile_over_time(0.5, memory_bytes[13m:45s])',
  ],
  // Functions of instants.
  ...each('{function}({argument})', { function: NUMBER_FUNCTIONS, argument: ['temperature', 'temperature / 20'] }),
  ...each('{function}({argument})', { function: DATE_FUNCTIONS, argument: ['', 'moments', '-moments', 'vector(0)'] }),
  ...each('{call}', {
    call: [
      'round(temperature, 0.5)',
      'round(memory_bytes, 1000)',
      'round(temperature, -2)',
      'clamp(temperature, 0, 10)',
      'clamp(temperature, 10, 0)',
      'clamp_min(temperature, 5)',
      'clamp_max(temperature, 5)',
      'clamp_max(temperature, NaN)',
      'absent(nothing)',
      'absent(up)',
      'absent(nothing{a="b",c=~"d"})',
      'absent(sum(nothing))',
      'timestamp(up)',
      'timestamp(up * 1)',
      'timestamp(up offset 5m)',
      `timestamp(up @ ${FIXED_TIME})`,
      'sort(temperature{room!="odd"})',
      'sort_desc(memory_bytes)',
      'vector(scalar(flat)) + 1',
      '-temperature',
      '+temperature',
      '-(-temperature)',
      'time() - timestamp(flat)',
      'exp(-flat)',
    ],
  }),
  ...each('{call}', {
    call: [
      'label_replace(build_info, "major", "$1", "version", "(\\\\d+)\\\\..*")',
      'label_replace(build_info, "version", "", "version", ".*")',
      'label_replace(up, "copy", "$1-$2", "instance", "(.)(.*)")',
      'label_replace(up, "job", "x", "instance", "a")',
      'label_replace(up, "x", "y", "nothing", "")',
      'label_replace(up, "x", "y", "instance", "no")',
      'label_join(up, "both", "/", "job", "instance")',
      'label_join(up, "job", "", "nothing")',
      'label_join(up, "all", ",", "job", "nothing", "instance")',
      'label_replace(up, "__name__", "other", "", "")',
      'label_replace(up, "0bad", "", "", "(")',
      'label_replace(up, "instance", "same", "instance", ".*")',
    ],
  }),
  // Classic histograms.
  ...each('histogram_quantile({q}, {of})', {
    q: ['0', '0.1', '0.5', '0.99', '1', '-1', '1.1', 'NaN'],
    of: [
      'rate(latency_seconds_bucket[5m])',
      'sum by (le) (rate(latency_seconds_bucket[5m]))',
      'latency_seconds_bucket',
      'requests_total',
      'latency_seconds_bucket{le!="+Inf"}',
    ],
  }),
  ...[
    'rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])',
    'histogram_count(up)',
    'histogram_sum(latency_seconds_sum)',
    'histogram_quantile(0.9, sum by (job, le) (increase(latency_seconds_bucket[3m])))',
  ],
];
