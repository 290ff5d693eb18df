/** What a LogQL query is expected to cost, before it is run: so that a long one does not keep short ones waiting. */

import { type LogqlExpression, LogqlError, type MetricExpression, parseLogql, type RangeAggregation } from '@atalaya/lang';
import type { CancelSignal, Matcher } from '@atalaya/model';
import { storedConditions } from './conditions.ts';
import type { LogReader } from './log-reader.ts';

/** Samples that cost as much as a line that is looked at here, and as one that the store counts by itself. */
const LINE = 12;
const COUNTED_LINE = 0.3;
const MILLISECOND = 1_000_000n;
/** Questions for numbers of lines that are worth their while. */
const MOST_PARTS = 8;

/** Lines that a part of a query reads. */
interface Part {
  readonly matchers: readonly Matcher[];
  readonly start: bigint;
  readonly end: bigint;
  readonly weight: number;
}

/**
 * About how many samples of PromQL cost as much as this query over a range (nanoseconds). A query that looks at the newest lines only, or
 * one that will be refused, costs nothing. Rejects as the reader does.
 */
export async function logQueryCost(
  reader: LogReader,
  query: string,
  range: { readonly start: bigint; readonly end: bigint },
  signal: CancelSignal,
): Promise<number> {
  const parts = partsOf(query, range);
  let cost = 0;
  for (const { matchers, start, end, weight } of parts.slice(0, MOST_PARTS)) {
    if (end <= start) continue;
    const request = { matchers, conditions: [], origin: start - 1n, width: end - start, buckets: 1, measure: 'lines', by: [] } as const;
    const { groups } = await reader.counts(request, { groups: 1 }, signal);
    for (const { values } of groups) for (const lines of values) cost += lines * weight;
  }
  return cost;
}

function partsOf(query: string, range: { readonly start: bigint; readonly end: bigint }): Part[] {
  let expression: LogqlExpression;
  try {
    expression = parseLogql(query);
  } catch (error) {
    if (error instanceof LogqlError) return [];
    throw error;
  }
  if (expression.kind === 'logs') {
    // Without anything to look for, the newest lines are the answer.
    return storedConditions(expression.stages).conditions.length === 0 && expression.stages.length === 0
      ? []
      : [{ matchers: expression.matchers, ...range, weight: LINE }];
  }
  return aggregationsOf(expression).map(({ logs, unwrap, range: width, offset }) => ({
    matchers: logs.matchers,
    start: range.start - BigInt(width + offset) * MILLISECOND,
    end: range.end - BigInt(offset) * MILLISECOND,
    weight: unwrap === undefined && storedConditions(logs.stages).complete ? COUNTED_LINE : LINE,
  }));
}

function aggregationsOf(node: MetricExpression): RangeAggregation[] {
  switch (node.kind) {
    case 'range':
      return [node];
    case 'aggregation':
    case 'label_replace':
      return aggregationsOf(node.expression);
    case 'binary':
      return [...aggregationsOf(node.left), ...aggregationsOf(node.right)];
    case 'number':
    case 'vector':
      return [];
  }
}
