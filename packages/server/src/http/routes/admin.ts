/** `/api/v1/admin/tsdb/*`: deleting series and taking snapshots, where the setting `api.admin` allows it. */

import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DeletionRequest, SnapshotRequest } from '../../engine/contract.ts';
import { booleanParameter, namingParameter, parametersOf, selectors, timeRange } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Registers the administration of what is stored. */
export function adminRoutes(app: FastifyInstance, parts: Parts): void {
  const { engine, journal, settings } = parts;

  const route = (name: string, summary: string, handler: (parameters: URLSearchParams, reply: FastifyReply) => Promise<unknown>): void => {
    app.route({
      method: ['POST', 'PUT'],
      url: `/api/v1/admin/tsdb/${name}`,
      schema: { tags: ['admin'], summary },
      handler: async (request: FastifyRequest, reply) => {
        if (!settings['api.admin']) throw new AtalayaError('ADMIN_DISABLED', {});
        return handler(parametersOf(request), reply);
      },
    });
  };

  route('delete_series', 'Deletes samples of series', async (parameters, reply) => {
    if (!parameters.has('match[]')) throw new AtalayaError('BAD_REQUEST', { reason: 'no match[] parameter provided' });
    const { startMs, endMs } = timeRange(parameters);
    const matcherSets = namingParameter(() => selectors(parameters));
    const wanted: DeletionRequest = { matcherSets, startMs, endMs, durable: journal.durable };
    if (startMs <= endMs) await engine.request('deleteSeries', wanted);
    return reply.code(204).send();
  });

  route('clean_tombstones', 'Takes what was deleted off the disk', async (_parameters, reply) => {
    await engine.request('cleanTombstones', null);
    return reply.code(204).send();
  });

  route('snapshot', 'Copies what is stored to <data>/snapshots', async (parameters) => {
    const skipHead = booleanParameter(parameters, 'skip_head', 'unable to parse boolean');
    const wanted: SnapshotRequest = skipHead ? {} : { durable: journal.durable };
    const { value } = await engine.request('snapshot', wanted);
    return { status: 'success', data: { name: value } };
  });
}
