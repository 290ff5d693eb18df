/** Binary operators by the types of their sides. */

import type { BinaryExpression } from '@atalaya/lang';
import { isArithmetic, isComparison, operationOf } from './arithmetic.ts';
import type { Evaluation } from './context.ts';
import { combineWithScalar } from './histogram/operators.ts';
import { matchVectors } from './matching.ts';
import { dropNames } from './names.ts';
import { combineSets } from './sets.ts';
import type { ScalarValue, VectorValue } from './value.ts';

/** Computes a binary operator between scalars and instant vectors. */
export function evaluateBinary(
  left: ScalarValue | VectorValue,
  right: ScalarValue | VectorValue,
  node: BinaryExpression,
  evaluation: Evaluation,
): ScalarValue | VectorValue {
  if (left.kind === 'vector') {
    if (right.kind === 'scalar') return withScalar(left, right, node, evaluation, false);
    if (node.operator === 'and' || node.operator === 'or' || node.operator === 'unless') return combineSets(left, right, node, evaluation);
    return matchVectors(left, right, node, evaluation);
  }
  if (right.kind === 'vector') return withScalar(right, left, node, evaluation, true);
  const operation = operationOf(node.operator);
  return { kind: 'scalar', values: left.values.map((value, i) => (operation === undefined ? NaN : operation(value, right.values[i]!))) };
}

/** A vector with a scalar on one side. Comparisons without `bool` filter and keep the vector's own values. */
function withScalar(
  vector: VectorValue,
  scalar: ScalarValue,
  node: BinaryExpression,
  evaluation: Evaluation,
  scalarLeft: boolean,
): VectorValue {
  const { steps, query } = evaluation;
  const operation = operationOf(node.operator);
  if (operation === undefined || vector.histograms !== undefined) return combineWithScalar(vector, scalar, node, evaluation, scalarLeft);
  const { count } = steps;
  const filter = isComparison(node.operator) && !node.returnBool;
  const size = vector.labels.length * count;
  const values = filter ? vector.values : new Float64Array(size);
  const present = filter ? new Uint8Array(size) : vector.present;
  for (let row = 0; row < size; row += count) {
    query.budget.check();
    for (let i = 0; i < count; i++) {
      const at = row + i;
      if (vector.present[at] !== 1) continue;
      const value = vector.values[at]!;
      const result = scalarLeft ? operation(scalar.values[i]!, value) : operation(value, scalar.values[i]!);
      if (filter) present[at] = result;
      else values[at] = result;
    }
  }
  const result: VectorValue = { ...vector, values, present };
  return isArithmetic(node.operator) || node.returnBool ? dropNames(result, evaluation) : result;
}
