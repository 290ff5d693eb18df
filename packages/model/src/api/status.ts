/** What `/api/atalaya/*` answers: schemas shared by the server (OpenAPI) and the console (types). */

import { z } from 'zod';

/** `GET /api/atalaya/status`: how every part of this program is. Sizes in bytes, times in milliseconds since the epoch. */
export const statusSchema = z.object({
  version: z.string(),
  nodeVersion: z.string(),
  startedAt: z.number(),
  now: z.number(),
  /** The built-in host collector's labels, so that pages can ask for this machine. */
  host: z.object({
    name: z.string(),
    os: z.string(),
    kernel: z.string(),
    cpus: z.number(),
    memoryBytes: z.number(),
    job: z.string(),
    instance: z.string(),
    collectorEnabled: z.boolean(),
  }),
  engine: z.object({
    state: z.enum(['starting', 'ready', 'down', 'stopping']),
    kind: z.enum(['embedded', 'server']),
    version: z.string().optional(),
    restarts: z.number(),
    memoryBytes: z.number().optional(),
    memoryLimitBytes: z.number().optional(),
    breaker: z.enum(['closed', 'open', 'half-open']),
    /** Age of the oldest acknowledged record that is not yet in the store, milliseconds; 0 when all is loaded. */
    lagMs: z.number(),
    loadedRows: z.number(),
    lastError: z.string().optional(),
  }),
  journal: z.object({
    state: z.enum(['ok', 'full', 'failing', 'closed']),
    bytes: z.number(),
    limitBytes: z.number(),
    segments: z.number(),
    fsyncMeanMs: z.number(),
    fsyncMaxMs: z.number(),
    fsyncErrors: z.number(),
    quarantinedRecords: z.number(),
    tornTails: z.number(),
    lastError: z.string().optional(),
  }),
  ingest: z.object({
    samplesPerSecond: z.number(),
    samplesTotal: z.number(),
    activeSeries: z.number(),
    seriesLimit: z.number(),
    rejected: z.record(z.string(), z.number()),
  }),
  storage: z.object({
    dataDir: z.string(),
    diskBytes: z.number(),
    diskFreeBytes: z.number(),
    diskSizeBytes: z.number(),
    series: z.number(),
    samples: z.number(),
    bytesPerSample: z.number().optional(),
    oldestSample: z.number().optional(),
    tables: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), parts: z.number() })),
    retention: z.object({ metricsMs: z.number(), metricsBytes: z.number() }),
  }),
  /** Spans in the table, what they take on disk with their indexes, and what is known of their senders. */
  traces: z.object({ spans: z.number(), bytes: z.number(), services: z.number(), operations: z.number(), retentionMs: z.number() }),
  processes: z.array(z.object({ name: z.string(), pid: z.number(), memoryBytes: z.number(), cpuPercent: z.number() })),
  dependencies: z.array(z.object({ name: z.string(), up: z.boolean(), message: z.string() })),
  /** Where else it listens; one that is not up could not have its address. */
  listeners: z.array(z.object({ name: z.string(), setting: z.string(), address: z.string(), up: z.boolean(), message: z.string() })),
  limits: z.array(
    z.object({ setting: z.string(), value: z.number(), unit: z.enum(['count', 'bytes', 'ms']), used: z.number().optional() }),
  ),
});
export type Status = z.infer<typeof statusSchema>;

/** `GET /api/atalaya/config`: the configuration in force, secrets shown as `<secret>`. */
export const configurationSchema = z.object({
  files: z.array(z.object({ name: z.string(), path: z.string().optional(), content: z.string() })),
  settings: z.array(z.object({ path: z.string(), value: z.string(), source: z.enum(['default', 'file', 'environment', 'option']) })),
  warnings: z.array(z.object({ file: z.string(), line: z.number().optional(), message: z.string() })),
  loadedAt: z.number(),
  lastReload: z.object({ at: z.number(), ok: z.boolean(), message: z.string() }).optional(),
});
export type Configuration = z.infer<typeof configurationSchema>;

/** `GET /api/atalaya/storage/metrics?limit=`: what each metric costs, the largest first. */
export const metricStorageSchema = z.object({
  metrics: z.array(
    z.object({ metric: z.string(), type: z.string(), help: z.string(), series: z.number(), samples: z.number(), bytes: z.number() }),
  ),
  total: z.number(),
});
export type MetricStorage = z.infer<typeof metricStorageSchema>;
