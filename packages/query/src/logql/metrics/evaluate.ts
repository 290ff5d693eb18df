/** Evaluates metric expressions, node by node, each for all steps at once. */

import type { Grouping, MetricExpression } from '@atalaya/lang';
import { NO_LABELS } from '@atalaya/model';
import { aggregate } from './aggregate.ts';
import { evaluateBinary } from './binary.ts';
import type { MetricContext } from './context.ts';
import { replaceLabels } from './label-replace.ts';
import { evaluateRange, isAdditive } from './range.ts';
import { bytesOf, emptyVector, type MetricValue, sortedByLabels, type VectorValue } from './vector.ts';

const TOGETHER: Grouping = { without: false, labels: [] };

/** The value of an expression. @throws AtalayaError QUERY_FAILED, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, or what the reader throws. */
export async function evaluate(node: MetricExpression, context: MetricContext): Promise<MetricValue> {
  const { budget } = context;
  const before = budget.held;
  const value = await evaluateNode(node, context);
  budget.settle(before + bytesOf(value));
  budget.check();
  return value;
}

async function evaluateNode(node: MetricExpression, context: MetricContext): Promise<MetricValue> {
  switch (node.kind) {
    case 'number':
      return { kind: 'number', value: node.value };
    case 'vector':
      return constantVector(node.value, context);
    case 'range':
      return evaluateRange(node, undefined, context);
    case 'aggregation': {
      const { expression, operation, grouping } = node;
      if (operation === 'sum' && expression.kind === 'range' && isAdditive(expression) && grouping?.without !== true) {
        // The labels that get lost anyway need not be told apart before.
        return aggregate(node, await evaluateRange(expression, grouping ?? TOGETHER, context), context);
      }
      const inner = await evaluateVector(expression, context);
      return aggregate(node, sortedByLabels(inner, context.steps.count), context);
    }
    case 'binary':
      return evaluateBinary(await evaluate(node.left, context), await evaluate(node.right, context), node, context);
    case 'label_replace': {
      const inner = await evaluateVector(node.expression, context);
      return { ...inner, labels: replaceLabels(node, inner.labels) };
    }
  }
}

/** A vector is wanted: a number alone stands for none, as in Loki. */
async function evaluateVector(node: MetricExpression, context: MetricContext): Promise<VectorValue> {
  const value = await evaluate(node, context);
  return value.kind === 'vector' ? value : constantVector(value.value, context);
}

/** `vector(…)`: the number as a series without labels. */
function constantVector(value: number, { steps: { count } }: MetricContext): VectorValue {
  const vector = emptyVector([NO_LABELS], count);
  vector.values.fill(value);
  vector.present.fill(1);
  return vector;
}
