/** `/api/v1/{targets,scrape_pools,status/…}`: Prometheus' view of the running server. */

import os from 'node:os';
import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../../version.ts';
import { limitParameter, parametersOf } from '../parameters.ts';
import type { Parts } from '../parts.ts';

const success = (data: unknown): unknown => ({ status: 'success', data });

/** Registers the target and status routes. */
export function statusRoutes(app: FastifyInstance, parts: Parts): void {
  app.get('/api/v1/targets', { schema: { tags: ['targets'], summary: 'Scrape targets, found and dropped' } }, async (request) => {
    const parameters = parametersOf(request);
    const state = parameters.get('state')?.toLowerCase() ?? 'any';
    const pool = parameters.get('scrapePool');
    if (!['any', 'active', 'dropped'].includes(state)) {
      throw new AtalayaError('BAD_PARAMETER', { parameter: 'state', reason: `"${state}" is none of any, active, dropped` });
    }
    const { activeTargets, droppedTargets, droppedTargetCounts } = parts.targets();
    const ofPool = <Target extends { scrapePool: string }>(targets: readonly Target[]): readonly Target[] =>
      pool === null ? targets : targets.filter((target) => target.scrapePool === pool);
    return success({
      activeTargets: state === 'dropped' ? [] : ofPool(activeTargets),
      droppedTargets: state === 'active' ? [] : ofPool(droppedTargets),
      droppedTargetCounts,
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
      version: VERSION,
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
      application: 'atalaya',
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
      storageRetention: retention === 0 ? 'for ever' : `${Math.round(retention / 86_400_000)}d`,
    });
  });

  app.get('/api/v1/status/tsdb', { schema: { tags: ['status'], summary: 'Cardinality of what is stored' } }, async (request) =>
    success((await parts.engine.request('cardinality', limitParameter(parametersOf(request)) ?? 10)).value),
  );

  app.get(
    '/api/v1/status/config',
    { schema: { tags: ['status'], summary: 'The scrape configuration in force, secrets hidden' } },
    async () => success({ yaml: parts.scrapeConfiguration() }),
  );

  app.get('/api/v1/status/flags', { schema: { tags: ['status'], summary: 'The settings in force, secrets hidden' } }, async () =>
    success(Object.fromEntries(parts.configuration().settings.map(({ path, value }) => [path, value]))),
  );
}
