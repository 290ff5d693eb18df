/** Counting done by the store: windows are put together from buckets of time, into which every border falls. */

import type { Grouping, RangeAggregation } from '@atalaya/lang';
import { compareLabels, type Labels } from '@atalaya/model';
import { dropLabels, labelsKey } from '../../promql/series.ts';
import { storedConditions } from '../conditions.ts';
import { DETECTED_LEVEL } from '../line-view.ts';
import type { CountRequest } from '../log-reader.ts';
import type { MetricContext } from './context.ts';
import type { Windows } from './steps.ts';
import { groupLabels, SERIES_BYTES } from './vector.ts';
import { WindowCounts } from './window-counts.ts';

/** More buckets than this are no less than the lines themselves. */
const MOST_BUCKETS = 100_000n;
/** More groups than this are refused even where there is memory for them. */
const MOST_GROUPS = 1_000_000;

/** A question to the store, and how windows follow from its buckets. */
export interface CountPlan {
  readonly request: CountRequest;
  /** Buckets from the begin of a window to that of the next, and buckets in a window. */
  readonly bucketsPerStep: number;
  readonly bucketsPerWindow: number;
}

/** The question that counts the lines of a range aggregation; `undefined` where the store cannot tell exactly what the pipeline would. */
export function planCounts(
  node: RangeAggregation,
  grouping: Grouping | undefined,
  windows: Windows,
  { namesLevel }: Pick<MetricContext, 'namesLevel'>,
): CountPlan | undefined {
  if (node.unwrap !== undefined) return undefined;
  const { conditions, complete } = storedConditions(node.logs.stages);
  if (!complete) return undefined;
  const by = grouping === undefined || grouping.without ? undefined : grouping.labels;
  if (by === undefined ? namesLevel : !by.every(isStored)) return undefined;
  const { range, count, firstEnd } = windows;
  // Nothing lies in such a window.
  if (range <= 0n) return undefined;
  const step = count > 1 ? windows.step : range;
  const width = greatestCommonDivisor(step, range);
  const bucketsPerStep = step / width;
  const bucketsPerWindow = range / width;
  const buckets = BigInt(count - 1) * bucketsPerStep + bucketsPerWindow;
  if (buckets > MOST_BUCKETS) return undefined;
  const measure = node.operation === 'bytes_over_time' || node.operation === 'bytes_rate' ? 'bytes' : 'lines';
  const times = { origin: firstEnd - range, width, buckets: Number(buckets) };
  const request: CountRequest = { matchers: node.logs.matchers, conditions, ...times, measure, ...(by === undefined ? {} : { by }) };
  return { request, bucketsPerStep: Number(bucketsPerStep), bucketsPerWindow: Number(bucketsPerWindow) };
}

/** Names of labels that lines can be stored with, and that mean the same to a pipeline. */
function isStored(name: string): boolean {
  return name === DETECTED_LEVEL || !(name.startsWith('__') || name.endsWith('_extracted'));
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/** Asks the store and adds what it counted to all windows. Rows are groups in the order of the labels that are given back. */
export async function countInStore(
  { request, bucketsPerStep, bucketsPerWindow }: CountPlan,
  without: ReadonlySet<string>,
  { reader, budget, signal, steps: { count } }: MetricContext,
): Promise<{ counts: WindowCounts; labels: readonly Labels[] }> {
  const { memoryBytes = Infinity } = budget.limits;
  const groups = Math.max(1, Math.min(MOST_GROUPS, Math.floor(memoryBytes / (SERIES_BYTES + 16 * (count + 1)))));
  const answer = await reader.counts(request, { groups }, signal);
  budget.check();
  budget.matched(answer.lines);
  const counts = new WindowCounts(count, budget);
  const labels: Labels[] = [];
  const rows = new Map<string, number>();
  for (const group of [...answer.groups].sort((a, b) => compareLabels(a.labels, b.labels))) {
    const own = request.by === undefined ? dropLabels(group.labels, without) : groupLabels(group.labels);
    const key = labelsKey(own);
    let row = rows.get(key);
    if (row === undefined) {
      row = labels.push(own) - 1;
      rows.set(key, row);
    }
    for (const [index, bucket] of group.buckets.entries()) {
      budget.tick();
      const first = Math.max(0, Math.ceil((bucket - bucketsPerWindow + 1) / bucketsPerStep));
      const last = Math.min(count - 1, Math.floor(bucket / bucketsPerStep));
      // Between windows that do not touch each other there are buckets of none.
      if (first <= last) counts.add(row, first, last, 1, group.values[index]!);
    }
  }
  return { counts, labels };
}
