/** What the program measures of itself, under the pipeline's names, the readiness names and its own. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeltaStats, OtlpStats } from '@atalaya/receive';
import type { HotStats } from '@atalaya/store';
import type { LoadedEvent, StepCacheState } from '../engine/contract.ts';
import type { TraceState } from '../engine/trace-contract.ts';
import type { OtlpSignalName } from '../otlp-signals.ts';
import { instrumentsOf } from './instruments.ts';
import { registerOtlpMetrics } from './otlp-metrics.ts';
import { registerSpanMetrics, type SpanReadings } from './span-metrics.ts';
import type { OwnLogStats } from './own-logs.ts';
import type { OwnTraceStats } from './own-traces/own-traces.ts';
import { registerOwnTelemetryMetrics } from './own-telemetry-metrics.ts';
import { type LogReadings, registerLogMetrics } from './log-metrics.ts';
import { registerTraceMetrics } from './trace-metrics.ts';

const MILLISECONDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** What the gauges are read from when somebody asks for the metrics. */
export interface Readings {
  readonly bufferBytes: number;
  readonly bufferCapacityBytes: number;
  readonly enqueued: number;
  readonly histogramsWritten: number;
  readonly exemplarsWritten: number;
  readonly exemplarsRejected: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly throughputPerSecond: number;
  readonly activeSeries: number;
  readonly engineReady: boolean;
  readonly engineRestarts: number;
  readonly engineMemoryBytes: number;
  readonly engineCpuSeconds: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly lagMs: number;
  readonly healthy: boolean;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  readonly fsyncMeanMs: number;
  readonly fsyncErrors: number;
  readonly quarantinedRecords: number;
  readonly storedSeries: number;
  readonly damagedParts: number;
  readonly ownLogs: OwnLogStats;
  readonly ownTraces: OwnTraceStats;
  readonly spans: SpanReadings;
  readonly otlp: Readonly<Record<OtlpSignalName, OtlpStats>>;
  readonly otlpDeltas: DeltaStats;
  readonly stepCache: StepCacheState;
  readonly queriesRunning: number;
  readonly cache: HotStats | undefined;
  readonly tailRows: number;
  readonly targetsUp: number;
  readonly targetsDown: number;
  readonly logs: LogReadings;
  /** What the engine tells of traces; undefined while it is away. */
  readonly traces: TraceState | undefined;
}

const BREAKER = { closed: 0, open: 1, 'half-open': 2 } as const;

/** The registry and the instruments that code feeds directly; the rest is read on demand. */
export class OwnMetrics {
  readonly registry = new Registry();
  /** Totals since the start, for `/metrics` as JSON. */
  totalBatches = 0;
  totalRows = 0;
  totalInsertMs = 0;
  totalRoundMs = 0;
  lastDrainAt: number | undefined;
  readonly #collected: () => string;
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #duration: Histogram<'method' | 'route'>;
  readonly #round: Histogram;
  readonly #insert: Histogram;
  readonly #batches: Counter;
  readonly #processed: Counter;
  readonly #dependencyUp: Gauge<'name'>;
  readonly #readinessUp: Gauge;
  readonly #readinessAt: Gauge;

  /** @param collected metrics of log pipelines, as text */
  constructor(version: string, readings: () => Readings, collected: () => string = () => '') {
    this.#collected = collected;
    const registers = [this.registry];
    this.#requests = new Counter({
      name: 'http_request_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'http_request_duration_ms',
      help: 'Time to answer an HTTP request, milliseconds.',
      labelNames: ['method', 'route'],
      buckets: MILLISECONDS,
      registers,
    });
    this.#round = new Histogram({
      name: 'batch_processing_time_ms',
      help: 'Time to take a batch from the journal into the store, milliseconds.',
      buckets: MILLISECONDS,
      registers,
    });
    this.#insert = new Histogram({
      name: 'batch_insert_time_ms',
      help: 'Time of the insert within a batch, milliseconds.',
      buckets: MILLISECONDS,
      registers,
    });
    this.#batches = new Counter({ name: 'batches_processed_total', help: 'Batches loaded into the store.', registers });
    this.#processed = new Counter({ name: 'events_processed_total', help: 'Samples loaded into the store.', registers });
    this.#dependencyUp = new Gauge({
      name: 'dependency_up',
      help: 'Whether a part that the program depends on serves (1) or not (0).',
      labelNames: ['name'],
      registers,
    });
    this.#readinessUp = new Gauge({ name: 'readiness_up', help: 'Whether every part serves.', registers });
    this.#readinessAt = new Gauge({
      name: 'readiness_last_check_timestamp',
      help: 'When readiness was last checked, seconds since the epoch.',
      registers,
    });
    const info = new Gauge({
      name: 'atalaya_build_info',
      help: 'Version of the program, always 1.',
      labelNames: ['version', 'node_version'],
      registers,
    });
    info.set({ version, node_version: process.versions.node }, 1);

    const { counter, counterBy, gauge } = instrumentsOf(this.registry, readings);
    const dropped = (now: Readings): number => Object.values(now.dropped).reduce((sum, count) => sum + count, 0);
    gauge('buffer_size', 'Bytes in the journal that are not in the store yet.', (now) => now.bufferBytes);
    gauge('buffer_capacity', 'Bytes the journal may hold (journal.limit).', (now) => now.bufferCapacityBytes);
    gauge(
      'buffer_utilization_percent',
      'buffer_size as a share of buffer_capacity.',
      (now) => (100 * now.bufferBytes) / now.bufferCapacityBytes,
    );
    counter('events_enqueued_total', 'Samples accepted.', (now) => now.enqueued);
    counter('atalaya_histograms_written_total', 'Native histograms among the samples accepted.', (now) => now.histogramsWritten);
    counter('atalaya_exemplars_written_total', 'Exemplars accepted.', (now) => now.exemplarsWritten);
    counter('events_dropped_total', 'Samples refused, all reasons.', dropped);
    gauge('events_drop_rate_percent', 'Refused samples as a share of all that arrived.', (now) => {
      const arrived = now.enqueued + dropped(now);
      return arrived === 0 ? 0 : (100 * dropped(now)) / arrived;
    });
    gauge('events_throughput_per_second', 'Samples accepted per second, over the last seconds.', (now) => now.throughputPerSecond);
    gauge('health_status', 'Whether the program serves everything (1) or not (0).', (now) => Number(now.healthy));
    gauge('database_connection_status', 'Whether the storage engine serves (1) or not (0).', (now) => Number(now.engineReady));
    gauge('circuit_breaker_state', 'Breaker before the storage engine: 0 closed, 1 open, 2 half-open.', (now) => BREAKER[now.breaker]);
    gauge('process_cpu_usage_percent', 'CPU use of the main process, per cent of one core.', (now) => now.cpuPercent);
    gauge('process_memory_usage_bytes', 'Resident memory of the main process.', (now) => now.memoryBytes);
    counter('process_cpu_seconds_total', 'CPU time of the main process.', (now) => now.cpuSeconds);
    gauge('process_resident_memory_bytes', 'Resident memory of the main process.', (now) => now.memoryBytes);
    gauge('atalaya_engine_restarts', 'How often the engine process had to be started again.', (now) => now.engineRestarts);
    gauge('atalaya_engine_resident_memory_bytes', 'Resident memory of the engine process.', (now) => now.engineMemoryBytes);
    counter('atalaya_engine_cpu_seconds_total', 'CPU time of the engine process.', (now) => now.engineCpuSeconds);
    gauge('atalaya_load_lag_seconds', 'Age of the oldest accepted record that is not in the store yet.', (now) => now.lagMs / 1000);
    gauge('atalaya_active_series', 'Series written to within the last hour.', (now) => now.activeSeries);
    gauge('atalaya_stored_series', 'Series in the store.', (now) => now.storedSeries);
    gauge('atalaya_journal_fsync_mean_ms', 'Mean time of a journal fsync since the start, milliseconds.', (now) => now.fsyncMeanMs);
    counter('atalaya_journal_fsync_errors_total', 'Failed fsyncs of the journal.', (now) => now.fsyncErrors);
    counter('atalaya_journal_quarantined_records_total', 'Damaged journal records put aside.', (now) => now.quarantinedRecords);
    gauge('atalaya_queries_running', 'Queries that run or wait for their turn.', (now) => now.queriesRunning);
    counter('atalaya_query_steps_cached_total', 'Steps of range queries taken from the step cache.', (now) => now.stepCache.cachedSteps);
    counter('atalaya_query_steps_computed_total', 'Steps of range queries computed.', (now) => now.stepCache.computedSteps);
    gauge('atalaya_query_step_cache_bytes', 'Bytes that the step cache holds.', (now) => now.stepCache.bytes);
    gauge('atalaya_store_damaged_parts', 'Parts of the store found damaged on disk at its start.', (now) => now.damagedParts);
    gauge('atalaya_tail_samples', 'Samples that queries find besides the tables, not in them yet.', (now) => now.tailRows);
    gauge(
      'atalaya_query_cache_capacity_bytes',
      'Memory that decoded samples may take (query.cache).',
      (now) => now.cache?.capacityBytes ?? 0,
    );
    gauge('atalaya_query_cache_used_bytes', 'Memory that decoded samples take.', (now) => now.cache?.usedBytes ?? 0);
    gauge('atalaya_query_cache_series', 'Series that lie decoded in memory.', (now) => now.cache?.series ?? 0);
    counter('atalaya_query_cache_hits_total', 'Series that queries found decoded in memory.', (now) => now.cache?.hits ?? 0);
    counter('atalaya_query_cache_misses_total', 'Series that queries had to read from the tables.', (now) => now.cache?.misses ?? 0);
    counter('atalaya_query_cache_evictions_total', 'Decoded series that made room for others.', (now) => now.cache?.evictions ?? 0);
    gauge('atalaya_targets_up', 'Scrape targets whose last scrape succeeded.', (now) => now.targetsUp);
    gauge('atalaya_targets_down', 'Scrape targets whose last scrape failed.', (now) => now.targetsDown);
    registerLogMetrics(this.registry, () => readings().logs);
    registerTraceMetrics(this.registry, () => readings().traces);
    counterBy('reason', 'atalaya_samples_rejected_total', 'Samples refused, by reason.', (now) => now.dropped);
    counterBy('reason', 'atalaya_exemplars_rejected_total', 'Exemplars refused, by reason.', (now) => now.exemplarsRejected);
    registerOwnTelemetryMetrics(this.registry, readings);
    registerSpanMetrics(this.registry, () => readings().spans);
    registerOtlpMetrics(this.registry, readings);
  }

  /** Everything as Prometheus text. */
  async text(): Promise<string> {
    return (await this.registry.metrics()) + this.#collected();
  }

  /** Counts an answered request. `route` is the route's pattern, never the path: paths are unbounded. */
  request(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.inc({ method, route, status: String(status) });
    this.#duration.observe({ method, route }, milliseconds);
  }

  /** Counts a load into the store. */
  loaded(event: LoadedEvent, now: number): void {
    this.totalBatches++;
    this.totalRows += event.rows;
    this.totalInsertMs += event.insertMs;
    this.totalRoundMs += event.roundMs;
    this.lastDrainAt = now;
    this.#batches.inc();
    this.#processed.inc(event.rows);
    this.#round.observe(event.roundMs);
    this.#insert.observe(event.insertMs);
  }

  /** Notes the outcome of a readiness check. */
  readiness(dependencies: readonly { name: string; up: boolean }[], now: number): void {
    for (const { name, up } of dependencies) this.#dependencyUp.set({ name }, Number(up));
    this.#readinessUp.set(Number(dependencies.every(({ up }) => up)));
    this.#readinessAt.set(now / 1000);
  }
}
