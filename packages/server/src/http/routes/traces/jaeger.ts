/** Jaeger's query API, under `/api` and under `/jaeger/api`, in a scope of its own: failures are answered as Jaeger answers them. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AtalayaError } from '@atalaya/model';
import type { PromqlTask } from '../../../engine/query-task.ts';
import { jaegerEnvelope } from '../../../traces/jaeger-answers.ts';
import { QueryAnswers } from '../../answer-query.ts';
import { asAtalayaError } from '../../failure.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';
import { sendJaegerFailure, sendTempoFailure } from '../../traces/failure.ts';
import {
  dependenciesJson,
  dependenciesQuery,
  type MatrixAnswer,
  type Measure,
  performanceJson,
  performanceQuery,
} from '../../traces/jaeger-metrics.ts';
import { dependenciesRange, performanceRange, quantileParameter } from '../../traces/jaeger-parameters.ts';
import {
  jaegerOperationsTask,
  jaegerSearchTask,
  jaegerServicesTask,
  jaegerTraceTask,
  type TraceTaskSource,
} from '../../traces/jaeger-tasks.ts';
import { unescaped } from '../../traces/path-names.ts';
import { tempoTraceTask, traceType, wantsProtobuf } from '../../traces/tempo-tasks.ts';

/** Registers the routes at the root and under `/jaeger`. */
export async function jaegerRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => register(scope, parts, false));
  await app.register(async (scope) => register(scope, parts, true), { prefix: '/jaeger' });
}

/** @param isAlone whether no other API shares the paths */
function register(app: FastifyInstance, parts: Parts, isAlone: boolean): void {
  const { clock, settings, log } = parts;
  const answers = new QueryAnswers(parts);
  app.setErrorHandler(async (thrown, request, reply) =>
    sendJaegerFailure(asAtalayaError(thrown, settings['limits.body']), request, reply, log),
  );
  const sourceOf = (request: FastifyRequest): TraceTaskSource => ({ parameters: parametersOf(request), settings, now: clock.now() });
  const get = (url: string, summary: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): void => {
    app.get(url, { schema: { tags: ['traces'], summary } }, handler);
  };

  get('/api/services', 'Lists services that have spans', (request, reply) => answers.answer(jaegerServicesTask(sourceOf(request)), reply));
  get('/api/services/:service/operations', 'Lists names of the operations of a service', (request, reply) => {
    const { service } = request.params as { service: string };
    return answers.answer(jaegerOperationsTask(sourceOf(request), unescaped(service)), reply);
  });
  get('/api/operations', 'Lists operations of a service with their kinds', (request, reply) =>
    answers.answer(jaegerOperationsTask(sourceOf(request)), reply),
  );
  get('/api/traces', 'Finds traces by service, operation, tags and duration', (request, reply) =>
    answers.answer(jaegerSearchTask(sourceOf(request)), reply),
  );
  app.get(
    '/api/traces/:traceId',
    {
      schema: {
        tags: ['traces'],
        summary: isAlone
          ? 'Gives a trace'
          : 'Gives a trace: as Jaeger, or as protobuf as Tempo where the client accepts application/protobuf',
      },
      errorHandler: (thrown, request, reply) => {
        const send = isTempos(request) ? sendTempoFailure : sendJaegerFailure;
        void send(asAtalayaError(thrown, settings['limits.body']), request, reply, log);
      },
    },
    async (request, reply) => {
      const { traceId } = request.params as { traceId: string };
      if (!isTempos(request)) return answers.answer(jaegerTraceTask(sourceOf(request), traceId), reply);
      return answers.answer(tempoTraceTask(sourceOf(request), traceId, 'tempo-protobuf'), reply, traceType('tempo-protobuf'));
    },
  );
  const isTempos = (request: FastifyRequest): boolean => !isAlone && wantsProtobuf(request);

  get('/api/dependencies', 'Tells which service calls which, and how often', async (request, reply) => {
    const parameters = parametersOf(request);
    const range = dependenciesRange(parameters, clock.now());
    const task: PromqlTask = { kind: 'instant', ...asked(dependenciesQuery(range, settings['query.features'])), timeMs: range.endMs };
    const answer = await matrix(task, reply);
    return sendJson(reply, jaegerEnvelope(dependenciesJson(answer, parameters.get('service') ?? '')));
  });

  const performance = (name: string, summary: string, measureOf: (parameters: URLSearchParams) => Measure): void =>
    get(`/api/metrics/${name}`, summary, async (request, reply) => {
      const parameters = parametersOf(request);
      const measure = measureOf(parameters);
      const range = performanceRange(parameters, clock.now());
      const { endMs, lookbackMs, stepMs } = range;
      if (lookbackMs / stepMs > settings['query.points']) {
        throw new AtalayaError('BAD_REQUEST', { reason: "unable to parse param 'step': it gives too many points" });
      }
      const task: PromqlTask = {
        kind: 'range',
        ...asked(performanceQuery(measure, range)),
        startMs: endMs - lookbackMs,
        endMs,
        stepMs,
      };
      return sendJson(reply, performanceJson(await matrix(task, reply), measure, range));
    });
  performance('latencies', 'A quantile of the latency of services over time', (parameters) => ({
    kind: 'latencies',
    quantile: quantileParameter(parameters),
  }));
  performance('calls', 'Calls per second of services over time', () => ({ kind: 'calls' }));
  performance('errors', 'Share of the calls of services that failed, over time', () => ({ kind: 'errors' }));
  get('/api/metrics/minstep', 'The shortest step of the other metrics, milliseconds', async (_request, reply) =>
    sendJson(reply, jaegerEnvelope('1')),
  );
  app.post(
    '/api/archive/:traceId',
    { schema: { tags: ['traces'], summary: 'Nothing is archived: what is kept is told by the retention' } },
    async (_request, reply) => {
      const msg = 'archive span storage was not configured: traces are kept as long as retention.traces says';
      return reply.code(501).send({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 501, msg }] });
    },
  );

  function asked(query: string): Pick<PromqlTask, 'query' | 'timeoutMs'> {
    return { query, timeoutMs: settings['query.timeout'] };
  }
  async function matrix(task: PromqlTask, reply: FastifyReply): Promise<MatrixAnswer> {
    return JSON.parse((await answers.bytes(task, reply)).toString()) as MatrixAnswer;
  }
}

const sendJson = (reply: FastifyReply, text: string): FastifyReply => reply.type('application/json').send(text);
