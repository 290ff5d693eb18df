/** Tempo's API, under `/api` and under `/tempo/api`, in a scope of its own: failures are answered as Tempo answers them. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TraceForm } from '../../../engine/trace-contract.ts';
import { VERSION } from '../../../version.ts';
import { QueryAnswers } from '../../answer-query.ts';
import { asAtalayaError } from '../../failure.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';
import { sendTempoFailure } from '../../traces/failure.ts';
import type { TraceTaskSource } from '../../traces/jaeger-tasks.ts';
import { unescaped } from '../../traces/path-names.ts';
import { inTempoWords } from '../../traces/tempo-parameters.ts';
import {
  tempoMetricsTask,
  tempoSearchTask,
  tempoTagsTask,
  tempoTagValuesTask,
  tempoTraceTask,
  traceType,
  wantsProtobuf,
} from '../../traces/tempo-tasks.ts';

/** Clients decide by the version what they may ask: the newest Tempo whose API this one is. */
const TEMPO_VERSION = '2.8.0';

/** Registers the routes at the root, as far as nobody else's path is the same, and under `/tempo`. */
export async function tempoRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => register(scope, parts));
  await app.register(
    async (scope) => {
      register(scope, parts);
      registerAlone(scope, parts);
    },
    { prefix: '/tempo' },
  );
}

function register(app: FastifyInstance, parts: Parts): void {
  const { clock, settings, log } = parts;
  const answers = new QueryAnswers(parts);
  app.setErrorHandler(async (thrown, request, reply) =>
    sendTempoFailure(inTempoWords(asAtalayaError(thrown, settings['limits.body'])), request, reply, log),
  );
  const sourceOf = (request: FastifyRequest): TraceTaskSource => ({ parameters: parametersOf(request), settings, now: clock.now() });
  const get = (url: string, summary: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): void => {
    app.get(url, { schema: { tags: ['traces'], summary } }, handler);
  };
  const tagOf = (request: FastifyRequest): string => unescaped((request.params as { tag: string }).tag);

  get('/api/search', 'Finds traces by TraceQL, or by tags and duration', (request, reply) =>
    answers.answer(tempoSearchTask(sourceOf(request)), reply),
  );
  get('/api/search/tags', 'Lists names of attributes', (request, reply) => answers.answer(tempoTagsTask(sourceOf(request), false), reply));
  get('/api/v2/search/tags', 'Lists names of attributes by scope', (request, reply) =>
    answers.answer(tempoTagsTask(sourceOf(request), true), reply),
  );
  get('/api/search/tag/:tag/values', 'Lists values of an attribute', (request, reply) =>
    answers.answer(tempoTagValuesTask(sourceOf(request), tagOf(request), false), reply),
  );
  get('/api/v2/search/tag/:tag/values', 'Lists values of an attribute with their types', (request, reply) =>
    answers.answer(tempoTagValuesTask(sourceOf(request), tagOf(request), true), reply),
  );
  get('/api/v2/traces/:traceId', 'Gives a trace as OTLP, in JSON or in protobuf', async (request, reply) => {
    const form: TraceForm = wantsProtobuf(request) ? 'tempo-v2-protobuf' : 'tempo-v2-json';
    const { traceId } = request.params as { traceId: string };
    return answers.answer(tempoTraceTask(sourceOf(request), traceId, form), reply, traceType(form));
  });
  get('/api/metrics/query_range', 'Computes series over time by TraceQL', (request, reply) =>
    answers.answer(tempoMetricsTask(sourceOf(request), true), reply),
  );
  get('/api/metrics/query', 'Computes one value of each series by TraceQL', (request, reply) =>
    answers.answer(tempoMetricsTask(sourceOf(request), false), reply),
  );
  get('/api/echo', 'Answers when Tempo would', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('echo'));
  get('/api/status/buildinfo', 'The Tempo whose API this one is', async () => ({
    version: TEMPO_VERSION,
    revision: VERSION,
    branch: 'main',
    buildUser: 'atalaya',
    buildDate: '',
    goVersion: '',
  }));
}

/** What is somebody else's at the root. */
function registerAlone(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;
  const answers = new QueryAnswers(parts);
  app.get(
    '/api/traces/:traceId',
    { schema: { tags: ['traces'], summary: 'Gives a trace as OTLP, in JSON or in protobuf: the older form' } },
    async (request, reply) => {
      const form: TraceForm = wantsProtobuf(request) ? 'tempo-protobuf' : 'tempo-json';
      const { traceId } = request.params as { traceId: string };
      const source = { parameters: parametersOf(request), settings, now: clock.now() };
      return answers.answer(tempoTraceTask(source, traceId, form), reply, traceType(form));
    },
  );
  app.get('/ready', { schema: { tags: ['health'], summary: 'Tempo-style readiness' } }, async (_request, reply) => {
    const ready = parts.dependencies().every(({ up }) => up);
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ready\n' : 'not ready\n');
  });
}
