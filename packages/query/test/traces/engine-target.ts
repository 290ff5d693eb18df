/** The script target that needs nothing else: the engine over spans in memory. */

import { AtalayaError, type CancelSignal, ManualClock, type Span, type SpanAttribute } from '@atalaya/model';
import { createMemoryTraceReader, createTraceqlEngine, type TraceReader } from '@atalaya/query';
import { plainSpan } from './plain-span.ts';
import type { TraceReply, TraceTarget } from './run-script.ts';

const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const LIMITS = { traces: 1000, spans: 1e6, series: 500, points: 11_000, timeMs: 60_000 };

/** A target with an empty memory. @param watch is given the reader, to put something in between */
export function createTraceTarget(pushesDown: boolean, watch: (reader: TraceReader) => TraceReader = (reader) => reader): TraceTarget {
  const spans: Span[] = [];
  const engine = createTraceqlEngine(watch(createMemoryTraceReader(spans)), { clock: new ManualClock(), limits: LIMITS, pushesDown });
  return {
    clear() {
      spans.length = 0;
      return Promise.resolve();
    },
    push(plain) {
      spans.push(...plain.map(plainSpan));
      return Promise.resolve();
    },
    async ask({ query, type, start, end, step, limit, spans: spansPerSpanset }): Promise<TraceReply> {
      try {
        if (type === 'search') {
          const { traces } = await engine.search({ query, start, end, limit, spansPerSpanset }, NEVER);
          const spansets = traces.flatMap(({ traceId, spanSets }) =>
            spanSets.map((set) => ({
              traceId,
              spans: set.spans.map(({ spanId, attributes }) => ({ spanId, attributes: texts(attributes) })),
              attributes: texts(set.attributes),
            })),
          );
          return { spansets };
        }
        const answer = await engine.metrics({ query, start, end, ...(type === 'range' ? { step } : {}) }, NEVER);
        const series = answer.series.map(({ labels, values }) => ({
          labels: texts(labels),
          points: [...values].flatMap((value, i) => (Number.isNaN(value) ? [] : [[answer.timestamps[i]!, value] as const])),
        }));
        return { series };
      } catch (error) {
        if (!(error instanceof AtalayaError)) throw error;
        return { error: error.message };
      }
    },
  };
}

function texts(attributes: readonly SpanAttribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}
