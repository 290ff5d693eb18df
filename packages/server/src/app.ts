/** The running program: starts every part in order, wires them, and stops them in reverse. */

import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { AtalayaError, type Clock, type Configuration, type Logger } from '@atalaya/model';
import {
  type CollectConfig,
  createHostCollector,
  createLogWriter,
  createMetricWriter,
  createScrapeManager,
  StageMetrics,
} from '@atalaya/receive';
import { engineOptions } from './engine/engine-options.ts';
import { EngineSupervisor } from './engine/supervisor.ts';
import { changedSettings, describeConfiguration } from './configuration.ts';
import { openOtlpGrpc } from './grpc/otlp-grpc.ts';
import { BodyBudget } from './http/body-budget.ts';
import { listenAlso } from './http/also-listening.ts';
import { listenAt } from './http/listen-at.ts';
import { buildHttp } from './http/listener.ts';
import type { Parts } from './http/parts.ts';
import { Lifecycle } from './lifecycle.ts';
import { formatAddress, parseListenAddress } from './listen-address.ts';
import type { ListenerState } from './listeners.ts';
import { availableMemory, engineMemory } from './memory.ts';
import { openData } from './open-data.ts';
import { redefineWhenNeeded } from './redefinition.ts';
import { startLogCollection } from './log-collection.ts';
import { createReceivers } from './receivers.ts';
import { readPromtailFile } from './promtail-file.ts';
import { readScrapeFile } from './scrape-file.ts';
import type { LoadedSettings } from './settings/load.ts';
import { startSpanWriting } from './span-writing.ts';
import { StatusGatherer } from './status.ts';
import { OwnMetrics } from './telemetry/own-metrics.ts';
import { startMeters } from './telemetry/meters.ts';
import { readParts } from './telemetry/read-parts.ts';
import type { OwnLogs } from './telemetry/own-logs.ts';
import type { OwnTraces } from './telemetry/own-traces/own-traces.ts';
import { VERSION } from './version.ts';
import { logLimits, metricLimits } from './writer-limits.ts';

/** Labels of the built-in collectors' series. */
const HOST_JOB = 'node';
const EVICT_EVERY_MS = 5 * 60_000;

/** What the program is started with. */
export interface AppOptions {
  /** Reads the settings; called at the start and at every reload. @throws AtalayaError BAD_CONFIG */
  readonly loadSettings: () => LoadedSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes what `log` writes, and is started here. */
  readonly ownLogs: OwnLogs;
  /** Takes what is traced, and is started here. */
  readonly ownTraces: OwnTraces;
}

/** A started program. */
export interface App {
  /** `host:port` in force. */
  readonly address: string;
  /** Resolves when the engine serves for the first time. */
  readonly ready: Promise<void>;
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the program. Rejects when it cannot serve (address taken, data directory in use, bad configuration), leaving nothing behind. */
export async function startApp(options: AppOptions): Promise<App> {
  const lifecycle = new Lifecycle(options.clock, options.log);
  try {
    return await start(options, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function start({ loadSettings, clock, log, ownLogs, ownTraces }: AppOptions, lifecycle: Lifecycle): Promise<App> {
  const startedAt = clock.monotonic();
  let loaded = loadSettings();
  const { settings } = loaded;
  const listen = parseListenAddress(settings.listen, settings.insecure);
  // Parsed before anything is opened, so that a bad file leaves no trace.
  let scrapeFile = await readScrapeFile(loaded.prometheusFile, settings.listen);
  const stages = { clock, metrics: new StageMetrics(clock) };
  let promtailFile = await readPromtailFile(loaded.promtailFile, stages);

  const dataDirectory = path.resolve(settings.data);
  const { journal, bookmarks } = await openData(dataDirectory, settings, { clock, log, lifecycle });
  const writer = createMetricWriter({ journal, clock, limits: metricLimits(settings) });
  const logWriter = createLogWriter({ journal, clock, limits: logLimits(settings) });
  // Stopped just before the journal closes: the last lines of all other parts are in it.
  if (settings['logs.own']) {
    ownLogs.start(logWriter);
    lifecycle.onStop('own log', () => ownLogs.stop(), 1000);
  } else ownLogs.switchOff();
  const spans = startSpanWriting({ settings, journal, writer, clock, log });
  lifecycle.onStop('metrics of spans', () => spans.stop());
  if (settings['traces.own']) {
    ownTraces.start(spans.writer, settings['traces.own_per_second']);
    lifecycle.onStop('own traces', () => ownTraces.stop(), 1000);
  } else ownTraces.switchOff();
  const engineMemoryBytes = settings['engine.memory'] === -1 ? engineMemory(availableMemory()) : settings['engine.memory'];

  const metrics = new OwnMetrics(
    VERSION,
    () => readParts({ journal, writer, logWriter, ownLogs, ownTraces, engine, scrapes, meters, status, spans, otlp: receivers.otlp }),
    () => stages.metrics.render(),
  );
  const redefineSeries = redefineWhenNeeded({ journal, writer, log });
  const engine = new EngineSupervisor({
    engine: engineOptions(settings, dataDirectory, engineMemoryBytes),
    clock,
    log,
    traces: ownTraces,
    durable: () => journal.durable,
    onLoaded(event) {
      metrics.loaded(event, clock.now());
      const { rows, batches, insertMs } = event;
      const attributes = { 'atalaya.load.rows': rows, 'atalaya.load.batches': batches, 'atalaya.load.insert_ms': insertMs };
      if (ownTraces.wants('load', event.roundMs, undefined)) ownTraces.did({ name: 'load', durationMs: event.roundMs, attributes });
      redefineSeries(event);
      // The notes in what is deleted have to be in the file of bookmarks before.
      bookmarks
        .save()
        .then(() => journal.release(event.position))
        .catch((error: unknown) => log.error({ error: String(error) }, 'loaded journal segments could not be deleted'));
    },
  });
  journal.onDurable((position) => {
    bookmarks.durable(position);
    engine.advance(position);
  });
  engine.start();
  void engine.ready.then(() => ownTraces.did({ name: 'start', durationMs: clock.monotonic() - startedAt, attributes: {} }));
  lifecycle.onStop('engine', () => engine.stop(), 7000);

  const scrapes = createScrapeManager({ writer, clock, log, userAgent: `Atalaya/${VERSION}` });
  lifecycle.onStop('scraping', () => scrapes.stop());
  const collection = startLogCollection({ settings, writer: logWriter, bookmarks, clock, log });
  lifecycle.onStop('collecting logs', () => collection.stop());
  const meters = startMeters({ clock, writer, engine });
  lifecycle.onStop('meters', () => meters.stop());

  const listeners: ListenerState[] = [];
  const host = { job: HOST_JOB, instance: os.hostname() };
  const status = new StatusGatherer({
    settings,
    engineMemoryBytes,
    dataDirectory,
    clock,
    startedAt: clock.now(),
    journal,
    writer,
    engine,
    throughput: meters.throughput,
    cpu: meters.cpu,
    host,
    listeners: () => listeners,
  });

  let address = settings.listen;
  let loadedAt = clock.now();
  let lastReload: Configuration['lastReload'];
  let stopping = false;

  const reload = async (): Promise<void> => {
    try {
      const next = loadSettings();
      const nextFile = await readScrapeFile(next.prometheusFile, address);
      const nextPromtail = await readPromtailFile(next.promtailFile, stages);
      await scrapes.apply(nextFile.config);
      collect(nextPromtail.config);
      const restart = changedSettings(loaded, next);
      if (restart.length > 0) log.warn({ settings: restart }, 'these settings changed; they take effect at the next start');
      loaded = { ...next, settings, texts: loaded.texts, sources: loaded.sources };
      scrapeFile = nextFile;
      promtailFile = nextPromtail;
      loadedAt = clock.now();
      lastReload = {
        at: loadedAt,
        ok: true,
        message: restart.length === 0 ? 'reloaded' : `reloaded; need a restart: ${restart.join(', ')}`,
      };
      for (const warning of [...nextFile.warnings, ...nextPromtail.warnings]) log.warn(warning, 'configuration');
      log.info({ jobs: nextFile.config.scrapeConfigs.length, logJobs: nextPromtail.config.jobs.length }, 'configuration reloaded');
    } catch (error) {
      const failure = AtalayaError.from(error);
      lastReload = { at: clock.now(), ok: false, message: failure.message };
      log.error({ reason: failure.message }, 'the new configuration is bad; the old one stays in force');
      throw failure;
    }
  };

  const bodies = new BodyBudget(settings['limits.bodies']);
  const receivers = createReceivers({
    writer,
    logWriter,
    spanWriter: spans.writer,
    settings,
    clock,
    log,
    translation: () => scrapeFile.config.otlp,
  });
  const parts: Parts = {
    settings,
    clock,
    log,
    journal,
    writer,
    engine,
    metrics,
    traces: ownTraces,
    startedAt: clock.now(),
    ...receivers,
    logWriter,
    bodies,
    address: () => address,
    targets: () => scrapes.targets(),
    logTargets: () => collection.targets(),
    scrapeConfiguration: () => scrapeFile.shown,
    configuration: () => describeConfiguration(loaded, { scrape: scrapeFile, promtail: promtailFile }, loadedAt, lastReload),
    status: () => status.gather(),
    dependencies: () => status.dependencies(),
    reload,
    lastEnqueueAt: () => meters.lastEnqueueAt(),
    stopping: () => stopping,
  };

  const http = await buildHttp(parts);
  await listenAt(http, listen, settings.listen);
  lifecycle.onStop('http', () => http.close(), 4000);
  for (const also of await listenAlso(http, parts)) {
    if (also.state !== undefined) listeners.push(also.state);
    lifecycle.onStop('http', () => also.stop(), 4000);
  }
  const grpc = await openOtlpGrpc(parts);
  if (grpc.state !== undefined) listeners.push(grpc.state);
  lifecycle.onStop('OTLP over gRPC', () => grpc.stop(), 4000);
  const bound = http.server.address() as AddressInfo;
  address = formatAddress(bound.address, bound.port);

  if (scrapeFile.shown.includes('${ATALAYA_LISTEN}')) scrapeFile = await readScrapeFile(loaded.prometheusFile, address);
  for (const warning of [...loaded.warnings, ...scrapeFile.warnings, ...promtailFile.warnings]) log.warn(warning, 'configuration');
  await scrapes.apply(scrapeFile.config);
  collect(promtailFile.config);
  if (settings['host.enabled']) watchHost();
  const evictions = clock.every(EVICT_EVERY_MS, () => [writer, logWriter, receivers.otlp.metrics].forEach((each) => each.evictIdle()));
  lifecycle.onStop('evictions', () => evictions.cancel());

  return {
    address,
    ready: engine.ready,
    reload,
    stop() {
      stopping = true;
      return lifecycle.stop();
    },
  };

  /** Not awaited: with a full journal it takes until there is room again. */
  function collect(config: CollectConfig): void {
    collection.apply(config).catch((error: unknown) => log.error({ error: String(error) }, 'log sources could not be started'));
  }

  function watchHost(): void {
    const collector = createHostCollector({ clock, log, disabled: settings['host.disabled_collectors'] });
    scrapes.addBuiltIn({
      job: host.job,
      labels: { instance: host.instance },
      intervalMs: settings['host.interval'],
      collect: () => collector.collect(),
    });
  }
}
