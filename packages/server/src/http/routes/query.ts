/** `/api/v1/query` and `/api/v1/query_range`: PromQL, as the Prometheus HTTP API v1 defines them. */

import { parsePromql, prettyPromql } from '@atalaya/lang';
import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryTask } from '../../engine/query-task.ts';
import { durationParameter, limitParameter, parametersOf, requiredText, timeParameter } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Registers the query routes, GET and POST alike. */
export function queryRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;

  const timeoutOf = (parameters: URLSearchParams): number =>
    Math.min(durationParameter(parameters, 'timeout') ?? Number.POSITIVE_INFINITY, settings['query.timeout']);

  const common = (parameters: URLSearchParams): Pick<QueryTask, 'query' | 'timeoutMs' | 'lookbackMs' | 'limit'> => {
    const lookbackMs = durationParameter(parameters, 'lookback_delta');
    const limit = limitParameter(parameters);
    return {
      query: requiredText(parameters, 'query'),
      timeoutMs: timeoutOf(parameters),
      ...(lookbackMs === undefined ? {} : { lookbackMs }),
      ...(limit === undefined ? {} : { limit }),
    };
  };

  const ask = async (task: QueryTask, reply: FastifyReply): Promise<FastifyReply> => {
    const abandoned = new AbortController();
    // The client went away before it had its answer: the work is cancelled.
    const onClose = (): void => {
      if (!reply.raw.writableEnded) abandoned.abort();
    };
    reply.raw.once('close', onClose);
    try {
      const { bytes } = await parts.engine.request('query', task, abandoned.signal);
      return await reply
        .type('application/json')
        .send(Buffer.from(bytes?.buffer ?? new ArrayBuffer(0), bytes?.byteOffset, bytes?.byteLength));
    } finally {
      reply.raw.off('close', onClose);
    }
  };

  const instant = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parameters = parametersOf(request);
    const timeMs = timeParameter(parameters, 'time', clock.now());
    return ask({ kind: 'instant', ...common(parameters), timeMs }, reply);
  };

  const range = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parameters = parametersOf(request);
    requiredText(parameters, 'start');
    requiredText(parameters, 'end');
    requiredText(parameters, 'step');
    const startMs = timeParameter(parameters, 'start', 0);
    const endMs = timeParameter(parameters, 'end', 0);
    const stepMs = durationParameter(parameters, 'step') ?? 0;
    if (endMs < startMs)
      throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before start time' });
    if (stepMs <= 0) {
      throw new AtalayaError('BAD_PARAMETER', {
        parameter: 'step',
        reason: 'zero or negative query resolution step widths are not accepted. Try a positive integer',
      });
    }
    if ((endMs - startMs) / stepMs > settings['query.points']) {
      throw new AtalayaError('BAD_QUERY', {
        reason: `exceeded maximum resolution of ${settings['query.points']} points per timeseries. Try decreasing the query resolution (?step=XX)`,
      });
    }
    return ask({ kind: 'range', ...common(parameters), startMs, endMs, stepMs }, reply);
  };

  const format = async (request: FastifyRequest): Promise<unknown> => ({
    status: 'success',
    data: prettyPromql(parsePromql(requiredText(parametersOf(request), 'query'))),
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/query',
    schema: { tags: ['query'], summary: 'Evaluates a PromQL expression at one instant' },
    handler: instant,
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/query_range',
    schema: { tags: ['query'], summary: 'Evaluates a PromQL expression over a range of time' },
    handler: range,
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/format_query',
    schema: { tags: ['query'], summary: 'Formats a PromQL expression' },
    handler: format,
  });
}
