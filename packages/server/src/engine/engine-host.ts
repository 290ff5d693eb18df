/** What runs inside the engine process: the storage engine, the loader and the query workers, wired together. */

import path from 'node:path';
import {
  type JournalPosition,
  openJournalReader,
  readCheckpoint,
  SIGNAL,
  type Signal,
  SpanSampling,
  writeCheckpoint,
} from '@atalaya/journal';
import type { Clock, Logger, MetricStorage } from '@atalaya/model';
import {
  connectReader,
  createLoader,
  metricSink,
  directPorts,
  deadLetterFolder,
  logSink,
  type MetricStore,
  openEmbeddedEngine,
  openLogStore,
  openMetricStore,
  openServerEngine,
  openTraceSampling,
  openTraceStore,
  serveReader,
  type Sink,
  traceSink,
} from '@atalaya/store';
import { Administration } from './administration.ts';
import type {
  CardinalityAnswer,
  EngineOptions,
  ExemplarsRequest,
  LabelsRequest,
  LoadedEvent,
  MetadataAnswer,
  SeriesRequest,
  StateEvent,
  StepCacheState,
  StorageStats,
} from './contract.ts';
import { answerExemplars } from './exemplar-answer.ts';
import { LogHost } from './log-host.ts';
import type { EngineSpan } from '../telemetry/own-traces/own-span.ts';
import { QueryPool } from './query-pool.ts';
import { type QuerySignal, type QueryTask, signalOf } from './query-task.ts';
import { tellOfQuery, tellOfWork } from './query-spans.ts';
import { QuickQueries } from './quick-queries.ts';
import { encodeSeries } from './series-json.ts';
import { SeriesReads } from './series-reads.ts';
import { TraceHost } from './trace-host.ts';

const QUERY_WORKERS = 2;
const RETENTION_EVERY_MS = 10 * 60_000;
/** How long a question waits for samples that were acknowledged before it was asked: milliseconds, but for a backlog. */
const READABLE_WITHIN_MS = 3000;

export interface EngineHostOptions {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly log: Logger;
  onLoaded(event: LoadedEvent): void;
  /** Tells of pieces of work. */
  readonly onSpans: (spans: readonly EngineSpan[]) => void;
}

/** The methods that the main process may call. */
export interface EngineHost {
  advance(position: JournalPosition): void;
  query(task: QueryTask, signal: AbortSignal): Promise<Uint8Array>;
  labelNames(request: LabelsRequest): Promise<string[]>;
  labelValues(name: string, request: LabelsRequest): Promise<string[]>;
  /** The finished JSON envelope: there may be very many. */
  series(request: LabelsRequest): Promise<Uint8Array>;
  /** The finished JSON envelope. */
  exemplars(request: ExemplarsRequest, signal: AbortSignal): Promise<Uint8Array>;
  metadata(metric: string | undefined, limit: number | undefined): Promise<MetadataAnswer>;
  storage(): Promise<StorageStats>;
  metricStorage(limit: number): Promise<MetricStorage>;
  cardinality(limit: number): Promise<CardinalityAnswer>;
  /** Begins an answer in pieces, which are then asked of {@link EngineHost.seriesReads}. */
  openSeries(request: SeriesRequest): Promise<number>;
  readonly seriesReads: Pick<SeriesReads, 'next' | 'close'>;
  holdHistograms(request: SeriesRequest): Promise<boolean>;
  readonly administration: Administration;
  /** Streams and tails; queries about logs go to {@link EngineHost.query}. */
  readonly logs: Omit<LogHost, 'serve' | 'state' | 'stop'>;
  state(): StateEvent;
  stop(): Promise<void>;
}

/** What each metric costs, with the type and help of its family where a target has told them. */
async function describedCosts(store: MetricStore, limit: number): Promise<MetricStorage> {
  const [{ metrics, total }, known] = await Promise.all([store.metricStorage(limit), store.metadata(undefined, undefined)]);
  const described = metrics.map((cost) => {
    const family = known[cost.metric] ?? known[cost.metric.replace(/_(?:bucket|count|sum)$/, '')];
    return { ...cost, type: family?.[0]?.type ?? 'unknown', help: family?.[0]?.help ?? '' };
  });
  return { metrics: described, total };
}

async function describedCardinality(store: MetricStore, limit: number): Promise<CardinalityAnswer> {
  const { tables, oldestSample, newestSample } = await store.stats();
  const parts = tables.find(({ name }) => name === 'samples')?.parts ?? 0;
  return { ...store.cardinality(limit), parts, oldestSample, newestSample };
}

/** Opens everything; resolves when questions can be answered. */
export async function startEngine(host: EngineHostOptions): Promise<EngineHost> {
  const { options, clock, log } = host;
  const journalDirectory = path.join(options.dataDirectory, 'journal');
  const engine =
    options.url === ''
      ? await openEmbeddedEngine({ dataDir: options.dataDirectory, memoryBytes: options.memoryBytes, clock })
      : openServerEngine({ url: options.url, clock });
  const engineVersion = await engine.version();
  const checkpoint = await readCheckpoint(journalDirectory, log);
  const store = await openMetricStore({
    engine,
    clock,
    log,
    retention: options.retention,
    dataExpected: checkpoint !== undefined,
    cacheBytes: options.cacheBytes,
    queryLimits: { memoryBytes: options.query.memoryBytes, timeMs: options.query.timeoutMs },
  });
  const logStore = await openLogStore({
    engine,
    clock,
    log,
    retention: options.logRetention,
    queryLimits: { memoryBytes: options.query.memoryBytes, timeMs: options.query.timeoutMs },
  });
  const traceStore = await openTraceStore({
    engine,
    clock,
    log,
    retention: options.traceRetention,
    queryLimits: { memoryBytes: options.query.memoryBytes, timeMs: options.query.timeoutMs },
  });
  const { waitMs, memoryBytes, ...rules } = options.sampling;
  const sampling = new SpanSampling(rules).waitsForTraces
    ? await openTraceSampling({ engine, clock, log, rules, waitMs, memoryBytes })
    : undefined;
  const spans = traceSink(traceStore);
  const reader = await openJournalReader({ directory: journalDirectory, log, from: checkpoint });
  const loader = createLoader({
    reader,
    sinks: new Map<Signal, Sink>([
      [SIGNAL.metrics, metricSink(store)],
      [SIGNAL.logs, logSink(logStore)],
      [SIGNAL.traces, sampling?.sink(spans) ?? spans],
    ]),
    clock,
    log,
    writeCheckpoint: (position) => writeCheckpoint(journalDirectory, position),
    onLoaded: (position, stats) => host.onLoaded({ position, ...stats }),
    deadLetters: deadLetterFolder(path.join(options.dataDirectory, 'dead-letters')),
  });
  const readable = (): Promise<boolean> => loader.readable(READABLE_WITHIN_MS);
  /** Answers with what was acknowledged before the question came. */
  const fresh = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    await readable();
    return question();
  };
  // Each thread that answers queries keeps its own steps: the workers, and this one.
  const each = { ...options.query, stepCacheBytes: Math.floor(options.query.stepCacheBytes / (QUERY_WORKERS + 1)) };
  const logs: LogHost = new LogHost({
    store: logStore,
    clock,
    log,
    taken: readable,
    query: (task, signal) => queries.run(task, signal),
  });
  const traces = new TraceHost({ store: traceStore, sampling, taken: readable });
  const queries: QueryPool = new QueryPool({
    workers: QUERY_WORKERS,
    limits: each,
    clock,
    log,
    serveReader: (port) => serveReader(store, port, readable),
    serveLogReader: (port) => logs.serve(port),
    serveTraceReader: (port) => traces.serve(port),
  });
  const [servedPort, ownPort] = directPorts();
  serveReader(store, servedPort, readable);
  const quick = new QuickQueries({ limits: each, clock, reader: connectReader(ownPort) });
  const seriesReads = new SeriesReads({ store, limits: options.query, log, serveReader: (port) => serveReader(store, port, readable) });
  const kept: readonly (readonly [what: string, store: { enforceRetention(): Promise<unknown> }])[] = [
    ['samples', store],
    ['log lines', logStore],
    ['spans', traceStore],
  ];
  const retention = clock.every(RETENTION_EVERY_MS, () => {
    for (const [what, of] of kept) {
      tellOfWork(`retention of ${what}`, { clock, tell: host.onSpans }, () => of.enforceRetention()).catch((error: unknown) =>
        log.error({ error: String(error) }, `retention of ${what} could not be enforced`),
      );
    }
  });
  const underWay = (signal: QuerySignal): number => queries.tasks.filter((task) => signalOf(task) === signal).length;

  return {
    advance: (position) => loader.advance(position),
    query: (task, signal) =>
      tellOfQuery(
        task,
        { clock, tell: host.onSpans },
        async (onTurn) => (await quick.run(task, signal)) ?? queries.run(task, signal, onTurn),
      ),
    labelNames: (request) => fresh(() => store.labelNames(labelRequest(request))),
    labelValues: (name, request) => fresh(() => store.labelValues(name, labelRequest(request))),
    series: (request) => fresh(async () => encodeSeries(await store.series(labelRequest(request)), request.limit)),
    exemplars: (request, signal) => fresh(() => answerExemplars(store, request, signal)),
    metadata: (metric, limit) => fresh(() => store.metadata(metric, limit)),
    storage: () => store.stats(),
    metricStorage: (limit) => describedCosts(store, limit),
    cardinality: (limit) => fresh(() => describedCardinality(store, limit)),
    openSeries: (request) => fresh(async () => seriesReads.open(request)),
    holdHistograms: (request) => fresh(async () => seriesReads.holdHistograms(request)),
    seriesReads,
    logs,
    administration: new Administration({ store, loader, clock, log, dataDirectory: options.dataDirectory }),
    state() {
      const { user, system } = process.cpuUsage();
      const { breaker, lagMs, lastError, deadLetters } = loader.state();
      return {
        breaker,
        lagMs,
        lastError,
        deadLetters,
        memoryBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        engineVersion,
        series: store.seriesCount,
        damagedParts: store.damagedParts,
        cache: store.hotStats,
        tailRows: store.tailRows,
        quarantinedRecords: reader.damage.quarantinedRecords,
        tornTails: reader.damage.tornTails,
        queriesRunning: quick.running + queries.running,
        stepCache: addedUp(quick.stepCache, queries.stepCache),
        logs: { ...logs.state(), queriesRunning: underWay('logs') },
        traces: { ...traces.state(), queriesRunning: underWay('traces') },
      };
    },
    async stop() {
      retention.cancel();
      quick.close();
      ownPort.close();
      logs.stop();
      await queries.close();
      await seriesReads.stop();
      await loader.stop();
      await reader.close();
      await engine.close();
    },
  };
}

/** What several threads keep of steps, together. */
function addedUp(a: StepCacheState, b: StepCacheState): StepCacheState {
  return {
    cachedSteps: a.cachedSteps + b.cachedSteps,
    computedSteps: a.computedSteps + b.computedSteps,
    bytes: a.bytes + b.bytes,
  };
}

/** As the store takes it. */
function labelRequest({ matcherSets, startMs, endMs, limit }: LabelsRequest): Parameters<MetricStore['labelNames']>[0] {
  return { matcherSets, start: startMs, end: endMs, limit };
}
