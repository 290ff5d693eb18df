/** Client of the explanation of a query, and its plan laid out for drawing and as text. */

import type { ExplainedNode, Explanation } from '@atalaya/model';

import { requestJson } from './http.ts';
import { alignedWindow, resolveRange, type TimeRangeText } from './time-range.ts';

/** How a query is asked: as the graph asks it, or as the table does. */
export type ExplainedKind = Explanation['kind'];

/** Query key and function of an explanation. Explaining runs the query: it is asked for once, and again only on request. */
export function explainQuery(query: string, kind: ExplainedKind, range: TimeRangeText, step: number, clock: () => number) {
  return {
    queryKey: ['explain', kind, query, range.from, range.to, kind === 'range' ? step : 0] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Explanation> => {
      const resolved = resolveRange(range, clock());
      const window = alignedWindow(resolved, step);
      const parameters =
        kind === 'range'
          ? { query, start: window.start / 1000, end: window.end / 1000, step: window.step / 1000 }
          : { query, time: resolved.end / 1000 };
      return (await requestJson('/api/atalaya/explain', { form: true, parameters, signal })) as Explanation;
    },
    staleTime: Infinity,
  };
}

/** Whether it was told where the samples came from: a source that cannot tell counts nothing. */
export function sourceKnown({
  samplesInMemory,
  rowsFromDisk,
}: {
  readonly samplesInMemory: number;
  readonly rowsFromDisk: number;
}): boolean {
  return samplesInMemory + rowsFromDisk > 0;
}

/** One step of a plan in the order it is listed: a step, then what it is made of. Times in milliseconds. */
export interface PlanRow {
  readonly node: ExplainedNode;
  /** Its place in the tree: `0`, `0.1`, … */
  readonly id: string;
  readonly depth: number;
  /** What reading its samples took, and what computing took. */
  readonly read: number;
  readonly computed: number;
  /** Both, with all steps below. */
  readonly whole: number;
  /** Where its part of the whole plan's time begins: the steps below come first, then its own. */
  readonly from: number;
}

/** The rows of a plan; the first one's `whole` is the whole plan's time. */
export function planRows(plan: ExplainedNode): PlanRow[] {
  const rows: PlanRow[] = [];
  function visit(node: ExplainedNode, id: string, depth: number, from: number): number {
    const place = rows.length;
    rows.length += 1;
    const read = node.read?.milliseconds ?? 0;
    let whole = 0;
    for (const [index, child] of node.children.entries()) whole += visit(child, `${id}.${index}`, depth + 1, from + whole);
    whole += read + node.milliseconds;
    rows[place] = { node, id, depth, read, computed: node.milliseconds, whole, from };
    return whole;
  }
  visit(plan, '0', 0, 0);
  return rows;
}

/** Whether a row stands below one of the folded ones. */
export function isFolded(id: string, folded: ReadonlySet<string>): boolean {
  for (let at = id.lastIndexOf('.'); at > 0; at = id.lastIndexOf('.', at - 1)) if (folded.has(id.slice(0, at))) return true;
  return false;
}

const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;

/** An explanation as text, to be pasted into a ticket: the words of the API, whatever the reader's language. */
export function explanationText(explanation: Explanation): string {
  const { query, kind, plan, phases, totals, limits, cachedSteps, error, warnings, infos } = explanation;
  const lines = [
    query,
    '',
    `${kind} query, ${ms(totals.milliseconds)}: ${totals.seriesRead} series and ${totals.samplesRead} samples read ` +
      `(${totals.samplesInMemory} from memory, ${totals.rowsFromDisk} rows from disk), ` +
      `${totals.resultSeries} series and ${totals.resultPoints} points in the answer (${totals.resultBytes} bytes)`,
    `phases: ${phases.map(({ name, milliseconds }) => `${name} ${ms(milliseconds)}`).join(', ')}`,
    `steps from the cache: ${cachedSteps.cached} of ${cachedSteps.all}`,
    ...(error === undefined ? [] : [`error: ${error.code}: ${error.message}`]),
    '',
  ];
  for (const { node, depth, read, computed } of planRows(plan)) {
    const indent = '  '.repeat(depth);
    const facts = [ms(read + computed), `${node.series} series`, `${node.points} points`];
    if (node.read !== undefined) facts.push(`${node.read.samples} samples read (${node.read.rowsFromDisk} rows from disk)`);
    lines.push(`${indent}${node.operation} ${node.summary}  [${facts.join(', ')}]`, ...node.notes.map((note) => `${indent}  - ${note}`));
  }
  lines.push('', ...limits.map(({ setting, used, limit }) => `${setting}: ${used} of ${limit}`));
  lines.push(...warnings, ...infos);
  return `${lines.join('\n').trimEnd()}\n`;
}
