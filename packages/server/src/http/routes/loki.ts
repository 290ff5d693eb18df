/** `/loki/api/v1/*`: what is there of Loki's HTTP API. Failures are answered as plain text, as Loki answers them. */

import { LogqlError, parseLogql, prettyLogql } from '@atalaya/lang';
import type { FastifyInstance } from 'fastify';
import { parametersOf } from '../parameters.ts';

/** Registers Loki's routes. */
export function lokiRoutes(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/format_query',
    schema: { tags: ['logs'], summary: 'Formats a LogQL expression' },
    handler: async (request, reply) => {
      try {
        return await reply.send({ status: 'success', data: prettyLogql(parseLogql(parametersOf(request).get('query') ?? '')) });
      } catch (error) {
        if (!(error instanceof LogqlError)) throw error;
        return reply.code(400).type('text/plain; charset=utf-8').send(error.message);
      }
    },
  });
}
