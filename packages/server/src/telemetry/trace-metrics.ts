/** What the program measures of stored traces: who sends spans, what waits, who asks. */

import type { Registry } from 'prom-client';
import type { TraceState } from '../engine/trace-contract.ts';
import { instrumentsOf } from './instruments.ts';

/** Registers the instruments; there is nothing to read while the engine is away. */
export function registerTraceMetrics(registry: Registry, state: () => TraceState | undefined): void {
  const { counter, gauge } = instrumentsOf(registry, state);
  gauge('atalaya_trace_services', 'Services that spans were received from.', (now) => now?.services ?? 0);
  gauge('atalaya_trace_operations', 'Operations of these services.', (now) => now?.operations ?? 0);
  gauge('atalaya_trace_waiting_spans', 'Spans taken in that are not in the table yet.', (now) => now?.waitingSpans ?? 0);
  gauge('atalaya_trace_queries_running', 'Queries about traces that run or wait for their turn.', (now) => now?.queriesRunning ?? 0);
  counter('atalaya_trace_spans_repeated_total', 'Spans left out because their sender repeated them.', (now) => now?.repeated ?? 0);
}
