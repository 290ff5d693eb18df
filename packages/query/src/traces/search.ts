/** Searches for traces by TraceQL. */

import type { SpansetPipeline } from '@atalaya/lang';
import type { TimeBounds } from '@atalaya/model';
import type { FoundSpanset, FoundTraceSummary, ServiceSpans } from './answer.ts';
import type { TraceWork } from './candidates.ts';
import { compilePipeline, type Spanset } from './spansets.ts';
import { toldFields, toldOf, toldValue } from './told.ts';
import { candidates } from './trace-source.ts';
import type { TraceView } from './trace-view.ts';

/** What is searched for. */
export interface SearchRequest extends TimeBounds {
  readonly pipeline: SpansetPipeline;
  readonly limit: number;
  /** 0 tells all spans. */
  readonly spansPerSpanset: number;
  readonly before?: bigint;
}

/** About what a span takes in an answer, and what a value of one does besides its text. */
const SPAN_BYTES = 200;
const ATTRIBUTE_BYTES = 100;
/** Candidates that are asked for at a time, over what is wanted: some may turn out not to match. */
const SPARE = 4;

/** Finds traces, the newest first, and where to go on. */
export async function searchTraces(
  request: SearchRequest,
  work: TraceWork,
): Promise<{ readonly traces: FoundTraceSummary[]; readonly next: bigint | undefined }> {
  const { pipeline, limit, spansPerSpanset } = request;
  const run = compilePipeline(pipeline);
  const fields = toldFields(pipeline);
  const traces: FoundTraceSummary[] = [];
  if (limit <= 0) return { traces, next: undefined };

  const tell = ({ spans, attributes }: Spanset): FoundSpanset => {
    const some = spansPerSpanset === 0 ? spans : spans.slice(0, spansPerSpanset);
    return {
      matched: spans.length,
      spans: some.map((one) => {
        const told = toldOf(one, fields);
        work.budget.hold(SPAN_BYTES + told.reduce((sum, { value }) => sum + 2 * value.length + ATTRIBUTE_BYTES, 0));
        const { spanId, name, start, duration } = one.span;
        return { spanId, name, start, duration, attributes: told };
      }),
      attributes: attributes.map(({ name, value }) => ({ name, ...toldValue(value) })),
    };
  };

  for await (const portion of candidates({ ...request, portion: limit + SPARE }, work)) {
    for (const { trace, newest } of portion) {
      work.budget.check();
      const spansets = run(trace);
      if (spansets.length === 0) continue;
      traces.push(summary(trace, spansets.map(tell)));
      if (traces.length >= limit) return { traces, next: newest };
    }
  }
  return { traces, next: undefined };
}

function summary(trace: TraceView, spanSets: readonly FoundSpanset[]): FoundTraceSummary {
  const { bounds, root } = trace;
  const services = new Map<string, ServiceSpans>();
  for (const { span } of trace.spans) {
    const { serviceName } = span.origin;
    const { spans, errors } = services.get(serviceName) ?? { spans: 0, errors: 0 };
    services.set(serviceName, { spans: spans + 1, errors: errors + (span.status === 'error' ? 1 : 0) });
  }
  return {
    traceId: trace.spans[0]!.span.traceId,
    rootServiceName: root?.origin.serviceName ?? '',
    rootTraceName: root?.name ?? '',
    start: bounds.start,
    duration: bounds.end - bounds.start,
    spanSets,
    services,
  };
}
