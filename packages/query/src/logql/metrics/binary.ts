/** Binary operators by the kinds of their sides. */

import type { LogqlBinary } from '@atalaya/lang';
import { isComparison, numberOperation } from './arithmetic.ts';
import type { MetricContext } from './context.ts';
import { matchVectors } from './matching.ts';
import { combineSets } from './sets.ts';
import type { MetricValue, VectorValue } from './vector.ts';

/** Computes a binary operator between numbers and vectors. */
export function evaluateBinary(left: MetricValue, right: MetricValue, node: LogqlBinary, context: MetricContext): MetricValue {
  const { operator } = node;
  if (operator === 'and' || operator === 'or' || operator === 'unless') {
    // The parser lets numbers stand on neither side of these.
    return combineSets(left as VectorValue, right as VectorValue, node, context);
  }
  if (left.kind === 'vector') {
    if (right.kind === 'vector') return matchVectors(left, right, { ...node, operator }, context);
    return withNumber(left, node, (value) => numberOperation(operator)(value, right.value), context);
  }
  if (right.kind === 'vector') return withNumber(right, node, (value) => numberOperation(operator)(left.value, value), context);
  return { kind: 'number', value: numberOperation(operator)(left.value, right.value) };
}

/** A vector with a number on one side. Comparisons without `bool` filter, and keep the vector's own values. */
function withNumber(
  vector: VectorValue,
  { operator, returnBool }: LogqlBinary,
  operation: (value: number) => number,
  { budget }: MetricContext,
): VectorValue {
  const filters = isComparison(operator) && !returnBool;
  const size = vector.present.length;
  const values = filters ? vector.values : new Float64Array(size);
  const present = filters ? new Uint8Array(size) : vector.present;
  for (let at = 0; at < size; at++) {
    budget.tick();
    if (vector.present[at] === 0) continue;
    const result = operation(vector.values[at]!);
    if (filters) present[at] = result;
    else values[at] = result;
  }
  return { kind: 'vector', labels: vector.labels, values, present };
}
