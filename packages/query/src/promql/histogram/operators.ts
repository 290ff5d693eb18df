/** Binary operators and the unary minus where an operand is a native histogram. */

import type { BinaryExpression, BinaryOperator, Span } from '@atalaya/lang';
import type { NativeHistogram } from '@atalaya/model';
import type { Annotations } from '../annotations.ts';
import { isArithmetic, isComparison, operationOf } from '../arithmetic.ts';
import type { Evaluation } from '../context.ts';
import { dropNames, withMarksOf } from '../names.ts';
import { HISTOGRAM, type HistogramPlaces, type ScalarValue, VectorBuilder, type VectorValue } from '../value.ts';
import { addTo } from './add.ts';
import { HistogramRemarks } from './messages.ts';
import { equalHistograms } from './reset.ts';
import { trimHistogram } from './trim.ts';
import { closeCompact, divide, multiply, open } from './working.ts';

/** An operand, or a result. */
export type Element = number | NativeHistogram;

/**
 * The result of an operator. A comparison gives its left operand, and `kept` says whether it holds. `undefined` where the
 * operator is not defined for its operands, which an annotation tells.
 */
export function combineElements(
  operator: BinaryOperator,
  left: Element,
  right: Element,
  annotations: Annotations,
  place: Span,
): { result: Element; kept: boolean } | undefined {
  if (typeof left !== 'number' && typeof right !== 'number') return combineHistograms(operator, left, right, annotations, place);
  if (typeof left === 'number' && typeof right === 'number') {
    const operation = operationOf(operator);
    if (operation === undefined) return undefinedFor(operator, left, right, annotations, place);
    return isComparison(operator) ? { result: left, kept: operation(left, right) === 1 } : { result: operation(left, right), kept: true };
  }
  if (typeof left === 'number' && typeof right !== 'number' && operator === '*') return scaled(right, left, multiply);
  if (typeof left !== 'number' && typeof right === 'number') {
    if (operator === '*') return scaled(left, right, multiply);
    if (operator === '/') return scaled(left, right, divide);
    if (operator === '</') return { result: trimHistogram(left, right, 'upper'), kept: true };
    if (operator === '>/') return { result: trimHistogram(left, right, 'lower'), kept: true };
  }
  return undefinedFor(operator, left, right, annotations, place);
}

function undefinedFor(operator: BinaryOperator, left: Element, right: Element, annotations: Annotations, place: Span): undefined {
  const kind = (element: Element): string => (typeof element === 'number' ? 'float' : 'histogram');
  const operation = `${kind(left)} ${operator} ${kind(right)}`;
  annotations.inform(`incompatible sample types encountered for binary operator ${JSON.stringify(operator)}: ${operation}`, place);
}

function scaled(histogram: NativeHistogram, by: number, scale: typeof multiply): { result: NativeHistogram; kept: true } {
  const working = open(histogram);
  scale(working, by);
  return { result: closeCompact(working), kept: true };
}

function combineHistograms(
  operator: BinaryOperator,
  left: NativeHistogram,
  right: NativeHistogram,
  annotations: Annotations,
  place: Span,
): { result: Element; kept: boolean } | undefined {
  if (operator === '==') return { result: left, kept: equalHistograms(left, right) };
  if (operator === '!=') return { result: left, kept: !equalHistograms(left, right) };
  if (operator !== '+' && operator !== '-') return undefinedFor(operator, left, right, annotations, place);
  const working = open(left);
  const outcome = addTo(working, right, operator === '+' ? 1 : -1);
  if (outcome === undefined) {
    annotations.warn(`incompatible bucket layout encountered for binary operator ${operator}`, place);
    return undefined;
  }
  const remarks = new HistogramRemarks(annotations, place);
  const operation = operator === '+' ? 'addition' : 'subtraction';
  if (outcome.resetsConflict) remarks.resetsConflict(operation);
  if (outcome.boundsReconciled) remarks.boundsReconciled(operation);
  // A difference may have any sign.
  if (operator === '-') working.counterReset = 'gauge';
  return { result: closeCompact(working), kept: true };
}

/** The vector with every histogram times -1; its floats are left alone. */
export function negateHistograms(vector: VectorValue): VectorValue {
  if (vector.histograms === undefined) return vector;
  const histograms: HistogramPlaces = [];
  vector.histograms.forEach((histogram, at) => {
    if (histogram !== undefined && vector.present[at] === HISTOGRAM) histograms[at] = scaled(histogram, -1, multiply).result;
  });
  return { ...vector, histograms };
}

/** What stands at a place of a vector where something is present. */
export function elementAt({ values, present, histograms }: VectorValue, at: number): Element {
  return present[at] === HISTOGRAM ? histograms![at]! : values[at]!;
}

/** An operator between a scalar and a vector whose elements may be histograms. */
export function combineWithScalar(
  vector: VectorValue,
  scalar: ScalarValue,
  node: BinaryExpression,
  evaluation: Evaluation,
  scalarLeft: boolean,
): VectorValue {
  const { steps, query } = evaluation;
  const { count } = steps;
  const out = new VectorBuilder(steps, vector.labels.length);
  for (const [series, labels] of vector.labels.entries()) {
    query.budget.check();
    const at = out.addRow(labels);
    for (let i = 0; i < count; i++) {
      const from = series * count + i;
      if (vector.present[from] === 0) continue;
      const own = elementAt(vector, from);
      const other = scalar.values[i]!;
      const outcome = scalarLeft
        ? combineElements(node.operator, other, own, query.annotations, node)
        : combineElements(node.operator, own, other, query.annotations, node);
      if (outcome === undefined || (!outcome.kept && !node.returnBool)) continue;
      // A comparison passes the vector's element, on whichever side it stands.
      const passed = isComparison(node.operator) ? own : outcome.result;
      out.put(at + i, node.returnBool ? Number(outcome.kept) : passed);
    }
    out.dropRowIfEmpty();
  }
  const result = out.finish();
  return isArithmetic(node.operator) || node.returnBool ? dropNames(result, evaluation) : withMarksOf(result, vector);
}
