/** The words of TraceQL with a sentence each: what editors complete and explain. */

import { SPANSET_OPERATORS, type SpansetOperator, TRACEQL_AGGREGATES, TRACEQL_METRICS } from './ast.ts';
import { TRACEQL_INTRINSICS } from './intrinsics.ts';

/** Where a word stands. */
export type TraceqlWordKind = 'intrinsic' | 'scope' | 'value' | 'aggregate' | 'stage' | 'metrics' | 'series' | 'operator' | 'hint';

/** A word. */
export interface TraceqlWord {
  readonly text: string;
  readonly kind: TraceqlWordKind;
  /** What an editor puts in; `text` unless there is more to it, such as parentheses. */
  readonly insert?: string;
  /** One sentence. */
  readonly help: string;
}

const SCOPES: readonly (readonly [string, string])[] = [
  ['.', 'An attribute of the span, or else of its resource.'],
  ['span.', 'An attribute of the span.'],
  ['resource.', 'An attribute of the resource: the service, process or host that sent the span.'],
  ['event.', 'An attribute of one of the span’s events.'],
  ['link.', 'An attribute of one of the span’s links.'],
  ['instrumentation.', 'An attribute of the instrumentation library.'],
  ['parent.', 'An attribute of the parent span, or else of its resource.'],
];

const VALUES: readonly (readonly [string, string])[] = [
  ['error', 'Status of a span that failed.'],
  ['ok', 'Status of a span that is known to have succeeded.'],
  ['unset', 'Status of a span of which nothing was said.'],
  ['server', 'Kind of a span that answers a request.'],
  ['client', 'Kind of a span that makes a request.'],
  ['producer', 'Kind of a span that sends a message.'],
  ['consumer', 'Kind of a span that takes a message.'],
  ['internal', 'Kind of a span within a service.'],
  ['unspecified', 'Kind of a span that does not tell it.'],
  ['true', 'A truth.'],
  ['false', 'A truth.'],
  ['nil', 'Nothing: `.a != nil` holds where there is such an attribute, `.a = nil` where there is none.'],
];

const AGGREGATES: Readonly<Record<(typeof TRACEQL_AGGREGATES)[number], string>> = {
  count: 'How many spans matched: `| count() > 2`.',
  avg: 'The average of a number of the spans: `| avg(duration) > 1s`.',
  min: 'The smallest of a number of the spans.',
  max: 'The largest of a number of the spans.',
  sum: 'The sum of a number of the spans.',
};

const METRICS: Readonly<Record<(typeof TRACEQL_METRICS)[number], string>> = {
  rate: 'Spans a second.',
  count_over_time: 'Spans in each step.',
  min_over_time: 'The smallest value of a field in each step.',
  max_over_time: 'The largest value of a field in each step.',
  avg_over_time: 'The average of a field in each step.',
  sum_over_time: 'The sum of a field in each step.',
  quantile_over_time: 'Quantiles of a field in each step: `quantile_over_time(duration, .9, .99)`.',
  histogram_over_time: 'How the values of a field are spread, by powers of two: a heat map.',
  compare: 'How attributes of chosen spans differ from those of the others: `compare({ status = error })`.',
};

const OPERATORS: Readonly<Record<SpansetOperator, string>> = {
  '&&': 'Both sides have spans in the trace.',
  '||': 'Either side has spans in the trace.',
  '>': 'Spans of the right side whose parent is on the left.',
  '>>': 'Spans of the right side somewhere below one of the left.',
  '<': 'Spans of the right side that are parents of one on the left.',
  '<<': 'Spans of the right side somewhere above one of the left.',
  '~': 'Spans of the right side that have the same parent as another one of the left.',
  '!>': 'Spans of the right side whose parent is not on the left.',
  '!>>': 'Spans of the right side below none of the left.',
  '!<': 'Spans of the right side that are parents of none on the left.',
  '!<<': 'Spans of the right side above none of the left.',
  '!~': 'Spans of the right side that share their parent with none of the left.',
  '&>': 'Parents of the left side and their children of the right, both.',
  '&>>': 'Spans of the left side and what of the right lies below them, both.',
  '&<': 'Children of the left side and their parents of the right, both.',
  '&<<': 'Spans of the left side and what of the right lies above them, both.',
  '&~': 'Spans of both sides that have the same parent.',
};

const called = (text: string): string => `${text}()`;

/** All words. */
export const TRACEQL_WORDS: readonly TraceqlWord[] = [
  ...Object.values(TRACEQL_INTRINSICS).flatMap(({ names, help }) => names.map((text): TraceqlWord => ({ text, kind: 'intrinsic', help }))),
  ...SCOPES.map(([text, help]): TraceqlWord => ({ text, kind: 'scope', help })),
  ...VALUES.map(([text, help]): TraceqlWord => ({ text, kind: 'value', help })),
  ...TRACEQL_AGGREGATES.map((text): TraceqlWord => ({ text, kind: 'aggregate', insert: called(text), help: AGGREGATES[text] })),
  { text: 'by', kind: 'stage', insert: 'by()', help: 'Splits spansets by a field, or groups series by several.' },
  { text: 'select', kind: 'stage', insert: 'select()', help: 'Has the answer tell these fields of every span.' },
  { text: 'coalesce', kind: 'stage', insert: 'coalesce()', help: 'Joins the spansets of a trace, as `by` has split them.' },
  ...TRACEQL_METRICS.map((text): TraceqlWord => ({ text, kind: 'metrics', insert: called(text), help: METRICS[text] })),
  { text: 'topk', kind: 'series', insert: 'topk(10)', help: 'Of the series only the largest at each time.' },
  { text: 'bottomk', kind: 'series', insert: 'bottomk(10)', help: 'Of the series only the smallest at each time.' },
  ...SPANSET_OPERATORS.map((text): TraceqlWord => ({ text, kind: 'operator', help: OPERATORS[text] })),
  { text: 'with', kind: 'hint', insert: 'with ()', help: 'Hints behind a query: `with (most_recent = true)`, `with (exemplars = 20)`.' },
];
