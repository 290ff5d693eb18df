/** `/api/v1/query` and `/api/v1/query_range`: PromQL, as the Prometheus HTTP API v1 defines them; and their explanation. */

import { parsePromql, prettyPromql } from '@atalaya/lang';
import { explanationSchema } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryTask } from '../../engine/query-task.ts';
import { parametersOf, requiredText } from '../parameters.ts';
import type { Parts } from '../parts.ts';
import { instantTask, rangeTask } from '../query-tasks.ts';

/** Registers the query routes, GET and POST alike. */
export function queryRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;

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

  const instant = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    ask(instantTask(parametersOf(request), settings, clock.now()), reply);

  const range = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    ask(rangeTask(parametersOf(request), settings), reply);

  const explain = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parameters = parametersOf(request);
    const task = parameters.get('start') === null ? instantTask(parameters, settings, clock.now()) : rangeTask(parameters, settings);
    return ask({ ...task, explain: true }, reply);
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
    url: '/api/atalaya/explain',
    schema: {
      tags: ['query'],
      summary: 'Runs a query and tells how it was planned and what each part of it took',
      response: { 200: explanationSchema },
    },
    handler: explain,
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/format_query',
    schema: { tags: ['query'], summary: 'Formats a PromQL expression' },
    handler: format,
  });
}
