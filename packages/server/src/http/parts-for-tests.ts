/** Stand-ins for the running parts, so that routes can be tested without processes, disks or sockets. */

import { AtalayaError, ManualClock, silentLogger, type Status } from '@atalaya/model';
import type { Answer } from '../engine/channel.ts';
import { defaultSettings } from '../reference/openapi.ts';
import { BodyBudget } from './body-budget.ts';
import { OwnTraces } from '../telemetry/own-traces/own-traces.ts';
import { OwnMetrics, type Readings } from '../telemetry/own-metrics.ts';
import type { Parts } from './parts.ts';

/** What was asked of the engine, and the answers it gives; a method without an answer is away. */
export interface FakeEngine {
  readonly asked: { method: string; params: unknown }[];
  answers: Record<string, Answer>;
}

/** Parts whose engine gives prepared answers. Override what a test is about. */
export function fakeParts(overrides: Partial<Parts> = {}): { parts: Parts; engine: FakeEngine } {
  const engine: FakeEngine = { asked: [], answers: {} };
  const clock = new ManualClock(1_700_000_000_000);
  const parts = {
    settings: defaultSettings(),
    clock,
    log: silentLogger,
    startedAt: clock.now(),
    traces: new OwnTraces(clock),
    metrics: new OwnMetrics('0.0.0', () => READINGS),
    writer: { stats: () => ({ samplesWritten: 7, activeSeries: 3, seriesLimit: 10, seriesCreated: 3, rejected: { too_old: 2 } }) },
    engine: {
      state: 'ready',
      report: undefined,
      async request(method: string, params: unknown): Promise<Answer> {
        engine.asked.push({ method, params });
        const answer = engine.answers[method];
        if (answer === undefined) throw new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'it is starting' }, { retryAfterSeconds: 1 });
        return answer;
      },
    },
    bodies: new BodyBudget(1 << 28),
    remoteWrite: { handle: async () => ({ status: 204, headers: {}, body: '' }) },
    targets: () => ({ activeTargets: [], droppedTargets: [], droppedTargetCounts: {}, scrapePools: ['node'] }),
    logTargets: () => [],
    scrapeConfiguration: () => 'scrape_configs: []\n',
    configuration: () => ({
      files: [],
      settings: [{ path: 'listen', value: '127.0.0.1:3002', source: 'default' }],
      warnings: [],
      loadedAt: clock.now(),
    }),
    status: async () => STATUS,
    dependencies: () => STATUS.dependencies,
    journal: { stats: () => STATUS.journal },
    reload: async () => undefined,
    lastEnqueueAt: () => undefined,
    stopping: () => false,
    ...overrides,
  } as unknown as Parts;
  return { parts, engine };
}

const READINGS: Readings = {
  bufferBytes: 50,
  bufferCapacityBytes: 200,
  enqueued: 90,
  histogramsWritten: 7,
  exemplarsWritten: 3,
  exemplarsRejected: { too_long: 1 },
  dropped: { too_old: 10 },
  throughputPerSecond: 5,
  activeSeries: 3,
  engineReady: true,
  engineRestarts: 0,
  engineMemoryBytes: 1,
  engineCpuSeconds: 1,
  breaker: 'half-open',
  lagMs: 1500,
  healthy: true,
  cpuPercent: 1,
  memoryBytes: 1,
  cpuSeconds: 1,
  fsyncMeanMs: 1,
  fsyncErrors: 0,
  quarantinedRecords: 0,
  storedSeries: 3,
  damagedParts: 0,
  stepCache: { cachedSteps: 5, computedSteps: 3, bytes: 100 },
  queriesRunning: 0,
  cache: undefined,
  tailRows: 0,
  ownTraces: { written: 6, dropped: 0, leftOut: 3 },
  ownLogs: { written: 5, dropped: 1, suppressed: 2 },
  otlp: {
    logs: { requests: { 'http/protobuf': 1, 'http/json': 2, grpc: 3 }, failedRequests: 1, records: 9, refused: {} },
    metrics: { requests: { 'http/protobuf': 4, 'http/json': 5, grpc: 6 }, failedRequests: 2, records: 70, refused: { no_value: 3 } },
    traces: { requests: { 'http/protobuf': 4, 'http/json': 0, grpc: 0 }, failedRequests: 0, records: 8, refused: { invalid_id: 2 } },
  },
  otlpDeltas: { series: 2, gaps: 1 },
  spans: {
    spansWritten: 5,
    spansLeftOut: 1,
    rejected: { invalid_id: 2, too_old: 0, too_far_in_future: 0, attribute_limit: 0, span_too_large: 0 },
    gate: { filtered: 1, rateLimited: 2, sampledOut: 0 },
    derived: undefined,
    sampling: undefined,
  },
  targetsUp: 1,
  targetsDown: 0,
  traces: { services: 2, operations: 5, waitingSpans: 0, repeated: 1, sampling: undefined, queriesRunning: 0 },
  logs: { linesWritten: 12, bytesWritten: 340, linesTruncated: 1, rejected: { too_old: 4 }, activeStreams: 2, state: undefined },
};

const STATUS = {
  journal: { state: 'ok', bytes: 50, limitBytes: 200 },
  engine: { state: 'ready', breaker: 'closed' },
  host: { name: 'here' },
  dependencies: [
    { name: 'journal', up: true, message: '' },
    { name: 'engine', up: true, message: '' },
  ],
} as unknown as Status;
