/** The metrics that are derived from spans: an observer of the span writer that writes them through the metric writer, round after round. */

import type { SpanBatch } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { MetricWriter } from '../../metric-writer.ts';
import type { SpanObserver } from '../../span-writer.ts';
import { ObservedSpans } from './observed-spans.ts';
import { PEER_ATTRIBUTES } from './peer-names.ts';
import { ServiceGraph } from './service-graph.ts';
import { SpanMetrics } from './span-metrics.ts';
import { SetWriter } from './write-sets.ts';

/** What is derived, and within what bounds. Times in milliseconds. */
export interface SpanDerivationOptions {
  readonly writer: MetricWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often the metrics are written. */
  readonly intervalMs?: number;
  /** Metrics of what was not seen for so long end. */
  readonly idleMs?: number;
  /** Attributes of spans, or else of resources, that become labels of span metrics, too. */
  readonly dimensions?: readonly string[];
  /** Combinations of labels that are kept apart, of span metrics and of the service graph each. */
  readonly maxSets?: number;
  /** Spans that may wait for their other side, and how long they wait at least. */
  readonly maxWaiting?: number;
  readonly waitMs?: number;
  /** Marks the spans of a batch that are certain to be stored, so that exemplars lead somewhere: 0 where they may be left out; without it all are. */
  readonly willBeKept?: (batch: SpanBatch) => Uint8Array;
}

/** What was derived since the start. */
export interface SpanDerivationStats {
  /** Combinations of labels there are now: of span metrics, and of the service graph. */
  readonly sets: number;
  readonly edges: number;
  /** Spans, and requests, that were counted in the series of what does not fit. */
  readonly overflowedSpans: number;
  readonly overflowedRequests: number;
  /** Spans that repeated an earlier one and were not counted again. */
  readonly repeatedSpans: number;
  /** Spans that wait for their other side. */
  readonly waitingSpans: number;
}

/** Derives metrics from spans until it is stopped. */
export interface SpanDerivation extends SpanObserver {
  stats(): SpanDerivationStats;
  /** Writes what was counted since the last round, and ends. */
  stop(): Promise<void>;
}

const DEFAULTS = { intervalMs: 15_000, idleMs: 15 * 60_000, maxSets: 5000, maxWaiting: 100_000, waitMs: 10_000 };

/** Starts deriving. */
export function createSpanDerivation(options: SpanDerivationOptions): SpanDerivation {
  const { writer, clock, log, dimensions = [], willBeKept } = options;
  const { intervalMs, idleMs, maxSets, maxWaiting, waitMs } = { ...DEFAULTS, ...options };
  const spans = new ObservedSpans([...dimensions, ...PEER_ATTRIBUTES]);
  const metrics = new SpanMetrics({ dimensions, maxSets });
  const graph = new ServiceGraph({ maxEdges: maxSets, maxWaiting, waitMs, firstPeerAttribute: dimensions.length });
  const output = new SetWriter({
    writer,
    clock,
    log,
    intervalMs,
    idleMs,
    tables: [metrics.sets, graph.edges, graph.losses],
    onRound: (now) => graph.expire(now),
    onRemoved() {
      metrics.forgetRemoved();
      graph.forgetRemoved();
    },
  });
  return {
    observe(batch, kept) {
      const monotonic = clock.monotonic();
      spans.read(batch);
      const certain = willBeKept?.(batch);
      const isExemplary = (row: number): boolean => kept?.[row] !== 0 && certain?.[row] !== 0;
      metrics.observe(batch, spans, isExemplary, monotonic, clock.now());
      graph.observe(batch, spans, monotonic);
    },
    stats: () => ({
      sets: metrics.sets.size,
      edges: graph.edges.size,
      overflowedSpans: metrics.overflowed,
      overflowedRequests: graph.overflowed,
      repeatedSpans: spans.repeated,
      waitingSpans: graph.waiting,
    }),
    stop: () => output.stop(),
  };
}
