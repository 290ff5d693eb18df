/** Traces that a pipeline may match, read as far as it has to look at them. */

import type { SpansetPipeline, TraceqlField } from '@atalaya/lang';
import type { FoundTrace, Span, TimeBounds } from '@atalaya/model';
import { candidatePortions, spansOf, type TraceWork } from './candidates.ts';
import { storedField } from './expression.ts';
import { chosenBySome, isAlways, requirements } from './push-down.ts';
import { fieldsOfStage } from './told.ts';
import { TraceView } from './trace-view.ts';

/** A trace, and the newest of its spans that the store took for matching. */
export interface Candidate {
  readonly trace: TraceView;
  readonly newest: bigint;
}

/** What is looked for where. */
export interface TraceSourceRequest extends TimeBounds {
  readonly pipeline: SpansetPipeline;
  /** Fields that are looked at besides those of the pipeline, such as what series are grouped by. */
  readonly alsoLooked?: readonly TraceqlField[];
  /** Whether every attribute is looked at. */
  readonly looksAtAll?: boolean;
  /** Whether nothing but chosen spans is looked at, as long as the pipeline does not ask how they lie to others. */
  readonly chosenOnly?: boolean;
  /** Candidates of the first portion. */
  readonly portion: number;
  readonly before?: bigint;
}

/** Candidates, the newest first. Spans that start in the range are eligible. */
export async function* candidates(request: TraceSourceRequest, work: TraceWork): AsyncGenerator<Candidate[]> {
  const { pipeline, portion, start, end, before } = request;
  const having = work.pushesDown ? requirements(pipeline) : [];
  const read = readerFor(request, work);
  const bounds = { start, end, having, ...(before === undefined ? {} : { before }) };
  for await (const found of candidatePortions(bounds, portion, work)) {
    work.budget.took(found.length, 0);
    yield await read(found);
  }
}

type CandidateReader = (found: readonly FoundTrace[]) => Promise<Candidate[]>;

function readerFor(request: TraceSourceRequest, work: TraceWork): CandidateReader {
  const { pipeline, start, end, alsoLooked = [], looksAtAll = false, chosenOnly = false } = request;
  const isInRange = (span: Span): boolean => span.start >= start && span.start < end;
  const looked = [...pipeline.stages.flatMap(fieldsOfStage).map(([field]) => field), ...alsoLooked];
  const brief = work.pushesDown && !looksAtAll && looked.every(isBrief);
  const chosen = chosenBySome(pipeline);
  const inDetail = work.pushesDown && !brief && !isAlways(chosen) && !looked.some(isOfParent);
  const views = (
    found: readonly FoundTrace[],
    spans: ReadonlyMap<string, readonly Span[]>,
    isEligible: (span: Span) => boolean,
  ): Candidate[] =>
    found.flatMap(({ traceId, newest }) => {
      const all = spans.get(traceId);
      return all === undefined ? [] : [{ trace: new TraceView(all, isEligible), newest }];
    });
  if (work.pushesDown && chosenOnly && pipeline.stages.every(({ kind }) => kind === 'filter') && looked.every(isOfSpan)) {
    const wanted = { brief, within: { start, end }, ...(isAlways(chosen) ? {} : { having: chosen }) };
    return async (found) => views(found, await spansOf(found, wanted, work), isInRange);
  }
  if (!inDetail) return async (found) => views(found, await spansOf(found, { brief }, work), isInRange);
  return async (found) => {
    // Everything for the trace's structure and its sums, details only of what may be chosen.
    const [all, details] = await Promise.all([
      spansOf(found, { brief: true }, work),
      spansOf(found, { having: chosen, within: { start, end } }, work),
    ]);
    const known = new Set<Span>();
    for (const [traceId, spans] of details) {
      const byIdentity = Map.groupBy(spans, identityOf);
      const merged = (all.get(traceId) ?? []).map((span) => {
        const detailed = byIdentity.get(identityOf(span))?.shift();
        if (detailed !== undefined) known.add(detailed);
        return detailed ?? span;
      });
      all.set(traceId, merged);
    }
    return views(found, all, (span) => known.has(span));
  };
}

/** What makes a span of a trace the one it is. */
function identityOf({ spanId, kind, start, name }: Span): string {
  return `${spanId} ${kind} ${start} ${name}`;
}

/** Whether spans without attributes, events and links have the field. */
function isBrief(field: TraceqlField): boolean {
  return field.kind === 'intrinsic' && !field.intrinsic.startsWith('event') && !field.intrinsic.startsWith('link');
}

/** Whether a span alone tells the field. */
function isOfSpan(field: TraceqlField): boolean {
  if (field.kind === 'attribute') return !field.ofParent;
  return storedField(field) !== undefined || field.intrinsic === 'parent' || field.intrinsic === 'eventTimeSinceStart';
}

function isOfParent(field: TraceqlField): boolean {
  return field.kind === 'attribute' && field.ofParent;
}
