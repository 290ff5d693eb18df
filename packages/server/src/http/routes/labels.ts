/** `/api/v1/{labels,label/…/values,series,metadata}`: what series, labels and metrics there are. */

import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LabelsRequest, MetadataAnswer } from '../../engine/contract.ts';
import { countParameter, limitParameter, matcherSets, namingParameter, parametersOf, timeRange } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Prometheus escapes names that are not valid in a path as `U__…`: `_` doubled, other characters as `_hex_`. */
function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  return name
    .slice(3)
    .replaceAll(/__|_([0-9a-fA-F]{1,6})_/g, (whole, hex?: string) =>
      hex === undefined ? '_' : isCodePoint(Number.parseInt(hex, 16)) ? String.fromCodePoint(Number.parseInt(hex, 16)) : whole,
    );
}

const isCodePoint = (code: number): boolean => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

/** Registers the label routes. */
export function labelRoutes(app: FastifyInstance, parts: Parts): void {
  const { engine } = parts;

  const requestOf = (parameters: URLSearchParams): LabelsRequest => {
    const limit = limitParameter(parameters);
    return { ...timeRange(parameters), matcherSets: matcherSets(parameters), limit };
  };

  /** Asks for one more than the limit, to know whether to say that there is more. */
  const listed = async (ask: (asked: LabelsRequest) => Promise<{ value?: unknown }>, asked: LabelsRequest): Promise<unknown> => {
    const { limit, startMs, endMs } = asked;
    if (endMs < startMs) return { status: 'success', data: [] };
    const data = (await ask({ ...asked, limit: limit === undefined ? undefined : limit + 1 })).value as string[];
    if (limit === undefined || data.length <= limit) return { status: 'success', data };
    return { status: 'success', data: data.slice(0, limit), warnings: ['results truncated due to limit'] };
  };

  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/labels',
    schema: { tags: ['labels'], summary: 'Lists label names' },
    handler: async (request) => listed((asked) => engine.request('labelNames', asked), requestOf(parametersOf(request))),
  });

  app.get<{ Params: { name: string } }>(
    '/api/v1/label/:name/values',
    { schema: { tags: ['labels'], summary: 'Lists the values of one label' } },
    async (request) => {
      const name = unescapeName(request.params.name);
      if (name === '' || !name.isWellFormed())
        throw new AtalayaError('BAD_REQUEST', { reason: `invalid label name: ${JSON.stringify(name)}` });
      return listed((asked) => engine.request('labelValues', { name, request: asked }), requestOf(parametersOf(request)));
    },
  );

  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/series',
    schema: { tags: ['labels'], summary: 'Lists the series that match' },
    handler: async (request: FastifyRequest, reply): Promise<FastifyReply> => {
      const parameters = parametersOf(request);
      if (!parameters.has('match[]')) throw new AtalayaError('BAD_REQUEST', { reason: 'no match[] parameter provided' });
      const asked = namingParameter(() => requestOf(parameters));
      if (asked.endMs < asked.startMs) return reply.send({ status: 'success', data: [] });
      const { bytes } = await engine.request('series', asked);
      return reply.type('application/json').send(Buffer.from(bytes ?? new Uint8Array()));
    },
  });

  app.get('/api/v1/metadata', { schema: { tags: ['labels'], summary: 'Type, help and unit of metrics' } }, async (request) => {
    const parameters = parametersOf(request);
    const metric = parameters.get('metric') ?? '';
    const limit = countParameter(parameters, 'limit');
    const perMetric = countParameter(parameters, 'limit_per_metric');
    if (limit === 0) return { status: 'success', data: {} };
    const { value } = await engine.request('metadata', { metric: metric === '' ? undefined : metric, limit });
    if (perMetric === undefined || perMetric === 0) return { status: 'success', data: value };
    const data = Object.entries(value as MetadataAnswer).map(([name, entries]) => [name, entries.slice(0, perMetric)]);
    return { status: 'success', data: Object.fromEntries(data) as unknown };
  });
}
