/** Values of metric expressions as answers. */

import type { MetricExpression } from '@atalaya/lang';
import { AtalayaError, compareLabels, type Labels, NO_LABELS } from '@atalaya/model';
import { labelsKey } from '../promql/series.ts';
import type { LogqlResult } from './answer.ts';
import { type LogSteps, stepMs } from './metrics/steps.ts';
import type { MetricValue, VectorValue } from './metrics/vector.ts';

/** The only step, series ordered by labels unless the query itself orders them. @throws AtalayaError QUERY_LIMIT. */
export function instantResult(expression: MetricExpression, value: MetricValue, steps: LogSteps, mostSeries: number): LogqlResult {
  const timestamp = stepMs(steps, 0);
  if (value.kind === 'number') return { resultType: 'scalar', timestamp, value: value.value };
  const rows = [...value.labels.keys()].filter((row) => value.present[row] === 1);
  checkSeries(rows.length, mostSeries);
  if (!isOrdered(expression)) rows.sort((a, b) => compareLabels(value.labels[a]!, value.labels[b]!));
  return {
    resultType: 'vector',
    timestamp,
    labels: rows.map((row) => value.labels[row]!),
    values: Float64Array.from(rows, (row) => value.values[row]!),
  };
}

/** Whether there is a `sort` anywhere in an expression. */
function isOrdered(node: MetricExpression): boolean {
  switch (node.kind) {
    case 'aggregation':
      return node.operation === 'sort' || node.operation === 'sort_desc' || isOrdered(node.expression);
    case 'binary':
      return isOrdered(node.left) || isOrdered(node.right);
    case 'label_replace':
      return isOrdered(node.expression);
    case 'number':
    case 'vector':
    case 'range':
      return false;
  }
}

/** All steps, series ordered by labels, those without points left out. @throws AtalayaError QUERY_LIMIT. */
export function rangeResult(value: MetricValue, steps: LogSteps, mostSeries: number): LogqlResult {
  const { count } = steps;
  if (value.kind === 'number') return rangeResult(constant(value.value, count), steps, mostSeries);
  const { values, present } = value;
  const kept: Labels[] = [];
  const offsets = [0];
  const size = present.reduce((sum, mark) => sum + mark, 0);
  const timestamps = new Float64Array(size);
  const points = new Float64Array(size);
  let at = 0;
  for (const rows of equalRows(value)) {
    for (let i = 0; i < count; i++) {
      const row = rows.find((one) => present[one * count + i] === 1);
      if (row === undefined) continue;
      timestamps[at] = stepMs(steps, i);
      points[at++] = values[row * count + i]!;
    }
    if (at === offsets.at(-1)) continue;
    kept.push(value.labels[rows[0]!]!);
    offsets.push(at);
    checkSeries(kept.length, mostSeries);
  }
  return {
    resultType: 'matrix',
    labels: kept,
    offsets: Uint32Array.from(offsets),
    timestamps: timestamps.slice(0, at),
    values: points.slice(0, at),
  };
}

/** Rows with the same labels, ordered by labels: `or` leaves two of them where either side has a part of the steps. */
function equalRows({ labels }: VectorValue): number[][] {
  const groups = new Map<string, number[]>();
  for (const [row, set] of labels.entries()) {
    const key = labelsKey(set);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].sort((a, b) => compareLabels(labels[a[0]!]!, labels[b[0]!]!));
}

function constant(value: number, count: number): VectorValue {
  return { kind: 'vector', labels: [NO_LABELS], values: new Float64Array(count).fill(value), present: new Uint8Array(count).fill(1) };
}

/** @throws AtalayaError QUERY_LIMIT. */
function checkSeries(count: number, most: number): void {
  if (count <= most) return;
  const reason = `maximum number of series (${most}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`;
  throw new AtalayaError('QUERY_LIMIT', { setting: 'query.log_series', limit: most, reason });
}
