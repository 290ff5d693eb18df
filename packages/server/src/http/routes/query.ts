/** `/api/v1/query…`: PromQL, evaluated, explained or taken apart, as the Prometheus HTTP API v1 defines it. */

import { astToJson, prettyPromql } from '@atalaya/lang';
import { explanationSchema } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PromqlTask } from '../../engine/query-task.ts';
import { QueryAnswers } from '../answer-query.ts';
import { parametersOf, queryParameter } from '../parameters.ts';
import type { Parts } from '../parts.ts';
import { instantTask, rangeTask } from '../query-tasks.ts';

/** Registers the query routes, GET and POST alike. */
export function queryRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;
  const answers = new QueryAnswers(parts);

  const ask = (task: PromqlTask, reply: FastifyReply): Promise<FastifyReply> => answers.answer(task, reply);

  const instant = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    ask(instantTask(parametersOf(request), settings, clock.now()), reply);

  const range = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    ask(withCaching(rangeTask(parametersOf(request), settings), request), reply);

  const explain = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parameters = parametersOf(request);
    const task =
      parameters.get('start') === null
        ? instantTask(parameters, settings, clock.now())
        : withCaching(rangeTask(parameters, settings), request);
    return ask({ ...task, explain: true }, reply);
  };

  const format = async (request: FastifyRequest): Promise<unknown> => ({
    status: 'success',
    data: prettyPromql(queryParameter(parametersOf(request)).expression),
  });

  const parse = async (request: FastifyRequest): Promise<unknown> => {
    const { text, expression } = queryParameter(parametersOf(request));
    return { status: 'success', data: astToJson(text, expression) };
  };

  const route = (url: string, summary: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): void => {
    app.route({ method: ['GET', 'POST'], url, schema: { tags: ['query'], summary }, handler });
  };
  route('/api/v1/query', 'Evaluates a PromQL expression at one instant', instant);
  route('/api/v1/query_range', 'Evaluates a PromQL expression over a range of time', range);
  route('/api/v1/format_query', 'Formats a PromQL expression', format);
  route('/api/v1/parse_query', 'Gives the syntax tree of a PromQL expression', parse);
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
}

/** A client that forbids caches gets every step computed anew. */
function withCaching(task: PromqlTask, request: FastifyRequest): PromqlTask {
  const forbidden = /\bno-store\b/.test(request.headers['cache-control'] ?? '');
  return forbidden && task.kind === 'range' ? { ...task, fresh: true } : task;
}
