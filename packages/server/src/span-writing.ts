/** How spans are written: past the gate, with metrics derived from all of them, from the settings. */

import { type Journal, SpanSampling, type SpanSamplingRules } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import {
  createSpanDerivation,
  createSpanGate,
  createSpanWriter,
  type MetricWriter,
  type SpanDerivationStats,
  type SpanGateStats,
  type SpanWriter,
  type SpanWriterStats,
} from '@atalaya/receive';
import type { Settings } from './settings/table.ts';
import { spanLimits } from './writer-limits.ts';

export interface SpanWritingOptions {
  readonly settings: Settings;
  readonly journal: Pick<Journal, 'append'>;
  readonly writer: MetricWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The writer and what stands around it. */
export interface SpanWriting {
  readonly writer: SpanWriter;
  stats(): SpanWritingStats;
  /** Writes the metrics of what came last. */
  stop(): Promise<void>;
}

/** What was written, left out and derived since the start. */
export interface SpanWritingStats extends SpanWriterStats {
  readonly gate: SpanGateStats;
  /** Undefined when metrics of spans are switched off. */
  readonly derived: SpanDerivationStats | undefined;
}

const SHORTEST_INTERVAL_MS = 100;
const NOTHING_LEFT_OUT: SpanGateStats = { filtered: 0, rateLimited: 0, sampledOut: 0 };

/** Which traces are kept. */
export function samplingRules(settings: Settings): SpanSamplingRules {
  return {
    probability: settings['traces.sample'],
    keepErrors: settings['traces.keep_errors'],
    keepSlowerThanMs: settings['traces.keep_slower_than'],
  };
}

export function startSpanWriting({ settings, journal, writer, clock, log }: SpanWritingOptions): SpanWriting {
  const rules = samplingRules(settings);
  const sampling = new SpanSampling(rules);
  const gate = createSpanGate({ clock, drop: settings['traces.drop'], rateLimit: settings['traces.rate_limit'], sampling: rules });
  const derivation = settings['traces.metrics.enabled']
    ? createSpanDerivation({
        writer,
        clock,
        log,
        intervalMs: Math.max(SHORTEST_INTERVAL_MS, settings['traces.metrics.interval']),
        idleMs: settings['traces.metrics.idle'] === 0 ? Infinity : settings['traces.metrics.idle'],
        dimensions: settings['traces.metrics.dimensions'],
        maxSets: settings['traces.metrics.series'],
        // What is decided behind the journal is known here of the spans that decide.
        ...(sampling.waitsForTraces && { willBeKept: (batch) => sampling.judge(batch) }),
      })
    : undefined;
  const spans = createSpanWriter({
    journal,
    limits: spanLimits(settings),
    ...(gate !== undefined && { gate }),
    ...(derivation !== undefined && { observers: [derivation] }),
  });
  return {
    writer: spans,
    stats: () => ({ ...spans.stats(), gate: gate?.stats() ?? NOTHING_LEFT_OUT, derived: derivation?.stats() }),
    stop: async () => derivation?.stop(),
  };
}
