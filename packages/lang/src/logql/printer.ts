/** LogQL syntax tree to text: on one line, and laid out for reading. */

import { formatDuration, type Matcher } from '@atalaya/model';
import { formatFixed } from '../number-format.ts';
import {
  type Grouping,
  LOGQL_PRECEDENCE,
  type LabelCondition,
  type LogqlBinary,
  type LogqlExpression,
  type MetricExpression,
  type RangeAggregation,
  type Stage,
  type Unwrap,
} from './ast.ts';

/** Longest line of the laid out form. */
const WIDTH = 100;

/** The expression on one line; reading it again gives the same tree. */
export function printLogql(expression: LogqlExpression): string {
  switch (expression.kind) {
    case 'logs':
      return [selector(expression.matchers), ...expression.stages.map(printStage)].join(' ');
    case 'range': {
      const { operation, parameter, grouping } = expression;
      return `${operation}(${parameter === undefined ? '' : `${formatFixed(parameter)}, `}${range(expression)})${after(grouping)}`;
    }
    case 'aggregation': {
      const { operation, parameter, grouping } = expression;
      return `${head(operation, grouping)}(${parameter === undefined ? '' : `${formatFixed(parameter)}, `}${printLogql(expression.expression)})`;
    }
    case 'binary':
      return `${operand(expression, 'left')} ${operatorOf(expression)} ${operand(expression, 'right')}`;
    case 'number':
      return formatFixed(expression.value);
    case 'vector':
      return `vector(${formatFixed(expression.value)})`;
    case 'label_replace': {
      const { destination, replacement, source, pattern } = expression;
      return `label_replace(${[printLogql(expression.expression), ...[destination, replacement, source, pattern].map(quoted)].join(', ')})`;
    }
  }
}

/** The expression over several lines where one would be longer than 100 characters. */
export function prettyLogql(expression: LogqlExpression): string {
  return layOut(expression, '');
}

function layOut(expression: LogqlExpression, indent: string): string {
  const flat = printLogql(expression);
  if (indent.length + flat.length <= WIDTH) return indent + flat;
  const deeper = `${indent}  `;
  switch (expression.kind) {
    case 'logs':
      return [indent + selector(expression.matchers), ...expression.stages.map((stage) => deeper + printStage(stage))].join('\n');
    case 'range': {
      const { operation, parameter, logs, unwrap, grouping } = expression;
      const lines = [selector(logs.matchers), ...[...logs.stages.map(printStage), ...unwrapStages(unwrap)].map((stage) => `  ${stage}`)];
      const first = parameter === undefined ? [] : [`${formatFixed(parameter)},`];
      const body = [...first, ...lines, rangeAndOffset(expression)].map((line) => deeper + line);
      return `${indent}${operation}(\n${body.join('\n')}\n${indent})${after(grouping)}`;
    }
    case 'aggregation': {
      const { operation, parameter, grouping } = expression;
      const first = parameter === undefined ? '' : `${deeper}${formatFixed(parameter)},\n`;
      return `${indent}${head(operation, grouping)}(\n${first}${layOut(expression.expression, deeper)}\n${indent})`;
    }
    case 'binary': {
      const side = (name: 'left' | 'right'): string =>
        operand(expression, name).startsWith('(') && needsParentheses(expression, name)
          ? `${deeper}(\n${layOut(expression[name], `${deeper}  `)}\n${deeper})`
          : layOut(expression[name], deeper);
      return `${side('left')}\n${indent}${operatorOf(expression)}\n${side('right')}`;
    }
    case 'label_replace': {
      const { destination, replacement, source, pattern } = expression;
      const texts = [destination, replacement, source, pattern].map((text) => deeper + quoted(text));
      return `${indent}label_replace(\n${[layOut(expression.expression, deeper), ...texts].join(',\n')}\n${indent})`;
    }
    case 'number':
    case 'vector':
      return indent + flat;
  }
}

/** A text in quotes. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function matcherText({ name, operator, value }: Matcher): string {
  return `${name}${operator}${quoted(value)}`;
}

function selector(matchers: readonly Matcher[]): string {
  return `{${matchers.map(matcherText).join(', ')}}`;
}

function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'line-filter':
      return `${stage.operator} ${stage.alternatives.map(({ value, ip }) => (ip ? `ip(${quoted(value)})` : quoted(value))).join(' or ')}`;
    case 'json':
    case 'logfmt': {
      const flags = stage.kind === 'json' ? [] : [...(stage.strict ? ['--strict'] : []), ...(stage.keepEmpty ? ['--keep-empty'] : [])];
      const fields = stage.fields.map(({ label, source }) => `${label}=${quoted(source)}`).join(', ');
      return ['|', stage.kind, ...flags, ...(fields === '' ? [] : [fields])].join(' ');
    }
    case 'regexp':
      return `| regexp ${quoted(stage.expression)}`;
    case 'pattern':
      return `| pattern ${quoted(stage.pattern)}`;
    case 'unpack':
    case 'decolorize':
      return `| ${stage.kind}`;
    case 'label-filter':
      return `| ${printCondition(stage.condition)}`;
    case 'line_format':
      return `| line_format ${quoted(stage.template.text)}`;
    case 'label_format': {
      const assignments = stage.assignments.map(
        ({ label, value }) => `${label}=${value.kind === 'label' ? value.name : quoted(value.template.text)}`,
      );
      return `| label_format ${assignments.join(', ')}`;
    }
    case 'drop':
    case 'keep':
      return `| ${stage.kind} ${stage.labels.map(({ label, matcher }) => (matcher === undefined ? label : matcherText(matcher))).join(', ')}`;
  }
}

function printCondition(condition: LabelCondition): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const { left, right, kind } = condition;
      const inner = (side: LabelCondition, isRight: boolean): string => {
        const text = printCondition(side);
        const grouped = isRight ? side.kind === 'and' || side.kind === 'or' : side.kind === 'or';
        // What binds weaker, or stands to the right of an operator as strong, needs parentheses.
        return grouped && (kind === 'and' || side.kind === kind) ? `(${text})` : text;
      };
      return `${inner(left, false)} ${kind} ${inner(right, true)}`;
    }
    case 'match':
      return matcherText(condition.matcher);
    case 'ip':
      return `${condition.label}${condition.operator}ip(${quoted(condition.value)})`;
    case 'number':
    case 'duration':
    case 'bytes':
      return `${condition.label}${condition.operator}${condition.literal}`;
  }
}

function unwrapStages(unwrap: Unwrap | undefined): string[] {
  if (unwrap === undefined) return [];
  const { label, conversion, conditions } = unwrap;
  return [`| unwrap ${conversion === undefined ? label : `${conversion}(${label})`}`, ...conditions.map(printStage)];
}

function range(expression: RangeAggregation): string {
  return [printLogql(expression.logs), ...unwrapStages(expression.unwrap), rangeAndOffset(expression)].join(' ');
}

function rangeAndOffset({ range: milliseconds, offset }: RangeAggregation): string {
  const text = `[${formatDuration(milliseconds)}]`;
  return offset === 0 ? text : `${text} offset ${formatDuration(offset)}`;
}

function grouped({ without, labels }: Grouping): string {
  return `${without ? 'without' : 'by'} (${labels.join(', ')})`;
}

function after(grouping: Grouping | undefined): string {
  return grouping === undefined ? '' : ` ${grouped(grouping)}`;
}

function head(operation: string, grouping: Grouping | undefined): string {
  return grouping === undefined ? operation : `${operation} ${grouped(grouping)} `;
}

function operatorOf({ operator, returnBool, matching }: LogqlBinary): string {
  const words: string[] = [operator];
  if (returnBool) words.push('bool');
  if (matching !== undefined) {
    words.push(`${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`);
    if (matching.cardinality !== 'one-to-one') {
      words.push(`${matching.cardinality === 'many-to-one' ? 'group_left' : 'group_right'} (${matching.include.join(', ')})`);
    }
  }
  return words.join(' ');
}

function operand(binary: LogqlBinary, side: 'left' | 'right'): string {
  const text = printLogql(binary[side]);
  return needsParentheses(binary, side) ? `(${text})` : text;
}

function needsParentheses(binary: LogqlBinary, side: 'left' | 'right'): boolean {
  const inner: MetricExpression = binary[side];
  if (inner.kind === 'number') return side === 'left' && binary.operator === '^' && inner.value < 0;
  if (inner.kind !== 'binary') return false;
  const outer = LOGQL_PRECEDENCE[binary.operator];
  const own = LOGQL_PRECEDENCE[inner.operator];
  if (own !== outer) return own < outer;
  return (side === 'right') !== (binary.operator === '^');
}
