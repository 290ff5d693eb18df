/** What Prometheus 2.42 must answer otherwise than Prometheus 3 does, and why. */

/** Why Prometheus 2.42 answers otherwise than Prometheus 3. */
export type Difference =
  /** Windows contained their left border; now they do not. */
  | 'left-open ranges'
  /** The function, operator or syntax came later. */
  | 'newer than 2.42'
  /** It kept the metric's name, as no other arithmetic operator did. */
  | 'atan2 and names'
  /** Where a counter was zero shortly before its first sample, extrapolation goes half a distance now, not up to there. */
  | 'extrapolation of young counters';

const NEWER = [
  'mad_over_time(temperature[5m])',
  'count_values("0 bad", up)',
  'first_over_time(requests_total[5m])',
  'ts_of_first_over_time(up[5m])',
  'ts_of_last_over_time(up[5m])',
  'ts_of_max_over_time(memory_bytes[5m])',
  'ts_of_min_over_time(memory_bytes[5m])',
  'sort_by_label(build_info, "version")',
  'sort_by_label_desc(build_info, "version")',
  'limitk(2, up)',
  'limit_ratio(0.5, up)',
  'info(up, {__name__="build_info"})',
  'histogram_avg(up)',
  'histogram_fraction(0, 0.5, rate(latency_seconds_bucket[5m]))',
  'histogram_stddev(up)',
  'histogram_stdvar(up)',
  'histogram_quantiles(latency_seconds_bucket, "q", 0.5, 0.9)',
  'start()',
  'end()',
  'range()',
  'step()',
  'min_of(1, 2)',
  'max_of(1, 2)',
  '{"up"}',
  'up{"job"="api"}',
  'rate(requests_total[5m * 2])',
  'rate(requests_total[300])',
  'up offset 60',
  'memory_bytes offset (1m + 30s)',
  'increase(requests_total[5m] anchored)',
  'rate(requests_total[5m] smoothed)',
  'memory_bytes smoothed',
  'up + fill (0) flat',
  'up + on (instance) group_left fill_right (0) limit',
  '5m',
  '1h30m + 1',
];

const LEFT_OPEN = [
  'count_over_time(vector(1)[10s:1s])',
  'sum_over_time(flat[1m:1s])',
  'present_over_time(flat[1s:1s]) + count_over_time(flat[1s:1s])',
  'sum_over_time(vector(time())[5s:1s])',
  'sum_over_time(count_over_time(flat[30s:10s])[1m:10s])',
];

const YOUNG = ['increase(young_total[20m])', 'rate(young_total[7m])'];

const ATAN2 = ['temperature atan2 2', '3 atan2 temperature', 'memory_bytes atan2 on (job, instance) group_left limit'];

/** The expressions by reason. */
export const DIFFERENT: Readonly<Record<Difference, readonly string[]>> = {
  'newer than 2.42': NEWER,
  'atan2 and names': ATAN2,
  'extrapolation of young counters': YOUNG,
  'left-open ranges': LEFT_OPEN,
};
