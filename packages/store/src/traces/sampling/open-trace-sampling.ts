/** Opens the sampling of traces: what the run before had decided to keep goes on being kept. */

import type { SpanSamplingRules } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { Engine } from '../../engine/engine.ts';
import { firstKeyAt } from '../../loader/record-key.ts';
import type { Sink } from '../../loader/sink.ts';
import { readLazily } from '../../native/lazy.ts';
import { sql } from '../../sql.ts';
import type { SpanRecord } from '../span-record.ts';
import { sampledSink } from './sampled-sink.ts';
import { type SamplingCounters, TraceSampler } from './trace-sampler.ts';

/** What sampling works on. Times in milliseconds, sizes in bytes. */
export interface TraceSamplingOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: SpanSamplingRules;
  /** How long a trace may wait for what decides about it, and how much of undecided ones is held. */
  readonly waitMs: number;
  readonly memoryBytes: number;
}

/** Sampling under way. */
export interface TraceSampling {
  /** Stands before a sink for spans. */
  sink(inner: Sink<SpanRecord>): Sink<SpanRecord>;
  readonly counters: SamplingCounters;
}

/** Late spans of traces that were kept longer ago are decided anew. */
const REMEMBERED_MS = 10 * 60_000;
const MOST_TRACES = 100_000;
const NANOSECONDS = 1_000_000;

/** Opens it. The tables must be there. */
export async function openTraceSampling({ engine, clock, log, rules, waitMs, memoryBytes }: TraceSamplingOptions): Promise<TraceSampling> {
  const sampler = new TraceSampler({ clock, rules, waitMs, memoryBytes });
  const { keepErrors, keepSlowerThanMs } = rules;
  const slow = keepSlowerThanMs > 0 ? BigInt(Math.round(keepSlowerThanMs * NANOSECONDS)) : 2n ** 64n - 1n;
  const { bytes } = await engine.query(
    sql`SELECT reinterpretAsUInt64(reverse(unhex(substring(TraceId, 17)))) AS trace, toFloat64(max(StatusCode = 'Error')) AS failed FROM otel_traces
      WHERE Batch >= ${firstKeyAt(clock.now() - REMEMBERED_MS)} AND Batch != 0
      AND ((StatusCode = 'Error' AND ${Number(keepErrors)} = 1) OR Duration >= ${slow})
      GROUP BY trace LIMIT ${MOST_TRACES}`,
  );
  let traces = 0;
  for (const block of readLazily(bytes)) {
    const ids = block.column('trace', 'UInt64');
    const failed = block.column('failed', 'Float64');
    for (let row = 0; row < block.rows; row++) {
      const trace = (BigInt(ids[row * 2 + 1] as number) << 32n) | BigInt(ids[row * 2] as number);
      sampler.remember(trace, keepErrors && failed[row] === 1 ? 'error' : 'slow');
    }
    traces += block.rows;
  }
  log.info({ traces }, 'traces that are kept are remembered');
  return {
    sink: (inner) => sampledSink(inner, sampler),
    get counters() {
      return sampler.counters;
    },
  };
}
