/** What a LogQL query is expected to cost, before it is run: so that a long one does not keep short ones waiting. */

import { type LogqlExpression, LogqlError, type MetricExpression, parseLogql, type RangeAggregation } from '@atalaya/lang';
import type { CancelSignal, Matcher } from '@atalaya/model';
import { storedConditions } from './conditions.ts';
import type { LineCondition, LogReader } from './log-reader.ts';

/** Samples that cost as much as a line that is looked at here, and as one that the store counts by itself. */
const LINE = 12;
const COUNTED_LINE = 0.3;
const MILLISECOND = 1_000_000n;
/** Questions for numbers of lines that are worth their while. */
const MOST_PARTS = 8;

/** Lines that a part of a query reads. */
interface Part {
  readonly matchers: readonly Matcher[];
  /** What the store looks for with the help of its indexes. */
  readonly conditions: readonly LineCondition[];
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
  for (const part of parts.slice(0, MOST_PARTS)) if (part.end > part.start) cost += (await linesOf(reader, part, signal)) * part.weight;
  return cost;
}

/** Lines that the store has to look at for a part. A reader that cannot tell counts what there is. */
async function linesOf(reader: LogReader, { matchers, conditions, start, end }: Part, signal: CancelSignal): Promise<number> {
  if (reader.estimate !== undefined) return (await reader.estimate({ matchers, conditions, start, end }, signal)).lines;
  const request = { matchers, conditions: [], origin: start - 1n, width: end - start, buckets: 1, measure: 'lines', by: [] } as const;
  return (await reader.counts(request, { groups: 1 }, signal)).lines;
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
    const { conditions } = storedConditions(expression.stages);
    // Without anything to look for, the newest lines are the answer.
    const newest = conditions.length === 0 && expression.stages.length === 0;
    return newest ? [] : [{ matchers: expression.matchers, conditions, ...range, weight: LINE }];
  }
  return aggregationsOf(expression).map(({ logs, unwrap, range: width, offset }) => {
    const { conditions, complete } = storedConditions(logs.stages);
    return {
      matchers: logs.matchers,
      conditions,
      start: range.start - BigInt(width + offset) * MILLISECOND,
      end: range.end - BigInt(offset) * MILLISECOND,
      weight: unwrap === undefined && complete ? COUNTED_LINE : LINE,
    };
  });
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
