/** The syntax tree of TraceQL: discriminated unions, every node with its place in the text. */

import type { Span } from '../promql/ast.ts';
import type { TraceqlIntrinsic } from './intrinsics.ts';

/** Where an attribute is looked for; `any` is the span's own, or else the resource's. */
export type TraceqlScope = 'any' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

/** `.a`, `span.a`, `parent.resource."a b"`. */
export interface AttributeField extends Span {
  readonly kind: 'attribute';
  readonly scope: TraceqlScope;
  /** Whether it is looked for in the parent of the span. */
  readonly ofParent: boolean;
  readonly name: string;
}

/** `duration`, `trace:rootName`. */
export interface IntrinsicField extends Span {
  readonly kind: 'intrinsic';
  readonly intrinsic: TraceqlIntrinsic;
}

/** Something that a span may have. */
export type TraceqlField = AttributeField | IntrinsicField;

/** A literal; durations are nanoseconds. */
export type TraceqlLiteral = Span &
  (
    | { readonly kind: 'literal'; readonly type: 'nil' }
    | { readonly kind: 'literal'; readonly type: 'int' | 'duration'; readonly value: bigint }
    | { readonly kind: 'literal'; readonly type: 'float'; readonly value: number }
    | { readonly kind: 'literal'; readonly type: 'string'; readonly value: string }
    | { readonly kind: 'literal'; readonly type: 'boolean'; readonly value: boolean }
    | { readonly kind: 'literal'; readonly type: 'status'; readonly value: 'error' | 'ok' | 'unset' }
    | {
        readonly kind: 'literal';
        readonly type: 'kind';
        readonly value: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
      }
  );

/** Operators between fields, and how strongly they bind: `^` groups from the right, all others from the left. `&&` binds as `||` does, as in Tempo. */
export const TRACEQL_OPERATORS = {
  '||': 1,
  '&&': 1,
  '=': 2,
  '!=': 2,
  '<': 2,
  '<=': 2,
  '>': 2,
  '>=': 2,
  '=~': 2,
  '!~': 2,
  '+': 3,
  '-': 3,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
} as const;
export type TraceqlOperator = keyof typeof TRACEQL_OPERATORS;

/** How strongly `-a` and `!a` hold what is behind them. */
export const UNARY_PRECEDENCE = 5;

/** `.a + 1 > 2`. */
export interface FieldBinary extends Span {
  readonly kind: 'binary';
  readonly operator: TraceqlOperator;
  readonly left: FieldExpression;
  readonly right: FieldExpression;
}

/** `-.a`, `!.a`. */
export interface FieldUnary extends Span {
  readonly kind: 'unary';
  readonly operator: '-' | '!';
  readonly operand: FieldExpression;
}

/** What is computed of one span. */
export type FieldExpression = TraceqlField | TraceqlLiteral | FieldBinary | FieldUnary;

/** `{ status = error }`; `{}` has `true` for a condition. */
export interface SpansetFilter extends Span {
  readonly kind: 'filter';
  readonly condition: FieldExpression;
}

/** Operators between spansets: both, either; then those that look at how spans lie to one another. */
export const SPANSET_OPERATORS = [
  '&&',
  '||',
  '>',
  '>>',
  '<',
  '<<',
  '~',
  '!>',
  '!>>',
  '!<',
  '!<<',
  '!~',
  '&>',
  '&>>',
  '&<',
  '&<<',
  '&~',
] as const;
export type SpansetOperator = (typeof SPANSET_OPERATORS)[number];

/** `{…} >> {…}`. */
export interface SpansetOperation extends Span {
  readonly kind: 'operation';
  readonly operator: SpansetOperator;
  readonly left: SpansetExpression;
  readonly right: SpansetExpression;
}

/** Spans that are chosen; a pipeline stands in parentheses. */
export type SpansetExpression = SpansetFilter | SpansetOperation | SpansetPipeline;

/** What is computed of the spans of a spanset. */
export const TRACEQL_AGGREGATES = ['count', 'avg', 'min', 'max', 'sum'] as const;
export type TraceqlAggregate = (typeof TRACEQL_AGGREGATES)[number];

/** `avg(duration)`; `count()` has no operand. */
export interface AggregateExpression extends Span {
  readonly kind: 'aggregate';
  readonly aggregate: TraceqlAggregate;
  readonly operand: FieldExpression | undefined;
}

/** `max(duration) - min(duration)`. */
export interface ScalarBinary extends Span {
  readonly kind: 'scalar-binary';
  readonly operator: '+' | '-' | '*' | '/' | '%' | '^';
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}

/** A number of a spanset. */
export type ScalarExpression = AggregateExpression | ScalarBinary | TraceqlLiteral;

/** How numbers are compared. */
export type ScalarComparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** `| count() > 2`. */
export interface ScalarFilter extends Span {
  readonly kind: 'scalar-filter';
  readonly operator: ScalarComparison;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}

/** `| by(resource.service.name)`. */
export interface GroupStage extends Span {
  readonly kind: 'by';
  readonly expression: FieldExpression;
}

/** `| coalesce()`. */
export interface CoalesceStage extends Span {
  readonly kind: 'coalesce';
}

/** `| select(span.http.url, status)`. */
export interface SelectStage extends Span {
  readonly kind: 'select';
  readonly fields: readonly FieldExpression[];
}

/** One step of a pipeline. */
export type PipelineStage = SpansetExpression | ScalarFilter | GroupStage | CoalesceStage | SelectStage;

/** Steps one behind the other, at least one. */
export interface SpansetPipeline extends Span {
  readonly kind: 'pipeline';
  readonly stages: readonly PipelineStage[];
}

/** What makes series of spans. */
export const TRACEQL_METRICS = [
  'rate',
  'count_over_time',
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
  'compare',
] as const;
export type TraceqlMetric = (typeof TRACEQL_METRICS)[number];

/** `| quantile_over_time(duration, .9, .99) by (name)`. */
export interface MetricsAggregation extends Span {
  readonly kind: 'metrics';
  readonly metric: Exclude<TraceqlMetric, 'compare'>;
  /** Nothing for `rate` and `count_over_time`. */
  readonly field: TraceqlField | undefined;
  /** Of `quantile_over_time`, at least one; else none. */
  readonly quantiles: readonly number[];
  readonly by: readonly TraceqlField[];
}

/** `| compare({status = error}, 10, start, end)`; times are nanoseconds since the epoch. */
export interface MetricsComparison extends Span {
  readonly kind: 'compare';
  readonly selection: SpansetFilter;
  readonly top: number;
  readonly range: { readonly start: bigint; readonly end: bigint } | undefined;
}

/** `| topk(5)`. */
export interface TopStage extends Span {
  readonly kind: 'topk' | 'bottomk';
  readonly count: number;
}

/** `> 10` behind a metrics function: points that fulfil it stay. */
export interface PointFilter extends Span {
  readonly kind: 'point-filter';
  readonly operator: ScalarComparison;
  readonly value: number;
}

/** What is done with the series. */
export type SeriesStage = TopStage | PointFilter;

/** `with (most_recent = true)`. */
export interface TraceqlHint extends Span {
  readonly name: string;
  readonly value: TraceqlLiteral;
}

/** A query: for traces, or with `metrics` for numbers. */
export interface TraceqlQuery extends Span {
  readonly pipeline: SpansetPipeline;
  readonly metrics: MetricsAggregation | MetricsComparison | undefined;
  readonly series: readonly SeriesStage[];
  readonly hints: readonly TraceqlHint[];
}
