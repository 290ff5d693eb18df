/** What the program measures of stored traces: who sends spans, what waits, who asks. */

import { Counter, Gauge, type Registry } from 'prom-client';
import type { TraceState } from '../engine/trace-contract.ts';

/** Registers the instruments; there is nothing to read while the engine is away. */
export function registerTraceMetrics(registry: Registry, state: () => TraceState | undefined): void {
  const registers = [registry];
  const gauge = (name: string, help: string, field: 'services' | 'operations' | 'waitingSpans' | 'queriesRunning'): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(state()?.[field] ?? 0);
      },
    });
  };
  gauge('atalaya_trace_services', 'Services that spans were received from.', 'services');
  gauge('atalaya_trace_operations', 'Operations of these services.', 'operations');
  gauge('atalaya_trace_waiting_spans', 'Spans taken in that are not in the table yet.', 'waitingSpans');
  gauge('atalaya_trace_queries_running', 'Queries about traces that run or wait for their turn.', 'queriesRunning');
  new Counter({
    name: 'atalaya_trace_spans_repeated_total',
    help: 'Spans left out because their sender repeated them.',
    registers,
    collect() {
      this.reset();
      this.inc(state()?.repeated ?? 0);
    },
  });
}
