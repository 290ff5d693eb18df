/** Failures on Loki's routes: plain text, and the status that Loki answers with. */

import type { AtalayaError, ErrorCode, Logger } from '@atalaya/model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where Loki's status is another one than Prometheus'. */
const STATUS: Partial<Record<ErrorCode, number>> = { QUERY_LIMIT: 400, QUERY_FAILED: 400, QUERY_TIMEOUT: 504 };

/** Answers a failed request as Loki does. */
export async function sendLokiFailure(error: AtalayaError, request: FastifyRequest, reply: FastifyReply, log: Logger): Promise<void> {
  if (error.code === 'INTERNAL')
    log.error({ error: error.cause ?? error, method: request.method, path: request.routeOptions.url }, 'a request failed unexpectedly');
  if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  await reply
    .code(STATUS[error.code] ?? error.status)
    .type('text/plain; charset=utf-8')
    .send(`${error.message}\n`);
}
