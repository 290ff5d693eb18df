/** Evaluation of a syntax tree: one call gives the values of all steps. */

import { type Aggregation, type Expression, withoutParentheses } from '@atalaya/lang';
import { aggregateQuantile, aggregateRows, aggregateSimply, countValues } from './aggregate.ts';
import { evaluateBinary } from './binary.ts';
import { bytesOf } from './budget.ts';
import { evaluateCall } from './call.ts';
import { choose } from './choose.ts';
import type { Evaluation } from './context.ts';
import { rowsOf } from './fused.ts';
import { pinned } from './invariant.ts';
import { selectInstant, selectRange, selectSubquery } from './select.ts';
import { dropNames } from './names.ts';
import { constantScalar, type HistogramPlaces, type ScalarValue, type Steps, type Value, type VectorValue } from './value.ts';
import { negateHistograms } from './histogram/operators.ts';

/** Evaluates an expression whose types were checked. @throws AtalayaError QUERY_FAILED, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, NOT_SUPPORTED. */
export function evaluate(node: Expression, evaluation: Evaluation): Value {
  const { steps, query } = evaluation;
  const { budget, recorder } = query;
  budget.check();
  const before = budget.held;
  const value =
    recorder === undefined ? evaluateNode(node, evaluation) : recorder.record(node, steps, () => evaluateNode(node, evaluation));
  // What the node needed on the way, its children's results among it, is garbage from here on.
  budget.settle(before + bytesOf(value, node.kind === 'matrix'));
  return value;
}

function evaluateNode(node: Expression, evaluation: Evaluation): Value {
  const { steps, query } = evaluation;
  if (steps.count > 1 && pinned(node)) {
    query.recorder?.evaluatedOnce();
    const once: Steps = { start: steps.start, step: steps.step, count: 1 };
    return repeat(evaluateNode(node, { query, steps: once }), evaluation);
  }
  switch (node.kind) {
    case 'number':
      return constantScalar(node.value, steps);
    case 'string':
      return { kind: 'string', text: node.value };
    case 'parentheses':
      return evaluate(node.expression, evaluation);
    case 'selector':
      return selectInstant(node, evaluation);
    case 'matrix':
      return selectRange(node, evaluation);
    case 'subquery':
      return selectSubquery(node, evaluation, (inner) => evaluate(node.expression, { query, steps: inner }) as VectorValue);
    case 'unary': {
      const value = evaluate(node.expression, evaluation) as ScalarValue | VectorValue;
      if (node.operator === '+') return value;
      const values = value.values.map((number) => -number);
      return value.kind === 'scalar' ? { kind: 'scalar', values } : dropNames(negateHistograms({ ...value, values }), evaluation);
    }
    case 'binary': {
      const left = evaluate(node.left, evaluation) as ScalarValue | VectorValue;
      return evaluateBinary(left, evaluate(node.right, evaluation) as ScalarValue | VectorValue, node, evaluation);
    }
    case 'aggregation':
      return evaluateAggregation(node, evaluation);
    case 'call':
      return evaluateCall(node, evaluation, evaluate);
  }
}

function evaluateAggregation(node: Aggregation, evaluation: Evaluation): VectorValue {
  const { parameter } = node;
  const rows = parameter === undefined ? rowsOf(node.expression, evaluation) : undefined;
  if (rows !== undefined) return aggregateRows(rows, node, evaluation);
  const vector = evaluate(node.expression, evaluation) as VectorValue;
  if (parameter === undefined) return aggregateSimply(vector, node, evaluation);
  if (node.operator === 'count_values') {
    const label = withoutParentheses(parameter);
    return countValues(vector, label.kind === 'string' ? label.value : '', node, evaluation);
  }
  const { values } = evaluate(parameter, evaluation) as ScalarValue;
  return node.operator === 'quantile' ? aggregateQuantile(vector, values, node, evaluation) : choose(vector, values, node, evaluation);
}

/** The value of one step at all steps. */
function repeat(value: Value, { steps, query }: Evaluation): Value {
  if (value.kind === 'string' || value.kind === 'range') return value;
  const { count } = steps;
  if (value.kind === 'scalar') return constantScalar(value.values[0]!, steps);
  query.budget.reserve(value.labels.length, steps);
  const values = new Float64Array(value.labels.length * count);
  const present = new Uint8Array(values.length);
  let histograms: HistogramPlaces | undefined;
  for (let series = 0; series < value.labels.length; series++) {
    values.fill(value.values[series]!, series * count, (series + 1) * count);
    present.fill(value.present[series]!, series * count, (series + 1) * count);
    const histogram = value.histograms?.[series];
    if (histogram !== undefined) for (let i = 0; i < count; i++) (histograms ??= [])[series * count + i] = histogram;
  }
  const repeated = { ...value, values, present };
  return histograms === undefined ? repeated : { ...repeated, histograms };
}
