/** The gate in front of the journal: filters, then the rate limit of each service, then, where a trace need not be seen whole, the dice. */

import { type SpanBatch, SPAN_VERDICT, SpanSampling, type SpanSamplingRules } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { SpanGate } from '../../span-writer.ts';
import { RateLimit } from './rate-limit.ts';
import type { SpanConditions } from './span-conditions.ts';
import { SpanFilter } from './span-filter.ts';

/** What a gate is made of. */
export interface SpanGateOptions {
  readonly clock: Clock;
  /** Spans that fulfil one of these lists of conditions are not stored. */
  readonly drop: readonly SpanConditions[];
  /** Spans a second of one service; 0 is no limit. */
  readonly rateLimit: number;
  readonly sampling: SpanSamplingRules;
}

/** Spans that the gate left out since the start, by reason. */
export interface SpanGateStats {
  readonly filtered: number;
  readonly rateLimited: number;
  readonly sampledOut: number;
}

/** A gate that tells what it does. */
export interface CountingSpanGate extends SpanGate {
  stats(): SpanGateStats;
}

/** Makes the gate; undefined when it would let everything through. */
export function createSpanGate({ clock, drop, rateLimit, sampling: rules }: SpanGateOptions): CountingSpanGate | undefined {
  const sampling = new SpanSampling(rules);
  // What waits for whole traces is decided where they come together, behind the journal.
  const samples = rules.probability < 1 && !sampling.waitsForTraces;
  if (drop.length === 0 && rateLimit === 0 && !samples) return undefined;
  const filter = new SpanFilter(drop);
  const limit = rateLimit > 0 ? new RateLimit(rateLimit) : undefined;
  const stats = { filtered: 0, rateLimited: 0, sampledOut: 0 };
  return {
    admit(batch) {
      const keep = new Uint8Array(batch.rows).fill(1);
      stats.filtered += filter.filter(batch, keep);
      if (limit !== undefined) stats.rateLimited += limitRates(limit, batch, keep, clock.monotonic());
      if (samples) stats.sampledOut += sample(sampling, batch, keep);
      return keep.includes(0) ? keep : undefined;
    },
    stats: () => ({ ...stats }),
  };
}

function limitRates(limit: RateLimit, batch: SpanBatch, keep: Uint8Array, now: number): number {
  const { origins, rowOrigins, traceIds } = batch;
  const serviceOf = (row: number): string => origins[rowOrigins[row] as number]?.serviceName ?? '';
  const arrived = new Map<string, number>();
  for (let row = 0; row < batch.rows; row++) {
    if (keep[row] === 1) arrived.set(serviceOf(row), (arrived.get(serviceOf(row)) ?? 0) + 1);
  }
  const rates = limit.arrived(arrived, now);
  let left = 0;
  for (let row = 0; row < batch.rows; row++) {
    if (keep[row] === 0) continue;
    const rate = rates(serviceOf(row));
    // What a trace state says of sampling before does not count here: too much is too much.
    if (rate.dice.keeps(traceIds, row, '') && rate.take()) continue;
    keep[row] = 0;
    left++;
  }
  return left;
}

function sample(sampling: SpanSampling, batch: SpanBatch, keep: Uint8Array): number {
  let left = 0;
  for (const [row, verdict] of sampling.judge(batch).entries()) {
    if (keep[row] === 0 || verdict !== SPAN_VERDICT.open) continue;
    keep[row] = 0;
    left++;
  }
  return left;
}
