/** Reads what the program's own metrics tell from its parts, each time somebody asks for them. */

import type { Journal } from '@atalaya/journal';
import type { LogWriter, MetricWriter, OtlpMetrics, ScrapeManager } from '@atalaya/receive';
import type { EngineSupervisor } from '../engine/supervisor.ts';
import { type OtlpReceivers, otlpStats } from '../otlp-signals.ts';
import type { SpanWriting } from '../span-writing.ts';
import type { StatusGatherer } from '../status.ts';
import { type Meters, processCpuSeconds } from './meters.ts';
import type { OwnLogs } from './own-logs.ts';
import type { OwnTraces } from './own-traces/own-traces.ts';
import type { Readings } from './own-metrics.ts';
import { countTargets } from './target-counts.ts';

/** The parts that are read. */
export interface ReadParts {
  readonly otlp: OtlpReceivers & { readonly metrics: OtlpMetrics };
  readonly journal: Journal;
  readonly writer: MetricWriter;
  readonly logWriter: LogWriter;
  readonly spans: SpanWriting;
  readonly ownLogs: OwnLogs;
  readonly ownTraces: OwnTraces;
  readonly engine: EngineSupervisor;
  readonly scrapes: ScrapeManager;
  readonly meters: Meters;
  readonly status: StatusGatherer;
}

/** How the parts are now. */
export function readParts({
  journal,
  writer,
  logWriter,
  ownLogs,
  ownTraces,
  engine,
  scrapes,
  meters,
  status,
  otlp,
  spans,
}: ReadParts): Readings {
  const journalStats = journal.stats();
  const written = writer.stats();
  const { report } = engine;
  const { up, down } = countTargets(scrapes.targets());
  return {
    bufferBytes: journalStats.bytes,
    bufferCapacityBytes: journalStats.limitBytes,
    enqueued: written.samplesWritten,
    histogramsWritten: written.histogramsWritten,
    exemplarsWritten: written.exemplarsWritten,
    exemplarsRejected: written.exemplarsRejected,
    dropped: written.rejected,
    throughputPerSecond: meters.throughput.perSecond,
    activeSeries: written.activeSeries,
    engineReady: engine.state === 'ready',
    engineRestarts: engine.restarts,
    engineMemoryBytes: report?.memoryBytes ?? 0,
    engineCpuSeconds: report?.cpuSeconds ?? 0,
    breaker: report?.breaker ?? 'closed',
    lagMs: report?.lagMs ?? 0,
    healthy: status.dependencies().every((dependency) => dependency.up),
    cpuPercent: meters.cpu.main.perSecond * 100,
    memoryBytes: process.memoryUsage.rss(),
    cpuSeconds: processCpuSeconds(),
    fsyncMeanMs: journalStats.fsyncMeanMs,
    fsyncErrors: journalStats.fsyncErrors,
    quarantinedRecords: report?.quarantinedRecords ?? 0,
    storedSeries: report?.series ?? 0,
    damagedParts: report?.damagedParts ?? 0,
    ownLogs: ownLogs.stats(),
    ownTraces: ownTraces.stats(),
    otlp: otlpStats(otlp),
    spans: { ...spans.stats(), sampling: report?.traces.sampling },
    otlpDeltas: otlp.metrics.deltas(),
    stepCache: report?.stepCache ?? { cachedSteps: 0, computedSteps: 0, bytes: 0 },
    queriesRunning: report?.queriesRunning ?? 0,
    cache: report?.cache,
    tailRows: report?.tailRows ?? 0,
    targetsUp: up,
    targetsDown: down,
    logs: { ...logWriter.stats(), state: report?.logs },
    traces: report?.traces,
  };
}
