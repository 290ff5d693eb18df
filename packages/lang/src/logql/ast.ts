/** The syntax tree of LogQL: one discriminated union, every node with its place in the text. */

import type { Matcher } from '@atalaya/model';
import type { Span } from '../promql/ast.ts';
import type { Template } from '../template/ast.ts';

/** What a line is compared with: a text, an expression or a pattern, by the filter's operator; or `ip("…")`. */
export interface LineMatch {
  readonly value: string;
  readonly ip: boolean;
}

/** How a line filter compares: contains, expression, pattern, and their contraries. */
export type LineOperator = '|=' | '!=' | '|~' | '!~' | '|>' | '!>';

/** `|= "a" or "b"`. The contraries hold when none of the alternatives is found. */
export interface LineFilter extends Span {
  readonly kind: 'line-filter';
  readonly operator: LineOperator;
  readonly alternatives: readonly LineMatch[];
}

/** One step of a path into JSON: a key, or the place in a list. */
export type PathStep = string | number;

/** A label that a parser is told to fill, and the field it is filled from. */
export interface FieldPath {
  readonly label: string;
  readonly source: string;
  readonly path: readonly PathStep[];
}

/** `| json`, or with the fields that are wanted. */
export interface JsonParser extends Span {
  readonly kind: 'json';
  readonly fields: readonly FieldPath[];
}

/** `| logfmt --strict --keep-empty`, or with the fields that are wanted. */
export interface LogfmtParser extends Span {
  readonly kind: 'logfmt';
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly fields: readonly FieldPath[];
}

/** `| regexp "(?P<label>…)"`, in RE2 syntax, not anchored. */
export interface RegexpParser extends Span {
  readonly kind: 'regexp';
  readonly expression: string;
}

/** A piece of a pattern: a text, or a capture (`<_>` has no name). */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'capture'; readonly name: string | undefined };

/** `| pattern "<ip> - <_>"`. */
export interface PatternParser extends Span {
  readonly kind: 'pattern';
  readonly pattern: string;
  readonly parts: readonly PatternPart[];
}

/** `| unpack` and `| decolorize`. */
export interface PlainStage extends Span {
  readonly kind: 'unpack' | 'decolorize';
}

/** How a condition compares a number, a duration or a size. `=` and `==` are the same. */
export type CompareOperator = '=' | '==' | '!=' | '>' | '>=' | '<' | '<=';

/** A condition on labels. Durations are compared in nanoseconds, sizes in bytes. */
export type LabelCondition = Span &
  (
    | { readonly kind: 'and' | 'or'; readonly left: LabelCondition; readonly right: LabelCondition }
    | { readonly kind: 'match'; readonly matcher: Matcher }
    | { readonly kind: 'ip'; readonly label: string; readonly operator: '=' | '!='; readonly value: string }
    | {
        readonly kind: 'number' | 'duration' | 'bytes';
        readonly label: string;
        readonly operator: CompareOperator;
        readonly value: number;
        /** The literal as it was written. */
        readonly literal: string;
      }
  );

/** `| status >= 500 and duration > 1s`. */
export interface LabelFilter extends Span {
  readonly kind: 'label-filter';
  readonly condition: LabelCondition;
}

/** `| line_format "{{.message}}"`: a Go template. */
export interface LineFormat extends Span {
  readonly kind: 'line_format';
  readonly template: Template;
}

/** One assignment of `label_format`: from another label, or a Go template. */
export interface LabelAssignment {
  readonly label: string;
  readonly value: { readonly kind: 'label'; readonly name: string } | { readonly kind: 'template'; readonly template: Template };
}

/** `| label_format a=b, c="{{.d}}"`. */
export interface LabelFormat extends Span {
  readonly kind: 'label_format';
  readonly assignments: readonly LabelAssignment[];
}

/** A label that `drop` or `keep` names, or its value too. */
export interface LabelChoice {
  readonly label: string;
  readonly matcher: Matcher | undefined;
}

/** `| drop a, b="x"` and `| keep …`. */
export interface LabelSelection extends Span {
  readonly kind: 'drop' | 'keep';
  readonly labels: readonly LabelChoice[];
}

/** What happens to every line, one stage after another. */
export type Stage =
  | LineFilter
  | JsonParser
  | LogfmtParser
  | RegexpParser
  | PatternParser
  | PlainStage
  | LabelFilter
  | LineFormat
  | LabelFormat
  | LabelSelection;

/** `{app="x"} |= "y" | json`. */
export interface LogSelection extends Span {
  readonly kind: 'logs';
  readonly matchers: readonly Matcher[];
  readonly stages: readonly Stage[];
}

/** `| unwrap duration(latency) | __error__=""`: the number of a line, and conditions on labels after it. */
export interface Unwrap extends Span {
  readonly label: string;
  readonly conversion: 'bytes' | 'duration' | 'duration_seconds' | undefined;
  readonly conditions: readonly LabelFilter[];
}

/** `by (…)` or `without (…)`. */
export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

/** What range aggregations do. */
export const RANGE_OPERATIONS = [
  'count_over_time',
  'rate',
  'rate_counter',
  'bytes_over_time',
  'bytes_rate',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
] as const;
export type RangeOperation = (typeof RANGE_OPERATIONS)[number];

/** `quantile_over_time(0.9, {…} | unwrap x [5m] offset 1h) by (y)`. */
export interface RangeAggregation extends Span {
  readonly kind: 'range';
  readonly operation: RangeOperation;
  readonly parameter: number | undefined;
  readonly logs: LogSelection;
  readonly unwrap: Unwrap | undefined;
  /** Milliseconds. */
  readonly range: number;
  readonly offset: number;
  readonly grouping: Grouping | undefined;
}

/** What vector aggregations do. */
export const VECTOR_OPERATIONS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'approx_topk',
  'sort',
  'sort_desc',
] as const;
export type VectorOperation = (typeof VECTOR_OPERATIONS)[number];

/** `topk(5, …) by (x)`. */
export interface VectorAggregation extends Span {
  readonly kind: 'aggregation';
  readonly operation: VectorOperation;
  readonly parameter: number | undefined;
  readonly expression: MetricExpression;
  readonly grouping: Grouping | undefined;
}

/** The binary operators. */
export const LOGQL_OPERATORS = ['or', 'and', 'unless', '==', '!=', '>', '>=', '<', '<=', '+', '-', '*', '/', '%', '^'] as const;
export type LogqlOperator = (typeof LOGQL_OPERATORS)[number];

/** How strongly operators bind; `^` groups from the right, all others from the left. */
export const LOGQL_PRECEDENCE: Readonly<Record<LogqlOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '>=': 3,
  '<': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

/** How the sides of an operator find each other. */
export interface LogqlMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly include: readonly string[];
}

/** `a / on (x) b`. */
export interface LogqlBinary extends Span {
  readonly kind: 'binary';
  readonly operator: LogqlOperator;
  readonly left: MetricExpression;
  readonly right: MetricExpression;
  readonly returnBool: boolean;
  readonly matching: LogqlMatching | undefined;
}

/** `1.5`, and `vector(1.5)`. */
export interface LogqlNumber extends Span {
  readonly kind: 'number' | 'vector';
  readonly value: number;
}

/** `label_replace(…, "to", "$1", "from", "(.*)")`. */
export interface LabelReplace extends Span {
  readonly kind: 'label_replace';
  readonly expression: MetricExpression;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

/** A question for numbers: series of them, or one. */
export type MetricExpression = RangeAggregation | VectorAggregation | LogqlBinary | LogqlNumber | LabelReplace;

/** A question: for lines, or for numbers made of them. */
export type LogqlExpression = LogSelection | MetricExpression;
