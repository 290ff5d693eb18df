/** `/api/v1/write`: the Prometheus remote-write receiver. */

import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';

/** Registers the ways in over HTTP. Bodies arrive as bytes: each receiver decodes its own. */
export async function ingestRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      '/api/v1/write',
      { schema: { tags: ['ingest'], summary: 'Prometheus remote write 1.0 and 2.0' } },
      async (request, reply) => {
        if (parts.stopping()) throw new AtalayaError('SHUTTING_DOWN', {}, { retryAfterSeconds: 5 });
        const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
        const answer = await parts.remoteWrite.handle({ headers: request.headers, body });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    );
  });
}
