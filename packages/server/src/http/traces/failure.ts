/** Failures on the routes of Jaeger and Tempo, each in its form and with the status that it answers with. */

import type { AtalayaError, Logger } from '@atalaya/model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Jaeger and Tempo know a trace that is not there by these words. */
const NO_TRACE = 'trace not found';

const isUnknownTrace = ({ code, details }: AtalayaError): boolean => code === 'NOT_FOUND' && String(details['what']).startsWith('trace ');

/** Answers as Jaeger does: its envelope, with the reason as an error. */
export async function sendJaegerFailure(error: AtalayaError, request: FastifyRequest, reply: FastifyReply, log: Logger): Promise<void> {
  prepare(error, request, reply, log);
  const msg = isUnknownTrace(error) ? NO_TRACE : error.message;
  await reply
    .code(error.status)
    .type('application/json')
    .send({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code: error.status, msg }] });
}

/** Answers as Tempo does: plain text. */
export async function sendTempoFailure(error: AtalayaError, request: FastifyRequest, reply: FastifyReply, log: Logger): Promise<void> {
  prepare(error, request, reply, log);
  await reply
    .code(error.code === 'QUERY_TIMEOUT' ? 504 : error.status)
    .type('text/plain; charset=utf-8')
    .send(isUnknownTrace(error) ? NO_TRACE : error.message);
}

function prepare(error: AtalayaError, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  if (error.code === 'INTERNAL')
    log.error({ error: error.cause ?? error, method: request.method, path: request.routeOptions.url }, 'a request failed unexpectedly');
  if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
}
