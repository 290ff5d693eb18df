/** What the parameters are called, and an example of each word: the same in every language. */

import type { FunctionSignature } from '@atalaya/lang';

/** Names of the parameters of functions that take more than one thing; the others take `v`. */
const PARAMETERS: Readonly<Record<string, string>> = {
  clamp: 'v min max',
  clamp_max: 'v max',
  clamp_min: 'v min',
  double_exponential_smoothing: 'v level trend',
  histogram_fraction: 'lower upper v',
  histogram_quantile: 'q v',
  histogram_quantiles: 'v label q q',
  info: 'v selector',
  label_join: 'v target separator source',
  label_replace: 'v target replacement source regex',
  max_of: 'a b',
  min_of: 'a b',
  predict_linear: 'v seconds',
  quantile_over_time: 'q v',
  round: 'v nearest',
  sort_by_label: 'v label',
  sort_by_label_desc: 'v label',
  vector: 's',
};

/** The names of a function's parameters, the optional and the repeated one included. */
export function parameterNames({ name, args, variadic }: FunctionSignature): readonly string[] {
  const named = PARAMETERS[name]?.split(' ');
  if (named !== undefined) return named;
  return args.length === 0 && variadic === 0 ? [] : ['v'];
}

/** A function as it is called: `clamp(v, min, max)`, optional parameters in brackets, `…` after one that repeats. */
export function callText(signature: FunctionSignature): string {
  const names = parameterNames(signature);
  const required = signature.variadic === 0 ? signature.args.length : signature.args.length - 1;
  const parts = names.map((name, index) => {
    const text = index < required ? name : `[${name}]`;
    return index === names.length - 1 && (signature.variadic < 0 || signature.variadic > 1) ? `${text}…` : text;
  });
  return `${signature.name}(${parts.join(', ')})`;
}

/** Aggregations that take a value before the vector, with the name of it. */
export const AGGREGATION_PARAMETERS: Readonly<Record<string, string>> = {
  topk: 'k',
  bottomk: 'k',
  limitk: 'k',
  limit_ratio: 'ratio',
  quantile: 'q',
  count_values: '"label"',
};

/** An example of every word that is easier shown than told. */
export const WORD_EXAMPLES: Readonly<Record<string, string>> = {
  absent: 'absent(up{job="backup"})',
  absent_over_time: 'absent_over_time(up{job="backup"}[1h])',
  avg_over_time: 'avg_over_time(node_load1[1h])',
  changes: 'changes(process_start_time_seconds[1d])',
  clamp_max: 'clamp_max(node_load1, 10)',
  clamp_min: 'clamp_min(node_load1, 0)',
  clamp: 'clamp(node_load1, 0, 10)',
  count_over_time: 'count_over_time(up[1h])',
  day_of_week: 'day_of_week() == 0',
  delta: 'delta(node_hwmon_temp_celsius[1h])',
  deriv: 'deriv(node_filesystem_avail_bytes[6h])',
  double_exponential_smoothing: 'double_exponential_smoothing(node_load1[1h], 0.3, 0.1)',
  histogram_avg: 'histogram_avg(rate(http_request_duration_seconds[5m]))',
  histogram_count: 'histogram_count(rate(http_request_duration_seconds[5m]))',
  histogram_fraction: 'histogram_fraction(0, 0.2, rate(http_request_duration_seconds[5m]))',
  histogram_quantile: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  histogram_quantiles: 'histogram_quantiles(rate(http_request_duration_seconds[5m]), "quantile", 0.5, 0.95)',
  hour: 'hour() >= 8 and hour() < 18',
  idelta: 'idelta(node_load1[5m])',
  increase: 'increase(node_network_receive_bytes_total[1h])',
  info: 'info(rate(http_requests_total[5m]), {version=~".+"})',
  irate: 'irate(node_cpu_seconds_total[1m])',
  label_join: 'label_join(up, "target", "/", "job", "instance")',
  label_replace: 'label_replace(up, "host", "$1", "instance", "(.*):.*")',
  last_over_time: 'last_over_time(up[1h])',
  max_over_time: 'max_over_time(node_load1[1h])',
  min_over_time: 'min_over_time(node_memory_MemAvailable_bytes[1d])',
  predict_linear: 'predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0',
  present_over_time: 'present_over_time(up[1d])',
  quantile_over_time: 'quantile_over_time(0.95, node_load1[1h])',
  rate: 'rate(node_network_receive_bytes_total[5m])',
  resets: 'resets(node_cpu_seconds_total[1d])',
  round: 'round(node_load1, 0.5)',
  scalar: 'node_load1 / scalar(count(node_cpu_seconds_total{mode="idle"}))',
  sort_by_label: 'sort_by_label(up, "instance")',
  sort_desc: 'sort_desc(node_filesystem_size_bytes)',
  sum_over_time: 'sum_over_time(up[1h])',
  time: 'time() - node_boot_time_seconds',
  timestamp: 'time() - timestamp(up)',
  vector: 'sum(up{job="backup"}) or vector(0)',
  sum: 'sum by (job) (up)',
  avg: 'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
  count: 'count by (job) (up == 0)',
  min: 'min by (device) (node_filesystem_avail_bytes)',
  max: 'max by (instance) (node_load1)',
  group: 'group by (job) (up)',
  stddev: 'stddev(node_load1)',
  stdvar: 'stdvar(node_load1)',
  topk: 'topk(5, node_filesystem_size_bytes)',
  bottomk: 'bottomk(5, node_filesystem_avail_bytes)',
  limitk: 'limitk(10, up)',
  limit_ratio: 'limit_ratio(0.1, up)',
  quantile: 'quantile(0.95, node_load1)',
  count_values: 'count_values("version", process_start_time_seconds)',
  and: 'up == 0 and on (instance) node_load1',
  or: 'sum(up) or vector(0)',
  unless: 'up unless on (instance) node_load1',
  atan2: 'node_load1 atan2 node_load5',
  by: 'sum by (job) (up)',
  without: 'sum without (cpu) (rate(node_cpu_seconds_total[5m]))',
  on: 'node_load1 / on (instance) node_load5',
  ignoring: 'node_load1 / ignoring (job) node_load5',
  group_left: 'up * on (instance) group_left (nodename) node_uname_info',
  group_right: 'node_uname_info * on (instance) group_right (nodename) up',
  bool: 'up == bool 0',
  offset: 'node_load1 - node_load1 offset 1d',
  '@': 'node_load1 @ end()',
};
