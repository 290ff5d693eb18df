/** Syntax tree to text: the canonical form of an expression, as Prometheus prints it. */

import { formatDuration, type Matcher, METRIC_NAME } from '@atalaya/model';
import { formatFixed, formatGeneral } from '../number-format.ts';
import type {
  Aggregation,
  BinaryExpression,
  DurationExpression,
  Expression,
  TimeModifiers,
  VectorMatching,
  VectorSelector,
} from './ast.ts';

const METRIC_IDENTIFIER = /^[A-Za-z_:][A-Za-z\d_:]*$/;
const LABEL_IDENTIFIER = /^[A-Za-z_][A-Za-z\d_]*$/;
/** Words the grammar keeps for itself: as a metric name they stand in braces. */
const RESERVED =
  /^(?:inf|nan|bool|ignoring|on|group_left|group_right|offset|by|without|and|or|unless|atan2|fill|fill_left|fill_right|anchored|smoothed)$/i;

/** The canonical text of an expression; parsing it gives the same tree. */
export function printPromql(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return printNumber(expression.value, expression.asDuration);
    case 'string':
      return quote(expression.value);
    case 'selector':
      return printSelector(expression) + printModifiers(expression);
    case 'matrix': {
      const { selector } = expression;
      return `${printSelector(selector)}[${printDuration(expression.range)}]${printModifiers(selector)}`;
    }
    case 'subquery':
      return printPromql(expression.expression) + printSubquerySuffix(expression);
    case 'call':
      return `${expression.name}(${expression.args.map(printPromql).join(', ')})`;
    case 'aggregation': {
      const { parameter } = expression;
      return `${printAggregator(expression)}(${parameter === undefined ? '' : `${printPromql(parameter)}, `}${printPromql(expression.expression)})`;
    }
    case 'binary':
      return `${printPromql(expression.left)} ${printOperator(expression)} ${printPromql(expression.right)}`;
    case 'unary':
      return expression.operator + printPromql(expression.expression);
    case 'parentheses':
      return `(${printPromql(expression.expression)})`;
  }
}

/** `[1h:5m] @ start() offset 1m`. */
export function printSubquerySuffix(subquery: TimeModifiers & { range: DurationExpression; step: DurationExpression | undefined }): string {
  const step = subquery.step === undefined ? '' : printDuration(subquery.step);
  return `[${printDuration(subquery.range)}:${step}]${printModifiers(subquery)}`;
}

/** `sum by (job) `, with the space before the parenthesis where labels are given. */
export function printAggregator({ operator, without, grouping }: Aggregation): string {
  if (without) return `${operator} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${operator} by (${printLabels(grouping)}) ` : operator;
}

/** `> bool on (job) group_left ()`. */
export function printOperator({ operator, returnBool, matching }: BinaryExpression): string {
  return operator + (returnBool ? ' bool' : '') + (matching === undefined ? '' : printMatching(matching));
}

function printMatching({ cardinality, on, labels, include, fill }: VectorMatching): string {
  let text = '';
  if (labels.length > 0 || on || cardinality !== 'one-to-one') text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  if (cardinality !== 'one-to-one') text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  const { left, right } = fill;
  if (left !== undefined && Object.is(left, right)) return `${text} fill (${formatGeneral(left)})`;
  if (left !== undefined) text += ` fill_left (${formatGeneral(left)})`;
  if (right !== undefined) text += ` fill_right (${formatGeneral(right)})`;
  return text;
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (LABEL_IDENTIFIER.test(label) ? label : quote(label))).join(', ');
}

/** The selector itself, without `offset`, `@` and what else follows it. */
export function printSelector({ matchers }: VectorSelector): string {
  const first = matchers[0];
  const named = first?.name === METRIC_NAME && first.operator === '=' && first.value !== '' ? first.value : undefined;
  const rest = (named === undefined ? matchers : matchers.slice(1)).map(printMatcher);
  if (named === undefined) return `{${rest.join(',')}}`;
  if (!METRIC_IDENTIFIER.test(named) || RESERVED.test(named)) return `{${[quote(named), ...rest].join(',')}}`;
  return rest.length === 0 ? named : `${named}{${rest.join(',')}}`;
}

function printMatcher({ name, operator, value }: Matcher): string {
  return `${LABEL_IDENTIFIER.test(name) ? name : quote(name)}${operator}${quote(value)}`;
}

function printModifiers(node: TimeModifiers & { border?: VectorSelector['border'] }): string {
  let text = node.border === undefined ? '' : ` ${node.border}`;
  if (node.at !== undefined) text += node.at.kind === 'time' ? ` @ ${(node.at.milliseconds / 1000).toFixed(3)}` : ` @ ${node.at.kind}()`;
  if (node.offset !== undefined) text += ` offset ${printDuration(node.offset)}`;
  return text;
}

/** A duration expression as it stands inside brackets. */
export function printDuration(duration: DurationExpression): string {
  switch (duration.kind) {
    case 'duration':
      return duration.asNumber ? formatFixed(duration.milliseconds / 1000) : formatDuration(duration.milliseconds);
    case 'step':
    case 'range':
      return `${duration.kind}()`;
    case 'sign':
      return duration.operator + printDuration(duration.operand);
    case 'group':
      return `(${printDuration(duration.operand)})`;
    case 'operation': {
      const { operator, left, right } = duration;
      if (operator === 'min_of' || operator === 'max_of') return `${operator}(${printDuration(left)}, ${printDuration(right)})`;
      return `${printDuration(left)} ${operator} ${printDuration(right)}`;
    }
  }
}

function printNumber(value: number, asDuration: boolean): string {
  const milliseconds = Math.round(value * 1000);
  if (asDuration && milliseconds / 1000 === value) return formatDuration(milliseconds);
  return formatFixed(value);
}

/** A text between double quotes with Go's escapes. */
function quote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (character === '"' || character === '\\') quoted += `\\${character}`;
    else if (character === '\n') quoted += '\\n';
    else if (character === '\t') quoted += '\\t';
    else if (character === '\r') quoted += '\\r';
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`;
    else quoted += character;
  }
  return `${quoted}"`;
}
