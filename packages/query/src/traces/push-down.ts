/** What of a query the store can look for by itself. */

import type { FieldExpression, PipelineStage, SpansetExpression, SpansetPipeline, TraceqlField } from '@atalaya/lang';
import { looksAtSpan } from '@atalaya/lang';
import type { FieldValue, SpanField, SpanPredicate } from '@atalaya/model';
import { compileValues, isNil, storedField } from './expression.ts';
import { TraceView } from './trace-view.ts';
import type { CompareOperator, TraceValue } from './value.ts';

/** A predicate that holds wherever a condition does; `exact` where it holds nowhere else. */
export interface Pushed {
  readonly predicate: SpanPredicate;
  readonly exact: boolean;
}

const ALWAYS: SpanPredicate = { kind: 'and', of: [] };
const NEVER: SpanPredicate = { kind: 'or', of: [] };
const UNKNOWN: Pushed = { predicate: ALWAYS, exact: false };

/** Whether a predicate leaves everything through. */
export function isAlways(predicate: SpanPredicate): boolean {
  return predicate.kind === 'and' && predicate.of.length === 0;
}

/** Turns a condition into a predicate. */
export function pushedCondition(expression: FieldExpression): Pushed {
  switch (expression.kind) {
    case 'literal':
      return { predicate: expression.type === 'boolean' && expression.value ? ALWAYS : NEVER, exact: true };
    case 'attribute':
    case 'intrinsic':
      return comparison(expression, '=', { type: 'bool', value: true });
    case 'unary': {
      if (expression.operand.kind === 'attribute') return comparison(expression.operand, '=', { type: 'bool', value: false });
      return contrary(pushedCondition(expression.operand));
    }
    case 'binary':
      return pushedBinary(expression);
  }
}

function contrary({ predicate, exact }: Pushed): Pushed {
  // The contrary of what holds too often would hold too seldom.
  if (!exact) return UNKNOWN;
  if (isAlways(predicate)) return { predicate: NEVER, exact };
  return { predicate: { kind: 'not', of: predicate }, exact };
}

/** What an operator is when its sides change places. */
const TURNED: Readonly<Record<CompareOperator, CompareOperator>> = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function pushedBinary({ operator, left, right }: Extract<FieldExpression, { kind: 'binary' }>): Pushed {
  switch (operator) {
    case '&&':
    case '||':
      return joined(operator === '&&' ? 'and' : 'or', [pushedCondition(left), pushedCondition(right)]);
    case '=~':
    case '!~': {
      const field = pushedField(left);
      if (field === undefined || right.kind !== 'literal' || right.type !== 'string') return UNKNOWN;
      return { predicate: { kind: 'matches', field, pattern: right.value, negated: operator === '!~' }, exact: true };
    }
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (isNil(left) || isNil(right)) return existence(isNil(left) ? right : left, operator);
      if (!looksAtSpan(right)) return against(left, operator, constantOf(right));
      return looksAtSpan(left) ? UNKNOWN : against(right, TURNED[operator], constantOf(left));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return { predicate: NEVER, exact: true };
  }
}

/** Conditions of which all, or one, have to hold. */
export function joined(kind: 'and' | 'or', parts: readonly Pushed[]): Pushed {
  const exact = parts.every((part) => part.exact);
  const of = parts.map(({ predicate }) => predicate).filter((predicate) => kind === 'or' || !isAlways(predicate));
  if (kind === 'or' && of.some(isAlways)) return { predicate: ALWAYS, exact };
  return { predicate: of.length === 1 ? of[0]! : { kind, of }, exact };
}

function existence(expression: FieldExpression, operator: CompareOperator): Pushed {
  if (expression.kind === 'intrinsic' && expression.intrinsic === 'parent') {
    return { predicate: operator === '=' ? { kind: 'root' } : { kind: 'not', of: { kind: 'root' } }, exact: true };
  }
  const field = pushedField(expression);
  if (field === undefined) return UNKNOWN;
  const exists: Pushed = { predicate: { kind: 'exists', field }, exact: true };
  return operator === '=' ? contrary(exists) : exists;
}

/** The value of what looks at no span. */
function constantOf(expression: FieldExpression): TraceValue | undefined {
  return compileValues(expression)({ trace: NO_TRACE, at: 0, span: undefined as never, eligible: false })[0];
}

const NO_TRACE = new TraceView([], () => false);

function against(expression: FieldExpression, operator: CompareOperator, value: TraceValue | undefined): Pushed {
  if (value === undefined) return { predicate: NEVER, exact: true };
  // Grafana asks for roots so.
  if (expression.kind === 'intrinsic' && expression.intrinsic === 'nestedSetParent') {
    const isRoot = (operator === '<' && value.value === 0) || (operator === '=' && value.value === -1);
    return isRoot && value.type === 'int' ? { predicate: { kind: 'root' }, exact: true } : UNKNOWN;
  }
  const literal = fieldValue(value);
  return expression.kind !== 'attribute' && expression.kind !== 'intrinsic'
    ? UNKNOWN
    : literal === undefined
      ? UNKNOWN
      : comparison(expression, operator, literal);
}

function comparison(of: TraceqlField, operator: CompareOperator, value: FieldValue): Pushed {
  const field = pushedField(of);
  return field === undefined ? UNKNOWN : { predicate: { kind: 'compare', field, operator, value }, exact: true };
}

function pushedField(expression: FieldExpression): SpanField | undefined {
  if (expression.kind === 'attribute') return expression.ofParent ? undefined : storedField(expression);
  return expression.kind === 'intrinsic' ? storedField(expression) : undefined;
}

function fieldValue(value: TraceValue): FieldValue | undefined {
  switch (value.type) {
    case 'int':
    case 'double':
      return { type: 'number', value: value.value };
    case 'duration':
      return { type: 'duration', value: BigInt(value.value) };
    case 'string':
    case 'bool':
    case 'kind':
    case 'status':
      return value;
    case 'array':
    case 'other':
      return undefined;
  }
}

/** More of them would make the store's question longer, not its answer shorter. */
const MOST_REQUIREMENTS = 16;

/** For each of them a trace must have a span, so that a pipeline may give something. */
export function requirements(pipeline: SpansetPipeline): SpanPredicate[] {
  return pipeline.stages.flatMap(stageRequirements).slice(0, MOST_REQUIREMENTS);
}

function stageRequirements(stage: PipelineStage): SpanPredicate[] {
  switch (stage.kind) {
    case 'filter': {
      const { predicate } = pushedCondition(stage.condition);
      return isAlways(predicate) ? [] : [predicate];
    }
    case 'pipeline':
      return requirements(stage);
    case 'operation': {
      const left = stageRequirements(stage.left);
      const right = stageRequirements(stage.right);
      if (stage.operator === '||') {
        // One of either side's requirements says the most that can be said of both in one predicate.
        const [one, other] = [left[0], right[0]];
        return one === undefined || other === undefined ? [] : [{ kind: 'or', of: [one, other] }];
      }
      // Where nothing may be on the left, nothing need be.
      return stage.operator.startsWith('!') ? right : [...left, ...right];
    }
    case 'by':
    case 'coalesce':
    case 'select':
    case 'scalar-filter':
      return [];
  }
}

/** A predicate that holds for every span which some filter of the pipeline chooses; what it leaves out is never chosen. */
export function chosenBySome(pipeline: SpansetPipeline): SpanPredicate {
  const filters = filtersOf(pipeline);
  return filters.length === 0 ? ALWAYS : joined('or', filters).predicate;
}

function filtersOf(stage: PipelineStage): Pushed[] {
  switch (stage.kind) {
    case 'filter':
      return [pushedCondition(stage.condition)];
    case 'operation':
      return [...filtersOf(stage.left), ...filtersOf(stage.right)];
    case 'pipeline': {
      // Behind the first stage only what that one has chosen is looked at; a comparison chooses everything.
      const [first] = stage.stages;
      return first === undefined || !isSpansets(first) ? [UNKNOWN] : filtersOf(first);
    }
    case 'by':
    case 'coalesce':
    case 'select':
    case 'scalar-filter':
      return [UNKNOWN];
  }
}

function isSpansets(stage: PipelineStage): stage is SpansetExpression {
  return stage.kind === 'filter' || stage.kind === 'operation' || stage.kind === 'pipeline';
}

/** The predicate of a pipeline that consists of filters alone; nothing for any other. */
export function plainFilter({ stages }: SpansetPipeline): Pushed | undefined {
  const parts: Pushed[] = [];
  for (const stage of stages) {
    if (stage.kind !== 'filter') return undefined;
    parts.push(pushedCondition(stage.condition));
  }
  return joined('and', parts);
}
