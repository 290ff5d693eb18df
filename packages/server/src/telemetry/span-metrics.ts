/** What the program measures of spans: how many come in, what becomes of them and why, and what is derived from them. */

import type { SamplingCounters } from '@atalaya/store';
import type { Registry } from 'prom-client';
import type { SpanWritingStats } from '../span-writing.ts';
import { instrumentsOf } from './instruments.ts';

/** What the instruments are read from when somebody asks for the metrics. */
export interface SpanReadings extends SpanWritingStats {
  /** What the engine tells of traces that had to be seen whole; undefined while it is away, and where none have to. */
  readonly sampling: SamplingCounters | undefined;
}

/** Registers the instruments. */
export function registerSpanMetrics(registry: Registry, readings: () => SpanReadings): void {
  const { counter, counterBy, gauge } = instrumentsOf(registry, readings);
  counter('atalaya_spans_written_total', 'Spans accepted that were not left out before the journal.', (now) => now.spansWritten);
  counterBy('reason', 'atalaya_spans_rejected_total', 'Spans refused, by reason.', (now) => now.rejected);
  counterBy(
    'reason',
    'atalaya_spans_left_out_total',
    'Spans accepted and not stored, by reason: filtered (traces.drop), rate_limited (traces.rate_limit), sampled_out (traces.sample).',
    ({ gate, sampling }) => ({
      filtered: gate.filtered,
      rate_limited: gate.rateLimited,
      sampled_out: gate.sampledOut + (sampling?.leftOut ?? 0),
    }),
  );
  counterBy(
    'reason',
    'atalaya_spans_kept_total',
    'Spans stored while not all traces are, by what decided for their trace: probability, error or slow.',
    ({ sampling }) => ({
      probability: sampling?.keptByProbability ?? 0,
      error: sampling?.keptForError ?? 0,
      slow: sampling?.keptForDuration ?? 0,
    }),
  );
  gauge('atalaya_spans_held', 'Spans held until it is decided about their traces.', (now) => now.sampling?.heldSpans ?? 0);
  gauge('atalaya_spans_held_traces', 'Traces that are not decided.', (now) => now.sampling?.heldTraces ?? 0);
  gauge('atalaya_spans_held_bytes', 'Memory that held spans take (traces.decision_memory).', (now) => now.sampling?.heldBytes ?? 0);
  counter(
    'atalaya_spans_forced_decisions_total',
    'Traces left out before traces.decision_wait was over, because held spans took too much memory.',
    (now) => now.sampling?.forcedTraces ?? 0,
  );
  gauge('atalaya_span_metrics_sets', 'Combinations of labels that metrics of spans have.', (now) => now.derived?.sets ?? 0);
  counter(
    'atalaya_span_metrics_overflowed_total',
    'Spans counted without their name, because there were too many combinations of labels (traces.metrics.series).',
    (now) => now.derived?.overflowedSpans ?? 0,
  );
  counter(
    'atalaya_span_metrics_repeated_total',
    'Spans not counted again in metrics, because their sender repeated them.',
    (now) => now.derived?.repeatedSpans ?? 0,
  );
  gauge('atalaya_service_graph_edges', 'Edges of the service graph.', (now) => now.derived?.edges ?? 0);
  counter(
    'atalaya_service_graph_overflowed_total',
    'Requests counted without their ends, because there were too many edges (traces.metrics.series).',
    (now) => now.derived?.overflowedRequests ?? 0,
  );
  gauge('atalaya_service_graph_waiting_spans', 'Spans whose other side has not come yet.', (now) => now.derived?.waitingSpans ?? 0);
}
