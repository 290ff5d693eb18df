/** Expressions on a span, made ready to be evaluated. */

import type { FieldExpression, TraceqlField, TraceqlIntrinsic, TraceqlLiteral } from '@atalaya/lang';
import { compilePattern, type SpanField } from '@atalaya/model';
import { type ArithmeticOperator, computed, negative } from './arithmetic.ts';
import { readsField } from './field.ts';
import type { SpanInTrace } from './trace-view.ts';
import { type CompareOperator, compares, matchesText, type TraceValue, wholeNumber } from './value.ts';

/** Gives the values of an expression: none, one, or as many as a span has events or links. */
export type ValuesOf = (span: SpanInTrace) => readonly TraceValue[];
export type TestOf = (span: SpanInTrace) => boolean;

const NOTHING: readonly TraceValue[] = [];
const isTrue = (value: TraceValue): boolean => value.type === 'bool' && value.value;

/** Makes a condition ready: it holds where one of its values is true. */
export function compileCondition(expression: FieldExpression): TestOf {
  switch (expression.kind) {
    case 'literal': {
      const holds = expression.type === 'boolean' && expression.value;
      return () => holds;
    }
    case 'attribute':
    case 'intrinsic': {
      const read = compileField(expression);
      return (span) => read(span).some(isTrue);
    }
    case 'unary': {
      const { operand } = expression;
      // The contrary of an attribute that is not there, or no truth, is no truth either.
      if (operand.kind === 'attribute') {
        const read = compileField(operand);
        return (span) => read(span).some((value) => value.type === 'bool' && !value.value);
      }
      const test = compileCondition(operand);
      return (span) => !test(span);
    }
    case 'binary': {
      const { operator, left, right } = expression;
      switch (operator) {
        case '&&':
        case '||': {
          const [first, second] = [compileCondition(left), compileCondition(right)];
          return operator === '&&' ? (span) => first(span) && second(span) : (span) => first(span) || second(span);
        }
        case '=':
        case '!=':
        case '<':
        case '<=':
        case '>':
        case '>=':
          return compileComparison(left, operator, right);
        case '=~':
        case '!~': {
          const read = compileValues(left);
          const pattern = compilePattern(right.kind === 'literal' && right.type === 'string' ? right.value : '');
          const matches = (text: string): boolean => pattern.matches(text);
          return (span) => read(span).some((value) => matchesText(value, matches, operator === '!~'));
        }
        case '+':
        case '-':
        case '*':
        case '/':
        case '%':
        case '^':
          return () => false;
      }
    }
  }
}

function compileComparison(left: FieldExpression, operator: CompareOperator, right: FieldExpression): TestOf {
  if (isNil(left) || isNil(right)) {
    const exists = compileExists(isNil(left) ? right : left);
    return operator === '=' ? (span) => !exists(span) : exists;
  }
  const [first, second] = [compileValues(left), compileValues(right)];
  return (span) => {
    const values = second(span);
    return first(span).some((one) => values.some((other) => compares(one, operator, other)));
  };
}

/** Whether an expression is nothing by itself. */
export function isNil(expression: FieldExpression): boolean {
  return expression.kind === 'literal' && expression.type === 'nil';
}

function compileExists(expression: FieldExpression): TestOf {
  if (expression.kind === 'intrinsic' && expression.intrinsic === 'parent') return ({ span }) => span.parentSpanId !== '';
  if (isNil(expression)) return () => false;
  const read = compileValues(expression);
  return (span) => read(span).length > 0;
}

/** Makes an expression ready. */
export function compileValues(expression: FieldExpression): ValuesOf {
  switch (expression.kind) {
    case 'literal': {
      const value = literalValue(expression);
      const values = value === undefined ? NOTHING : [value];
      return () => values;
    }
    case 'attribute':
    case 'intrinsic':
      return compileField(expression);
    case 'unary': {
      if (expression.operator === '!') return truthOf(expression);
      const read = compileValues(expression.operand);
      return (span) => read(span).flatMap((value) => negative(value) ?? []);
    }
    case 'binary': {
      const { operator } = expression;
      if (!isArithmetic(operator)) return truthOf(expression);
      const [first, second] = [compileValues(expression.left), compileValues(expression.right)];
      return (span) => {
        const values = second(span);
        return first(span).flatMap((one) => values.flatMap((other) => computed(one, operator, other) ?? []));
      };
    }
  }
}

function truthOf(expression: FieldExpression): ValuesOf {
  const test = compileCondition(expression);
  return (span) => [{ type: 'bool', value: test(span) }];
}

function isArithmetic(operator: string): operator is ArithmeticOperator {
  return ['+', '-', '*', '/', '%', '^'].includes(operator);
}

/** The value of a literal; nothing for `nil`. */
export function literalValue(literal: TraceqlLiteral): TraceValue | undefined {
  switch (literal.type) {
    case 'nil':
      return undefined;
    case 'int':
    case 'duration':
      return { type: literal.type, value: wholeNumber(literal.value) };
    case 'float':
      return { type: 'double', value: literal.value };
    case 'boolean':
      return { type: 'bool', value: literal.value };
    case 'string':
      return { type: 'string', value: literal.value };
    case 'status':
      return { type: 'status', value: literal.value };
    case 'kind':
      return { type: 'kind', value: literal.value };
  }
}

/** Makes a field ready. */
export function compileField(field: TraceqlField): ValuesOf {
  const stored = storedField(field);
  if (stored !== undefined) {
    const read = readsField(stored);
    if (field.kind === 'attribute' && field.ofParent) {
      return ({ trace, at }) => {
        const parent = trace.parentOf(at);
        return parent === undefined ? NOTHING : read(parent.span);
      };
    }
    return ({ span }) => read(span);
  }
  // The parent itself is no value: it is there, or not.
  return (field.kind === 'intrinsic' ? STRUCTURAL[field.intrinsic] : undefined) ?? (() => NOTHING);
}

const STORED = {
  name: 'name',
  kind: 'kind',
  status: 'status',
  statusMessage: 'statusMessage',
  duration: 'duration',
  traceId: 'traceId',
  spanId: 'spanId',
  parentId: 'parentSpanId',
  eventName: 'eventName',
  linkTraceId: 'linkTraceId',
  linkSpanId: 'linkSpanId',
  scopeName: 'scopeName',
  scopeVersion: 'scopeVersion',
} as const satisfies Partial<Record<TraceqlIntrinsic, Extract<SpanField, { kind: 'intrinsic' }>['name']>>;

/** The field as readers know it, of the span or its parent; nothing for what follows from the whole trace. */
export function storedField(field: TraceqlField): SpanField | undefined {
  if (field.kind === 'attribute') {
    return { kind: 'attribute', scope: field.scope === 'instrumentation' ? 'scope' : field.scope, name: field.name };
  }
  const { intrinsic } = field;
  return intrinsic in STORED ? { kind: 'intrinsic', name: STORED[intrinsic as keyof typeof STORED] } : undefined;
}

const int = (read: (span: SpanInTrace) => number): ValuesOf => {
  return (span) => [{ type: 'int', value: read(span) }];
};

/** Fields that follow from the whole trace, or from a span's events. */
const STRUCTURAL: Readonly<Partial<Record<TraceqlIntrinsic, ValuesOf>>> = {
  childCount: int(({ trace, at }) => trace.nodeOf(at).children.length),
  nestedSetLeft: int(({ trace, at }) => trace.nestedSetOf(at).left),
  nestedSetRight: int(({ trace, at }) => trace.nestedSetOf(at).right),
  nestedSetParent: int(({ trace, at }) => trace.nestedSetOf(at).parent),
  rootName: ({ trace: { root } }) => (root === undefined ? NOTHING : [{ type: 'string', value: root.name }]),
  rootServiceName: ({ trace: { root } }) => (root === undefined ? NOTHING : [{ type: 'string', value: root.origin.serviceName }]),
  traceDuration: ({ trace: { bounds } }) => [{ type: 'duration', value: wholeNumber(bounds.end - bounds.start) }],
  eventTimeSinceStart: ({ span }) => span.events.map(({ time }) => ({ type: 'duration', value: wholeNumber(time - span.start) })),
};
