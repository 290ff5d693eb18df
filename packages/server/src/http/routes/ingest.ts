/** `/api/v1/write`: the Prometheus remote-write receiver. */

import type { IncomingMessage } from 'node:http';
import { AtalayaError } from '@atalaya/model';
import { declaredLength } from '@atalaya/receive';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyBudget, receiveBody, type TakeBytes } from '../body-budget.ts';
import type { Parts } from '../parts.ts';

/** Registers the ways in over HTTP. Bodies arrive as bytes: each receiver decodes its own. */
export async function ingestRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  const limit = parts.settings['limits.body'];
  const budget = new BodyBudget(parts.settings['limits.bodies']);
  const accounts = new WeakMap<FastifyRequest, TakeBytes>();
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addHook('onRequest', async (request, reply) => void accounts.set(request, budget.open(reply.raw)));
    scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
      receiveBody(payload, limit, accounts.get(request) as TakeBytes),
    );
    scope.post(
      '/api/v1/write',
      { schema: { tags: ['ingest'], summary: 'Prometheus remote write 1.0 and 2.0' } },
      async (request, reply) => {
        if (parts.stopping()) throw new AtalayaError('SHUTTING_DOWN', {}, { retryAfterSeconds: 5 });
        const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
        accounts.get(request)?.(Math.min(declaredLength(body), limit));
        const answer = await parts.remoteWrite.handle({ headers: request.headers, body });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    );
  });
}
