/** `/api/v1/{targets,scrape_pools,status/…}`: Prometheus' view of the running server. */

import os from 'node:os';
import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../../version.ts';
import type { CardinalityAnswer } from '../../engine/contract.ts';
import { parametersOf, positiveParameter } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Clients decide by the version what they may ask: the newest Prometheus whose API this one is. */
const PROMETHEUS_VERSION = '3.8.0';

const success = (data: unknown): unknown => ({ status: 'success', data });

declare global {
  interface JSON {
    /** Text that is written as it is. */
    rawJSON(text: string): object;
  }
}

// Prometheus' borders of time, which stand where there is no sample; too large for a number.
const NO_SAMPLE = { minTime: JSON.rawJSON('9223372036854775807'), maxTime: JSON.rawJSON('-9223372036854775808') };

/** In the words of Prometheus, whose head is here the whole store and whose chunks are the parts of the samples' table. */
function tsdbStatus(cardinality: CardinalityAnswer): unknown {
  const { series, labelPairs, parts, oldestSample, newestSample } = cardinality;
  return {
    headStats: {
      numSeries: series,
      numLabelPairs: labelPairs,
      chunkCount: parts,
      minTime: oldestSample ?? NO_SAMPLE.minTime,
      maxTime: newestSample ?? NO_SAMPLE.maxTime,
    },
    seriesCountByMetricName: cardinality.seriesByMetric,
    labelValueCountByLabelName: cardinality.valuesByLabel,
    memoryInBytesByLabelName: cardinality.memoryByLabel,
    seriesCountByLabelValuePair: cardinality.seriesByPair,
  };
}

/** Registers the target and status routes. */
export function statusRoutes(app: FastifyInstance, parts: Parts): void {
  app.get('/api/v1/targets', { schema: { tags: ['targets'], summary: 'Scrape targets, found and dropped' } }, async (request) => {
    const parameters = parametersOf(request);
    const state = parameters.get('state')?.toLowerCase() ?? '';
    const pool = parameters.get('scrapePool') ?? '';
    const shown = (wanted: string): boolean => state === '' || state === 'any' || state === wanted;
    const { activeTargets, droppedTargets, droppedTargetCounts } = parts.targets();
    const ofPool = <Target extends { scrapePool: string }>(targets: readonly Target[]): readonly Target[] =>
      pool === '' ? targets : targets.filter(({ scrapePool }) => scrapePool === pool);
    return success({
      activeTargets: shown('active') ? ofPool(activeTargets) : [],
      droppedTargets: shown('dropped') ? ofPool(droppedTargets) : [],
      droppedTargetCounts: shown('dropped') ? droppedTargetCounts : null,
    });
  });

  app.get('/api/v1/scrape_pools', { schema: { tags: ['targets'], summary: 'Names of the scrape pools' } }, async () =>
    success({ scrapePools: parts.targets().scrapePools }),
  );

  app.get('/api/v1/targets/metadata', { schema: { tags: ['targets'], summary: 'Metadata per target' } }, async () => {
    throw new AtalayaError('NOT_SUPPORTED', { what: 'metadata per target', reason: 'metadata is kept per metric: ask /api/v1/metadata' });
  });

  app.get('/api/v1/status/buildinfo', { schema: { tags: ['status'], summary: 'Version of the program' } }, async () =>
    success({
      version: PROMETHEUS_VERSION,
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
      application: 'atalaya',
      applicationVersion: VERSION,
      nodeVersion: process.versions.node,
    }),
  );

  app.get('/api/v1/status/runtimeinfo', { schema: { tags: ['status'], summary: 'State of the running program' } }, async () => {
    const configuration = parts.configuration();
    const retention = parts.settings['retention.metrics'];
    return success({
      startTime: new Date(parts.startedAt).toISOString(),
      CWD: process.cwd(),
      hostname: os.hostname(),
      serverTime: new Date(parts.clock.now()).toISOString(),
      reloadConfigSuccess: configuration.lastReload?.ok ?? true,
      lastConfigTime: new Date(configuration.loadedAt).toISOString(),
      corruptionCount: parts.engine.report?.quarantinedRecords ?? 0,
      // Go's figures; there is no Go here.
      goroutineCount: 0,
      GOMAXPROCS: os.availableParallelism(),
      GOMEMLIMIT: 0,
      GOGC: '',
      GODEBUG: '',
      storageRetention: retention === 0 ? 'for ever' : `${Math.round(retention / 86_400_000)}d`,
    });
  });

  app.get('/api/v1/status/tsdb', { schema: { tags: ['status'], summary: 'Cardinality of what is stored' } }, async (request, reply) => {
    const limit = positiveParameter(parametersOf(request), 'limit', 10);
    const { value } = await parts.engine.request('cardinality', limit);
    return reply.type('application/json').send(JSON.stringify(success(tsdbStatus(value as CardinalityAnswer))));
  });

  app.get('/api/v1/status/walreplay', { schema: { tags: ['status'], summary: 'Progress of loading at the start' } }, async () => {
    // Nothing is replayed before questions are answered: the engine loads the journal beside them.
    return success({ min: 0, max: 0, current: 0 });
  });

  app.get(
    '/api/v1/status/config',
    { schema: { tags: ['status'], summary: 'The scrape configuration in force, secrets hidden' } },
    async () => success({ yaml: parts.scrapeConfiguration() }),
  );

  app.get('/api/v1/status/flags', { schema: { tags: ['status'], summary: 'The settings in force, secrets hidden' } }, async () =>
    success(Object.fromEntries(parts.configuration().settings.map(({ path, value }) => [path, value]))),
  );
}
