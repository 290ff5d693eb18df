/** Gathers how every part of the program is, for the console and the health routes. */

import { statfs } from 'node:fs/promises';
import os from 'node:os';
import type { Journal } from '@atalaya/journal';
import type { Clock, Status } from '@atalaya/model';
import type { MetricWriter } from '@atalaya/receive';
import type { StorageStats } from './engine/contract.ts';
import type { EngineSupervisor } from './engine/supervisor.ts';
import type { ListenerState } from './listeners.ts';
import type { Settings } from './settings/table.ts';
import type { RateMeter } from './telemetry/rate-meter.ts';
import { VERSION } from './version.ts';

/** How long an answer of the engine about its storage is used again. */
const STORAGE_FRESH_MS = 5000;
/** How long to wait for it: an engine that hangs must not hold up the answer to whether all is well. */
const STORAGE_TIMEOUT_MS = 2000;
/** The table of spans; those that lead into it have its name before theirs. */
const SPANS = 'otel_traces';
/** An engine that reports every second and has not for so long does not serve. */
const SILENT_MS = 5000;

export interface StatusSources {
  readonly settings: Settings;
  readonly engineMemoryBytes: number;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly journal: Journal;
  readonly writer: MetricWriter;
  readonly engine: EngineSupervisor;
  readonly throughput: RateMeter;
  readonly cpu: { readonly main: RateMeter; readonly engine: RateMeter };
  readonly host: { readonly job: string; readonly instance: string };
  listeners(): ListenerState[];
}

/** Answers status questions; keeps the last known storage figures for when the engine is away. */
export class StatusGatherer {
  readonly #sources: StatusSources;
  #storage: StorageStats = {
    tables: [],
    samples: 0,
    series: 0,
    diskBytes: 0,
    bytesPerSample: undefined,
    oldestSample: undefined,
    newestSample: undefined,
  };
  #storageAt = Number.NEGATIVE_INFINITY;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  async gather(): Promise<Status> {
    const { settings, clock, startedAt, journal, writer, engine, throughput, host } = this.#sources;
    const journalStats = journal.stats();
    const written = writer.stats();
    const report = engine.report;
    const storage = await this.#storageStats();
    const disk = await statfs(this.#sources.dataDirectory);
    return {
      version: VERSION,
      nodeVersion: process.versions.node,
      startedAt,
      now: clock.now(),
      host: {
        name: os.hostname(),
        os: os.platform(),
        kernel: os.release(),
        cpus: os.cpus().length,
        memoryBytes: os.totalmem(),
        ...host,
        collectorEnabled: settings['host.enabled'],
      },
      engine: {
        state: engine.state,
        kind: settings['engine.url'] === '' ? 'embedded' : 'server',
        ...(report === undefined ? {} : { version: report.engineVersion, memoryBytes: report.memoryBytes }),
        restarts: engine.restarts,
        memoryLimitBytes: this.#sources.engineMemoryBytes,
        breaker: report?.breaker ?? 'closed',
        lagMs: report?.lagMs ?? 0,
        loadedRows: storage.samples,
        ...(engine.lastError === undefined ? {} : { lastError: engine.lastError }),
      },
      journal: {
        state: journalStats.state,
        bytes: journalStats.bytes,
        limitBytes: journalStats.limitBytes,
        segments: journalStats.segments,
        fsyncMeanMs: journalStats.fsyncMeanMs,
        fsyncMaxMs: journalStats.fsyncMaxMs,
        fsyncErrors: journalStats.fsyncErrors,
        quarantinedRecords: report?.quarantinedRecords ?? 0,
        tornTails: report?.tornTails ?? 0,
        ...(journalStats.lastError === undefined ? {} : { lastError: journalStats.lastError }),
      },
      ingest: {
        samplesPerSecond: throughput.perSecond,
        samplesTotal: written.samplesWritten,
        activeSeries: written.activeSeries,
        seriesLimit: written.seriesLimit,
        rejected: written.rejected,
      },
      storage: {
        dataDir: this.#sources.dataDirectory,
        diskBytes: storage.diskBytes + journalStats.bytes,
        diskFreeBytes: disk.bavail * disk.bsize,
        diskSizeBytes: disk.blocks * disk.bsize,
        series: storage.series,
        samples: storage.samples,
        ...(storage.bytesPerSample === undefined ? {} : { bytesPerSample: storage.bytesPerSample }),
        ...(storage.oldestSample === undefined ? {} : { oldestSample: storage.oldestSample }),
        tables: [...storage.tables],
        retention: { metricsMs: settings['retention.metrics'], metricsBytes: settings['retention.metrics_bytes'] },
      },
      traces: this.#traces(storage),
      processes: this.#processes(),
      dependencies: this.dependencies(),
      listeners: this.#sources.listeners(),
      limits: this.#limits(),
    };
  }

  /** The parts that must serve for the program to be ready. */
  dependencies(): { name: string; up: boolean; message: string }[] {
    const { engine, journal } = this.#sources;
    const { state, lastError } = journal.stats();
    const breaker = engine.report?.breaker ?? 'closed';
    const damaged = engine.report?.damagedParts ?? 0;
    const silent = engine.silentMs > SILENT_MS;
    const engineUp = engine.state === 'ready' && breaker !== 'open' && !silent;
    const reason = silent ? `it has not answered for ${Math.round(engine.silentMs / 1000)} s` : (engine.lastError ?? 'no reason known');
    return [
      { name: 'journal', up: state === 'ok', message: state === 'ok' ? 'writes and syncs' : `${state}: ${lastError ?? ''}` },
      {
        name: 'engine',
        up: engineUp,
        message: engineUp
          ? `answers and loads${damaged === 0 ? '' : `; damaged parts of the store: ${damaged}, see the log`}`
          : `${engine.state}${breaker === 'closed' ? '' : `, breaker ${breaker}`}: ${reason}`,
      },
    ];
  }

  async #storageStats(): Promise<StorageStats> {
    const { clock, engine } = this.#sources;
    if (engine.state === 'ready' && clock.monotonic() - this.#storageAt > STORAGE_FRESH_MS) {
      const late = new AbortController();
      const timer = clock.after(STORAGE_TIMEOUT_MS, () => late.abort());
      try {
        this.#storage = (await engine.request('storage', null, late.signal)).value as StorageStats;
        this.#storageAt = clock.monotonic();
      } catch {
        // The engine went away or hangs: the last known figures stand, and its state says the rest.
      } finally {
        timer.cancel();
      }
    }
    return this.#storage;
  }

  #traces({ tables }: StorageStats): Status['traces'] {
    const { settings, engine } = this.#sources;
    const bytes = tables.filter(({ name }) => name.startsWith(SPANS)).reduce((sum, table) => sum + table.bytes, 0);
    const { services = 0, operations = 0 } = engine.report?.traces ?? {};
    const spans = tables.find(({ name }) => name === SPANS)?.rows ?? 0;
    return { spans, bytes, services, operations, retentionMs: settings['retention.traces'] };
  }

  #processes(): Status['processes'] {
    const { engine, cpu } = this.#sources;
    const main = { name: 'main', pid: process.pid, memoryBytes: process.memoryUsage.rss(), cpuPercent: cpu.main.perSecond * 100 };
    const { report, pid } = engine;
    return report === undefined || pid === undefined
      ? [main]
      : [main, { name: 'engine', pid, memoryBytes: report.memoryBytes, cpuPercent: cpu.engine.perSecond * 100 }];
  }

  #limits(): Status['limits'] {
    const { settings, writer, journal, engine } = this.#sources;
    const report = engine.report;
    return [
      { setting: 'limits.series', value: settings['limits.series'], unit: 'count', used: writer.stats().activeSeries },
      { setting: 'journal.limit', value: settings['journal.limit'], unit: 'bytes', used: journal.stats().bytes },
      {
        setting: 'engine.memory',
        value: this.#sources.engineMemoryBytes,
        unit: 'bytes',
        ...(report === undefined ? {} : { used: report.memoryBytes }),
      },
      {
        setting: 'query.concurrency',
        value: settings['query.concurrency'],
        unit: 'count',
        ...(report === undefined ? {} : { used: report.queriesRunning }),
      },
      { setting: 'limits.labels', value: settings['limits.labels'], unit: 'count' },
      { setting: 'limits.label_name_bytes', value: settings['limits.label_name_bytes'], unit: 'bytes' },
      { setting: 'limits.label_value_bytes', value: settings['limits.label_value_bytes'], unit: 'bytes' },
      { setting: 'limits.body', value: settings['limits.body'], unit: 'bytes' },
      { setting: 'query.timeout', value: settings['query.timeout'], unit: 'ms' },
      { setting: 'query.series', value: settings['query.series'], unit: 'count' },
      { setting: 'query.samples', value: settings['query.samples'], unit: 'count' },
      { setting: 'query.points', value: settings['query.points'], unit: 'count' },
    ];
  }
}
