/** Range aggregations: lines, or numbers of theirs, gathered in windows of time. */

import type { Grouping, RangeAggregation } from '@atalaya/lang';
import { type Labels, labelsOf, METRIC_NAME } from '@atalaya/model';
import { windowAccumulator } from './accumulators.ts';
import type { MetricContext } from './context.ts';
import { countInStore, planCounts } from './count-in-store.ts';
import { type SampleSink, streamSamples } from './stream-samples.ts';
import { overlap, type Windows, windowsOf } from './steps.ts';
import { emptyVector, sortedByLabels, type VectorValue } from './vector.ts';
import { WindowCounts } from './window-counts.ts';
import { kernelOf, quantileKernel, SeparateWindows, SlidingWindows, type WindowValues } from './window-values.ts';

/** Nothing but whether there are lines at all. */
const TOGETHER: Grouping = { without: false, labels: [] };

/** Evaluates a range aggregation. `outer` are the only labels that matter, where the aggregation has no grouping of its own. */
export async function evaluateRange(node: RangeAggregation, outer: Grouping | undefined, context: MetricContext): Promise<VectorValue> {
  const windows = windowsOf(node, context.steps);
  if (node.operation === 'absent_over_time') return absent(node, await countLines(node, TOGETHER, windows, context), context);
  const grouping = node.grouping ?? outer;
  const vector = isCount(node) ? await countLines(node, grouping, windows, context) : await gatherValues(node, grouping, windows, context);
  return sortedByLabels(vector, windows.count);
}

function isCount({ operation, unwrap }: RangeAggregation): boolean {
  if (operation === 'rate') return unwrap === undefined;
  return operation === 'count_over_time' || operation === 'bytes_over_time' || operation === 'bytes_rate';
}

/** Whether sums of an aggregation's series are the same however the lines were grouped before, so that they may be grouped at once. */
export function isAdditive({ operation, grouping }: RangeAggregation): boolean {
  if (grouping !== undefined) return false;
  return ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'sum_over_time'].includes(operation);
}

async function countLines(
  node: RangeAggregation,
  grouping: Grouping | undefined,
  windows: Windows,
  context: MetricContext,
): Promise<VectorValue> {
  const divisor = node.operation === 'rate' || node.operation === 'bytes_rate' ? node.range / 1000 : 1;
  const plan = context.pushesDown ? planCounts(node, grouping, windows, context) : undefined;
  if (plan !== undefined) {
    const without = new Set(grouping?.without === true ? grouping.labels : []);
    const { counts, labels } = await countInStore(plan, without, context);
    return counts.finish(labels, divisor);
  }
  const counts = new WindowCounts(windows.count, context.budget);
  const sink: SampleSink = {
    timed: false,
    add: (row, first, last, value) => counts.add(row, first, last, 1, value),
  };
  return counts.finish(await streamSamples(node, grouping, windows, sink, context), divisor);
}

async function gatherValues(
  node: RangeAggregation,
  grouping: Grouping | undefined,
  windows: Windows,
  context: MetricContext,
): Promise<VectorValue> {
  const values = windowValues(node, windows, context);
  const timed = node.operation === 'rate_counter';
  const sink: SampleSink = { timed, add: (row, first, last, value, time) => values.add(row, first, last, value, time) };
  return values.finish(await streamSamples(node, grouping, windows, sink, context));
}

function windowValues({ operation, parameter, range }: RangeAggregation, windows: Windows, { budget }: MetricContext): WindowValues {
  const { count, step } = windows;
  const stepSeconds = Number(step) / 1e9;
  const endOf = (window: number): number => window * stepSeconds;
  const accumulator = windowAccumulator(operation, range / 1000);
  if (accumulator === undefined) return new SlidingWindows(quantileKernel(parameter ?? NaN), false, count, endOf, budget);
  if (!overlap(windows)) return new SeparateWindows(accumulator, count, endOf, budget);
  return new SlidingWindows(kernelOf(accumulator), accumulator.timed === true, count, endOf, budget);
}

/** 1 at the steps at which nothing was there, with the labels that the selector asks for by equality, and for each once. */
function absent({ logs: { matchers } }: RangeAggregation, lines: VectorValue, { steps: { count } }: MetricContext): VectorValue {
  const wanted = new Map<string, string>();
  const unclear = new Set<string>([METRIC_NAME]);
  for (const { name, operator, value } of matchers) {
    if (operator === '=' && !wanted.has(name)) wanted.set(name, value);
    else unclear.add(name);
  }
  const labels: Labels = labelsOf([...wanted].filter(([name]) => !unclear.has(name)));
  const vector = emptyVector([labels], count);
  for (let i = 0; i < count; i++) {
    if (lines.present[i] === 1) continue;
    vector.present[i] = 1;
    vector.values[i] = 1;
  }
  return vector;
}
