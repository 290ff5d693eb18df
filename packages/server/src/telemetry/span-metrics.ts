/** What the program measures of spans: how many come in, and what becomes of them. */

import type { SpanWriterStats } from '@atalaya/receive';
import { Counter, type Registry } from 'prom-client';

/** Registers the instruments. */
export function registerSpanMetrics(registry: Registry, readings: () => SpanWriterStats): void {
  const registers = [registry];
  new Counter({
    name: 'atalaya_spans_written_total',
    help: 'Spans accepted and kept.',
    registers,
    collect() {
      this.reset();
      this.inc(readings().spansWritten);
    },
  });
  new Counter({
    name: 'atalaya_spans_left_out_total',
    help: 'Spans accepted and left out by filters and sampling before they were kept.',
    registers,
    collect() {
      this.reset();
      this.inc(readings().spansLeftOut);
    },
  });
  new Counter({
    name: 'atalaya_spans_rejected_total',
    help: 'Spans refused, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(readings().rejected)) this.inc({ reason }, count);
    },
  });
}
