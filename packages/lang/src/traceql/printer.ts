/** Syntax trees of TraceQL as text. */

import {
  type FieldExpression,
  type MetricsAggregation,
  type MetricsComparison,
  type PipelineStage,
  type ScalarExpression,
  type SeriesStage,
  type SpansetExpression,
  TRACEQL_OPERATORS,
  type TraceqlField,
  type TraceqlLiteral,
  type TraceqlQuery,
  UNARY_PRECEDENCE,
} from './ast.ts';
import { TRACEQL_INTRINSICS } from './intrinsics.ts';
import { printTraceDuration } from './literals.ts';

/** Writes a query on one line; it reads back as the same tree. */
export function printTraceql({ pipeline, metrics, series, hints }: TraceqlQuery): string {
  const parts = pipeline.stages.map(printStage);
  if (metrics !== undefined) parts.push(printMetrics(metrics));
  const text = series.reduce((before, stage) => before + printSeriesStage(stage), parts.join(' | '));
  if (hints.length === 0) return text;
  return `${text} with (${hints.map(({ name, value }) => `${name} = ${printLiteral(value)}`).join(', ')})`;
}

/** Long queries are laid out, a stage a line. */
export function prettyTraceql(query: TraceqlQuery): string {
  const flat = printTraceql(query);
  if (flat.length <= 80) return flat;
  const { pipeline, metrics, series, hints } = query;
  const [first = '', ...rest] = pipeline.stages.map(printStage);
  const lines = [first, ...rest.map((stage) => `| ${stage}`)];
  if (metrics !== undefined) lines.push(`| ${printMetrics(metrics)}`);
  for (const stage of series) lines.push(printSeriesStage(stage).trimStart());
  if (hints.length > 0) lines.push(`with (${hints.map(({ name, value }) => `${name} = ${printLiteral(value)}`).join(', ')})`);
  return lines.join('\n  ');
}

function printStage(stage: PipelineStage): string {
  switch (stage.kind) {
    case 'by':
      return `by(${printField(stage.expression)})`;
    case 'coalesce':
      return 'coalesce()';
    case 'select':
      return `select(${stage.fields.map(printField).join(', ')})`;
    case 'scalar-filter':
      return `${printScalar(stage.left)} ${stage.operator} ${printScalar(stage.right)}`;
    case 'filter':
    case 'operation':
    case 'pipeline':
      return printSpansets(stage);
  }
}

function printSpansets(expression: SpansetExpression): string {
  switch (expression.kind) {
    case 'filter': {
      const { condition } = expression;
      return condition.kind === 'literal' && condition.type === 'boolean' && condition.value ? '{ }' : `{ ${printField(condition)} }`;
    }
    case 'pipeline':
      return `(${expression.stages.map(printStage).join(' | ')})`;
    case 'operation': {
      const { operator, left, right } = expression;
      const binds = (of: string): number => (of === '&&' || of === '||' ? 1 : 2);
      const side = (inner: SpansetExpression, isRight: boolean): string => {
        const text = printSpansets(inner);
        if (inner.kind !== 'operation') return text;
        const weaker = binds(inner.operator) < binds(operator) || (isRight && binds(inner.operator) === binds(operator));
        return weaker ? `(${text})` : text;
      };
      return `${side(left, false)} ${operator} ${side(right, true)}`;
    }
  }
}

/** How strongly the outermost operator of an expression binds; what has none binds strongest. */
function strength(expression: FieldExpression | ScalarExpression): number {
  switch (expression.kind) {
    case 'binary':
    case 'scalar-binary':
      return TRACEQL_OPERATORS[expression.operator];
    case 'unary':
      return UNARY_PRECEDENCE - 1;
    case 'literal':
      return isNegative(expression) ? UNARY_PRECEDENCE - 1 : Infinity;
    case 'attribute':
    case 'intrinsic':
    case 'aggregate':
      return Infinity;
  }
}

function isNegative(literal: TraceqlLiteral): boolean {
  return (
    (literal.type === 'int' || literal.type === 'float' || literal.type === 'duration') &&
    (literal.value < 0 || Object.is(literal.value, -0))
  );
}

/** Writes an expression on fields. */
export function printField(expression: FieldExpression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression);
    case 'attribute':
    case 'intrinsic':
      return printName(expression);
    case 'unary': {
      const { operator, operand } = expression;
      const text = printField(operand);
      // A signed number is a literal, and so would this be one.
      const needs = strength(operand) < UNARY_PRECEDENCE || (operator === '-' && operand.kind === 'literal');
      return needs ? `${operator}(${text})` : operator + text;
    }
    case 'binary':
      return printBinary(expression, printField);
  }
}

/** Writes a number of a spanset. */
export function printScalar(expression: ScalarExpression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression);
    case 'aggregate':
      return `${expression.aggregate}(${expression.operand === undefined ? '' : printField(expression.operand)})`;
    case 'scalar-binary':
      return printBinary(expression, printScalar);
  }
}

interface AnyBinary<E> {
  readonly operator: keyof typeof TRACEQL_OPERATORS;
  readonly left: E;
  readonly right: E;
}

function printBinary<E extends FieldExpression | ScalarExpression>(
  { operator, left, right }: AnyBinary<E>,
  print: (expression: E) => string,
): string {
  const own = TRACEQL_OPERATORS[operator];
  const fromRight = operator === '^';
  const side = (inner: E, isRight: boolean): string => {
    const text = print(inner);
    const binds = strength(inner);
    return binds < own || (binds === own && isRight !== fromRight) ? `(${text})` : text;
  };
  return `${side(left, false)} ${operator} ${side(right, true)}`;
}

/** Writes the name of a field. */
export function printName(field: TraceqlField): string {
  if (field.kind === 'intrinsic') return TRACEQL_INTRINSICS[field.intrinsic].names[0];
  const { scope, ofParent, name } = field;
  // `parent.` alone is the parent's attribute in any scope.
  const prefix = scope === 'any' ? (ofParent ? '' : '.') : `${scope}.`;
  return (ofParent ? 'parent.' : '') + prefix + attributeName(field.name, ofParent && scope === 'any' ? name : '');
}

const PLAIN_NAME = /^[^\s{}()=~!<>&|^,"\d.][^\s{}()=~!<>&|^,"]*$/;
/** What would be read as a scope. */
const SCOPE = /^(?:span|resource|event|link|instrumentation)?\./;

function attributeName(name: string, behindParent: string): string {
  return PLAIN_NAME.test(name) && !SCOPE.test(behindParent) ? name : `"${name.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}

function printLiteral(literal: TraceqlLiteral): string {
  switch (literal.type) {
    case 'nil':
      return 'nil';
    case 'string':
      return JSON.stringify(literal.value);
    case 'duration':
      return printTraceDuration(literal.value);
    case 'float':
      return printFloat(literal.value);
    case 'int':
    case 'boolean':
    case 'status':
    case 'kind':
      return String(literal.value);
  }
}

function printFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace('e+', 'e');
}

function printMetrics(metrics: MetricsAggregation | MetricsComparison): string {
  if (metrics.kind === 'compare') {
    const { selection, top, range } = metrics;
    const times = range === undefined ? '' : `, ${range.start}, ${range.end}`;
    return `compare(${printSpansets(selection)}, ${top}${times})`;
  }
  const { metric, field, quantiles, by } = metrics;
  const parameters = [...(field === undefined ? [] : [printName(field)]), ...quantiles.map(String)];
  const grouping = by.length === 0 ? '' : ` by (${by.map(printName).join(', ')})`;
  return `${metric}(${parameters.join(', ')})${grouping}`;
}

function printSeriesStage(stage: SeriesStage): string {
  return stage.kind === 'point-filter' ? ` ${stage.operator} ${printPoint(stage.value)}` : ` | ${stage.kind}(${stage.count})`;
}

function printPoint(value: number): string {
  return String(value).replace('e+', 'e');
}
