/** Aggregations and ways of grouping, operators and ways of matching, what dashboards are made of, and what is refused. */

import { each } from './templates.ts';

const GROUPINGS = ['', ' by (job)', ' by (job, code)', ' by (nothing)', ' without (instance)', ' without (job, code, instance)'];

/** Equal in both. */
export const OPERATOR_EXPRESSIONS: readonly string[] = [
  // Aggregations.
  ...each('{operator}{grouping} (requests_total)', {
    operator: ['sum', 'avg', 'count', 'group', 'min', 'max', 'stddev', 'stdvar'],
    grouping: GROUPINGS,
  }),
  ...each('{operator}{grouping} ({k}, requests_total)', {
    operator: ['topk', 'bottomk'],
    grouping: GROUPINGS.slice(0, 3),
    k: ['1', '3', '0', '100'],
  }),
  ...each('quantile{grouping} ({q}, requests_total)', {
    grouping: GROUPINGS.slice(0, 3),
    q: ['0', '0.33', '0.9', '1', '-0.5', '1.5', 'NaN'],
  }),
  ...each('count_values{grouping} ("value", {of})', { grouping: GROUPINGS.slice(0, 3), of: ['up', 'build_info', 'round(temperature)'] }),
  ...each('{operator}(temperature)', { operator: ['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar'] }),
  ...[
    'topk(2, memory_bytes)',
    'bottomk by (room) (1, temperature)',
    'topk(scalar(flat), requests_total)',
    'topk(-1, up)',
    'sum(sum by (job) (up))',
    'sum(nothing)',
  ],
  ...['count(up == 1)', 'sum by (job, instance) (requests_total) by (job)', 'quantile("a", up)'],
  // Operators: arithmetic, comparisons, sets, by what stands on their sides and how partners are found.
  ...each('{left} {operator} {right}', {
    left: ['temperature', 'memory_bytes'],
    operator: ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', '> bool', '== bool'],
    right: ['2'],
  }),
  ...each('3 {operator} temperature', { operator: ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', '<= bool'] }),
  ...each('memory_bytes {operator}{matching} limit', {
    operator: ['+', '/', '>', '<= bool', 'and', 'or', 'unless'],
    matching: [' on (job, instance)', ' ignoring (owner)', '', ' on (instance)', ' on ()'],
  }),
  ...each('requests_total {operator} ignoring (code) {group} sum without (code) (requests_total)', {
    operator: ['/', '-', '<', '> bool'],
    group: ['group_left', 'group_left ()', 'group_right', ''],
  }),
  ...each('{one} {operator} on (instance) group_right ({labels}) {many}', {
    one: ['limit'],
    operator: ['*', '>', '== bool'],
    labels: ['', 'owner', 'owner, nothing'],
    many: ['memory_bytes', 'up{job="api"}', 'requests_total{job="api"}'],
  }),
  ...each('requests_total {operator} on (job, instance, code) requests_total offset 5m', {
    operator: ['-', '/', '==', '!=', 'and', 'unless'],
  }),
  ...each('{set}', {
    set: [
      'up and on (instance) limit',
      'up or on (instance) limit',
      'up unless on (instance) limit',
      'up and ignoring (job) memory_bytes',
      'requests_total or up or flat',
      'requests_total{code="200"} or requests_total',
      'temperature > 0 or temperature < 0',
      'up == 0 or up',
      'flat and on () up',
      'flat unless on () nothing',
      'vector(1) or up',
      'up and up offset 30m',
      '(up == 1) and on (job) (sum by (job) (up) > 2)',
    ],
  }),
  // What dashboards and rules are made of.
  ...each('{query}', {
    query: [
      '100 * (1 - avg by (instance) (rate(cpu_seconds_total{mode="idle"}[5m])))',
      'sum by (job) (rate(requests_total{code=~"5.."}[5m])) / sum by (job) (rate(requests_total[5m]))',
      'topk(3, sum by (instance, code) (increase(requests_total[10m])))',
      'memory_bytes / on (job, instance) group_left (owner) limit',
      'max_over_time(up[10m]) == 0',
      'avg_over_time(temperature{room="hall"}[30m]) - temperature{room="hall"}',
      'changes(up[20m]) > 0',
      'predict_linear(memory_bytes[20m], 3600) > 5e9',
      'sum(rate(requests_total[1m])) by (job) > 2 * sum(rate(requests_total[1m] offset 10m)) by (job)',
      'count by (version) (build_info)',
      'memory_bytes * on (instance) group_left (version) build_info',
      '(memory_bytes > 4e9) * 0 + 1 or memory_bytes * 0',
      'sum(up) / count(up)',
      'delta(temperature{room="attic"}[15m]) < 0',
      'irate(requests_total{code="200"}[2m]) * 60',
      'abs(temperature - avg_over_time(temperature[10m]))',
      'absent(up{job="db"}) or up{job="db"}',
      'sum without (instance) (rate(latency_seconds_bucket{le="0.5"}[5m])) / sum without (instance) (rate(latency_seconds_count[5m]))',
      'quantile by (job) (0.5, rate(requests_total[3m]))',
      'stddev by (job) (rate(requests_total[3m]))',
      'resets(young_total[20m])',
    ],
  }),
  // What is refused.
  ...each('{refused}', {
    refused: [
      'rate(up)',
      'sum(1)',
      'abs(up[5m])',
      'up[5m]',
      'up[5m] + 1',
      'up + "a"',
      '1 and up',
      '1 == 1',
      'up + bool up',
      'topk("x", up)',
      'sum by (a',
      'up{a=}',
      'up{a=~"("}',
      '{a=""}',
      'label_replace(up, "a")',
      'round(up, 1, 2)',
      'unknown_function(up)',
      'up offset',
      'up @ up',
      'rate(up[0s])',
      'up and on (a) group_left up',
      'up * on (job) group_left (job) up',
      'requests_total / up',
      'up + on (job) up',
      'limit > on (job) group_left memory_bytes',
      'sum(',
      'up up',
      'time() offset 5m',
      '-"a"',
      'up[5m:1m][5m:]',
      'scalar(1)',
      'vector(up)',
      'histogram_quantile(up, up)',
      'start_timestamp(up)',
    ],
  }),
];
