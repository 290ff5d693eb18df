/** What the editor says about the words of LogQL; fetched in the reader's language when the editor is. */

import type { Language } from '../../../i18n/index.ts';

/** Filters of lines, by their operator. */
export const LINE_FILTERS = ['|=', '!=', '|~', '!~', '|>', '!>'] as const;

/** What may follow a pipe. */
export const STAGES = [
  'json',
  'logfmt',
  'pattern',
  'regexp',
  'unpack',
  'decolorize',
  'line_format',
  'label_format',
  'drop',
  'keep',
  'unwrap',
] as const;

/** Aggregations over a range of time. */
export const RANGE_FUNCTIONS = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'rate_counter',
  'absent_over_time',
] as const;

/** Aggregations over series, and functions of them. */
export const VECTOR_FUNCTIONS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'topk',
  'bottomk',
  'approx_topk',
  'stddev',
  'stdvar',
  'sort',
  'sort_desc',
  'label_replace',
  'vector',
] as const;

/** Conversions inside `unwrap`, and `ip`. */
export const CONVERSIONS = ['bytes', 'duration', 'duration_seconds', 'ip'] as const;

/** Words beside an aggregation or an operator. */
export const MODIFIERS = ['by', 'without', 'offset', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'and', 'or', 'unless'] as const;

/** Every word that has a sentence. */
export type LogqlTerm =
  | (typeof LINE_FILTERS)[number]
  | (typeof STAGES)[number]
  | (typeof RANGE_FUNCTIONS)[number]
  | (typeof VECTOR_FUNCTIONS)[number]
  | (typeof CONVERSIONS)[number]
  | (typeof MODIFIERS)[number];

/** One sentence for each word. */
export type LogqlWords = Readonly<Record<LogqlTerm, string>>;

/** An example of each word that is easier shown than told: the same in every language. */
export const EXAMPLES: Readonly<Partial<Record<LogqlTerm, string>>> = {
  '|=': '{job="nginx"} |= "error" or "fail"',
  '!=': '{job="nginx"} != "GET /health"',
  '|~': '{job="nginx"} |~ "5\\\\d\\\\d$"',
  '!~': '{job="nginx"} !~ "(?i)debug"',
  '|>': '{job="nginx"} |> "<_> GET <_> 500 <_>"',
  '!>': '{job="nginx"} !> "<_> GET /health <_>"',
  json: '{job="api"} | json status="response.code"',
  logfmt: '{job="api"} | logfmt | level="error"',
  pattern: '{job="nginx"} | pattern "<ip> - - <_> \\"<method> <path> <_>\\" <status>"',
  regexp: '{job="api"} | regexp "user=(?P<user>\\\\w+)"',
  line_format: '{job="api"} | json | line_format "{{.level}} {{.msg}}"',
  label_format: '{job="api"} | logfmt | label_format code=status',
  drop: '{job="api"} | json | drop user, level="debug"',
  keep: '{job="api"} | json | keep level, status',
  unwrap: 'avg_over_time({job="api"} | json | unwrap duration(took) [5m])',
  count_over_time: 'count_over_time({job="api"} |= "error" [5m])',
  rate: 'sum by (host) (rate({job="api"} [1m]))',
  bytes_rate: 'sum by (job) (bytes_rate({job=~".+"} [5m]))',
  quantile_over_time: 'quantile_over_time(0.99, {job="api"} | json | unwrap duration_ms [5m]) by (path)',
  absent_over_time: 'absent_over_time({job="backup"} [1d])',
  topk: 'topk(10, sum by (path) (rate({job="nginx"} | json [5m])))',
  label_replace: 'label_replace(rate({job="a"} [1m]), "app", "$1", "job", "(.*)")',
  ip: '{job="nginx"} | json | addr=ip("10.0.0.0/8")',
  by: 'sum by (level) (count_over_time({job="api"} [1m]))',
  offset: 'count_over_time({job="api"} [5m] offset 1d)',
};

/** How a word is called; other words stand for themselves. */
export const CALLS: Readonly<Partial<Record<LogqlTerm, string>>> = {
  quantile_over_time: 'quantile_over_time(q, logs | unwrap label [range])',
  topk: 'topk(k, v)',
  bottomk: 'bottomk(k, v)',
  approx_topk: 'approx_topk(k, v)',
  label_replace: 'label_replace(v, target, replacement, source, regex)',
  vector: 'vector(s)',
};

/** The texts of a language. */
export async function loadLogqlWords(language: Language): Promise<LogqlWords> {
  return language === 'es' ? (await import('./es.ts')).spanish : (await import('./en.ts')).english;
}
