/** Room `lang`: texts of query languages to syntax trees and back. Runs in Node and in the browser. */

export {
  type Aggregation,
  AGGREGATION_OPERATORS,
  type AggregationOperator,
  ARITHMETIC_OPERATORS,
  type ArithmeticOperator,
  type AtModifier,
  type BinaryExpression,
  type BinaryOperator,
  type BorderModifier,
  childrenOf,
  COMPARISON_OPERATORS,
  type ComparisonOperator,
  type DurationExpression,
  type Expression,
  type FunctionCall,
  type MatrixSelector,
  type NumberLiteral,
  type Parentheses,
  precedenceOf,
  SET_OPERATORS,
  type SetOperator,
  type Span,
  type StringLiteral,
  type Subquery,
  type TimeModifiers,
  type UnaryExpression,
  type ValueType,
  type VectorMatching,
  type VectorSelector,
  withoutParentheses,
} from './promql/ast.ts';
export { type AstJson, astToJson } from './promql/ast-json.ts';
export { typeOf } from './promql/check.ts';
export { type DurationContext, evaluateDuration } from './promql/durations.ts';
export { formatPlace, PromqlError } from './promql/error.ts';
export { DEFAULT_PROMQL_FEATURES, PROMQL_FEATURES, type PromqlFeature } from './promql/features.ts';
export { argumentType, FUNCTIONS, type FunctionSignature } from './promql/functions.ts';
export { parsePromql, parseSelector } from './promql/parse.ts';
export { prettyPromql } from './promql/pretty.ts';
export { printPromql } from './promql/printer.ts';
export type {
  CompareOperator,
  FieldPath,
  Grouping,
  LabelAssignment,
  LabelChoice,
  LabelCondition,
  LabelFilter,
  LineFilter,
  LineMatch,
  LogfmtParser,
  LogqlBinary,
  LogqlExpression,
  LogSelection,
  MetricExpression,
  PatternParser,
  PatternPart,
  RangeAggregation,
  RegexpParser,
  Stage,
  Unwrap,
  VectorAggregation,
} from './logql/ast.ts';
export { LOGQL_OPERATORS, RANGE_OPERATIONS, VECTOR_OPERATIONS } from './logql/ast.ts';
export { LogqlError } from './logql/error.ts';
export { readLogBytes, readLogDuration } from './logql/literals.ts';
export { parseLineSelector, parseLogql, parseLogSelector } from './logql/parser.ts';
export { readLinePattern } from './logql/patterns.ts';
export { LOGQL_TEMPLATE_FUNCTIONS } from './logql/template-functions.ts';
export { prettyLogql, printLogql } from './logql/printer.ts';
export type { Operand as TemplateOperand, Pipeline as TemplatePipeline, Template, TemplateNode } from './template/ast.ts';
export type { TemplateFunction } from './template/built-in.ts';
export { TemplateError } from './template/error.ts';
export { executeTemplate, type TemplateOptions } from './template/execute.ts';
export { isEmptyValue, logTemplateFunctions } from './template/functions/functions.ts';
export { many as variadicFunction, of as templateFunction } from './template/functions/signature.ts';
export { TemplateTime } from './template/functions/times.ts';
export { parseTemplate } from './template/parser.ts';
export { printValue, type TemplateObject, type TemplateValue } from './template/value.ts';
export { formatGoTime } from './go-time/format.ts';
export { readGoFloat } from './go-float.ts';
export { GO_LAYOUTS } from './go-time/layout.ts';
export { GoTimeError, type GoTimeOptions, parseGoTime } from './go-time/parse.ts';
export { isTimeZone } from './go-time/zone.ts';
export { withoutTerminalSequences } from './terminal-sequences.ts';
export { formatFixed, formatGeneral, formatSampleValue } from './number-format.ts';
export type {
  AggregateExpression,
  FieldExpression,
  GroupStage,
  MetricsAggregation,
  MetricsComparison,
  PipelineStage,
  ScalarComparison,
  ScalarExpression,
  ScalarFilter,
  SelectStage,
  SeriesStage,
  SpansetExpression,
  SpansetFilter,
  SpansetOperation,
  SpansetOperator,
  SpansetPipeline,
  TraceqlAggregate,
  TraceqlField,
  TraceqlHint,
  TraceqlLiteral,
  TraceqlMetric,
  TraceqlOperator,
  TraceqlQuery,
  TraceqlScope,
} from './traceql/ast.ts';
export { SPANSET_OPERATORS, TRACEQL_AGGREGATES, TRACEQL_METRICS, TRACEQL_OPERATORS } from './traceql/ast.ts';
export { TraceqlError } from './traceql/error.ts';
export { intrinsicNamed, TRACEQL_INTRINSICS, type TraceqlIntrinsic, type TraceqlType } from './traceql/intrinsics.ts';
export { printTraceDuration, readTraceDuration } from './traceql/literals.ts';
export { parseSpansetFilter, parseTraceql } from './traceql/parser.ts';
export {
  prettyTraceql,
  printField as printTraceqlField,
  printName as printTraceqlName,
  printScalar as printTraceqlScalar,
  printTraceql,
} from './traceql/printer.ts';
export { looksAtSpan } from './traceql/types.ts';
export { TRACEQL_WORDS, type TraceqlWord, type TraceqlWordKind } from './traceql/words.ts';
