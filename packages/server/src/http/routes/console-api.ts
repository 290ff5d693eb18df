/** `/api/atalaya/*`: what the console asks besides the Prometheus API; and operating the program. */

import { AtalayaError, configurationSchema, logTargetsSchema, metricStorageSchema, statusSchema } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { limitParameter, parametersOf } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Registers the console's own API and the reload. */
export function consoleApiRoutes(plain: FastifyInstance, parts: Parts): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/atalaya/status',
    { schema: { tags: ['atalaya'], summary: 'How every part of the program is', response: { 200: statusSchema } } },
    async () => parts.status(),
  );

  app.get(
    '/api/atalaya/config',
    { schema: { tags: ['atalaya'], summary: 'The configuration in force, secrets hidden', response: { 200: configurationSchema } } },
    async () => parts.configuration(),
  );

  app.get(
    '/api/atalaya/log-targets',
    { schema: { tags: ['atalaya'], summary: 'What log lines are collected from on this host', response: { 200: logTargetsSchema } } },
    async () => ({ targets: [...parts.logTargets()] }),
  );

  app.get(
    '/api/atalaya/storage/metrics',
    { schema: { tags: ['atalaya'], summary: 'What each metric costs, the largest first', response: { 200: metricStorageSchema } } },
    async (request) => {
      const answer = await parts.engine.request('metricStorage', limitParameter(parametersOf(request)) ?? 100);
      return metricStorageSchema.parse(answer.value);
    },
  );

  app.route({
    method: ['POST', 'PUT'],
    url: '/-/reload',
    schema: { tags: ['operation'], summary: 'Reads the configuration again; a bad one changes nothing' },
    handler: async (_request, reply) => {
      try {
        await parts.reload();
        return await reply.code(200).send();
      } catch (error) {
        if (error instanceof AtalayaError)
          throw new AtalayaError('BAD_REQUEST', { reason: `failed to reload config: ${error.message}` }, { cause: error });
        throw error;
      }
    },
  });
}
