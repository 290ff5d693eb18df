/** One place that turns failures into answers: the Prometheus envelope, the status, `Retry-After`. */

import { AtalayaError, type Logger } from '@atalaya/model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The catalogue's error for anything thrown, fastify's own complaints included. */
export function asAtalayaError(thrown: unknown, bodyLimit: number): AtalayaError {
  if (thrown instanceof AtalayaError) return thrown;
  const { code, statusCode, message } = thrown as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AtalayaError('BODY_TOO_LARGE', { limit: bodyLimit, when: 'as sent', setting: 'limits.body' });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new AtalayaError('UNSUPPORTED_MEDIA', { given: message ?? '', supported: 'application/x-www-form-urlencoded' });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AtalayaError('BAD_REQUEST', { reason: message ?? 'bad request' }, { cause: thrown });
  }
  return AtalayaError.from(thrown);
}

/** Answers a failed request in the Prometheus envelope, `{"status":"error","errorType":…,"error":…}`, with our code beside. */
export async function sendFailure(error: AtalayaError, request: FastifyRequest, reply: FastifyReply, log: Logger): Promise<void> {
  if (error.code === 'INTERNAL')
    log.error({ error: error.cause ?? error, method: request.method, path: request.routeOptions.url }, 'a request failed unexpectedly');
  if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  await reply
    .code(error.status)
    .send({ status: 'error', errorType: error.type, error: error.message, code: error.code, retry: error.retry });
}
