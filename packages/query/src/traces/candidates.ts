/** Traces that may match, portion by portion, and their spans. */

import type { CancelSignal, FoundTrace, Span, SpanPredicate, TimeBounds } from '@atalaya/model';
import { isLimit, spansLimit, type TraceqlBudget } from './limits.ts';
import type { TraceReader } from './trace-reader.ts';

/** What an answer is worked out with. */
export interface TraceWork {
  readonly reader: TraceReader;
  readonly signal: CancelSignal;
  readonly budget: TraceqlBudget;
  /** Whether the store chooses candidates and counts where it can. */
  readonly pushesDown: boolean;
}

/** Most candidates that are asked for at a time. */
const MOST_CANDIDATES = 500;

/** Candidates, the newest first; each trace once, those with equal times too. Portions grow: where few match, many are looked at. */
export async function* candidatePortions(
  request: TimeBounds & { readonly having: readonly SpanPredicate[]; readonly before?: bigint },
  first: number,
  { reader, signal, budget }: Pick<TraceWork, 'reader' | 'signal' | 'budget'>,
): AsyncGenerator<FoundTrace[]> {
  const given = new Set<string>();
  let { before } = request;
  let limit = Math.min(first, MOST_CANDIDATES);
  for (;;) {
    budget.check();
    const found = await reader.traces({ ...request, limit, ...(before === undefined ? {} : { before }) }, signal);
    const fresh = found.filter(({ traceId }) => !given.has(traceId));
    for (const { traceId } of fresh) given.add(traceId);
    if (fresh.length > 0) yield fresh;
    if (found.length < limit) return;
    // The next portion begins with the traces of the same instant: they may not all have been in this one.
    const next = found.at(-1)!.newest + 1n;
    limit = before === next ? limit * 2 : Math.max(limit, Math.min(limit * 2, MOST_CANDIDATES));
    before = next;
  }
}

/** Which spans of candidates are read, and how. */
export interface SpansWanted {
  /** Only those that fulfil it; all without one. */
  readonly having?: SpanPredicate;
  /** Only those that start within it. */
  readonly within?: TimeBounds;
  /** Without attributes, events and links. */
  readonly brief?: boolean;
}

/** Spans of traces that the reader has found, by trace and ordered by start. @throws AtalayaError QUERY_LIMIT. */
export async function spansOf(
  candidates: readonly FoundTrace[],
  { having, within, brief = false }: SpansWanted,
  { reader, signal, budget }: Pick<TraceWork, 'reader' | 'signal' | 'budget'>,
): Promise<Map<string, Span[]>> {
  const traceIds = candidates.map(({ traceId }) => traceId);
  const places = candidates.map(({ start, end }) => ({ start, end }));
  const optional = { ...(within === undefined ? {} : { within }), ...(having === undefined ? {} : { having }) };
  const request = { traceIds, places, brief, limit: budget.spansLeft, ...optional };
  const spans = await reader.spans(request, signal).catch((error: unknown) => {
    // The reader knows neither the setting nor more than what was left of it.
    throw isLimit(error, request.limit) ? spansLimit(budget.limits.spans) : error;
  });
  budget.took(0, spans.length);
  return Map.groupBy(spans, ({ traceId }) => traceId);
}
