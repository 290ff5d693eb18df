/** Numbers of spansets: aggregates, what is computed of them, how they are compared. */

import { type AggregateExpression, printTraceqlScalar, type ScalarExpression, type ScalarFilter } from '@atalaya/lang';
import { computed } from './arithmetic.ts';
import { compileValues, literalValue } from './expression.ts';
import type { SpanInTrace } from './trace-view.ts';
import { compares, isNumeric, type TraceValue } from './value.ts';

/** What an aggregate gave, under the name that answers have for it: `avg(duration)`. */
export interface Aggregated {
  readonly name: string;
  readonly value: TraceValue;
}

/** Whether a comparison holds for the spans; tells what was computed for that. */
export type ScalarTest = (spans: readonly SpanInTrace[], told: Aggregated[]) => boolean;

type ScalarOf = (spans: readonly SpanInTrace[], told: Aggregated[]) => TraceValue | undefined;

/** Makes a comparison ready. It does not hold where a side has no value. */
export function compileScalarFilter({ left, operator, right }: ScalarFilter): ScalarTest {
  const [first, second] = [compileScalar(left), compileScalar(right)];
  return (spans, told) => {
    const one = first(spans, told);
    const other = second(spans, told);
    return one !== undefined && other !== undefined && compares(one, operator, other);
  };
}

function compileScalar(expression: ScalarExpression): ScalarOf {
  switch (expression.kind) {
    case 'literal': {
      const value = literalValue(expression);
      return () => value;
    }
    case 'scalar-binary': {
      const { operator } = expression;
      const [first, second] = [compileScalar(expression.left), compileScalar(expression.right)];
      return (spans, told) => {
        const one = first(spans, told);
        const other = second(spans, told);
        return one === undefined || other === undefined ? undefined : computed(one, operator, other);
      };
    }
    case 'aggregate': {
      const aggregate = compileAggregate(expression);
      const name = printTraceqlScalar(expression);
      return (spans, told) => {
        const value = aggregate(spans);
        if (value !== undefined && !told.some((other) => other.name === name)) told.push({ name, value });
        return value;
      };
    }
  }
}

/** Spans without a number do not count; without any there is none. */
function compileAggregate({ aggregate, operand }: AggregateExpression): (spans: readonly SpanInTrace[]) => TraceValue | undefined {
  if (operand === undefined) return (spans) => ({ type: 'int', value: spans.length });
  const read = compileValues(operand);
  return (spans) => {
    let count = 0;
    let best: Extract<TraceValue, { type: 'int' | 'double' | 'duration' }> | undefined;
    let sum = 0;
    const types = new Set<string>();
    for (const span of spans) {
      for (const value of read(span)) {
        if (!isNumeric(value)) continue;
        count++;
        sum += Number(value.value);
        types.add(value.type);
        const isBetter =
          best === undefined || aggregate === 'avg' || aggregate === 'sum' || compares(value, aggregate === 'min' ? '<' : '>', best);
        if (isBetter) best = value;
      }
    }
    if (best === undefined) return undefined;
    if (aggregate === 'min' || aggregate === 'max') return best;
    const value = aggregate === 'avg' ? sum / count : sum;
    // Durations stay durations; sums of whole numbers are told as such.
    if (types.size > 1 || best.type === 'double') return { type: 'double', value };
    if (best.type === 'duration') return { type: 'duration', value };
    return { type: aggregate === 'sum' && Number.isSafeInteger(value) ? 'int' : 'double', value };
  };
}
