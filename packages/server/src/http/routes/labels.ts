/** `/api/v1/{labels,label/…/values,series,metadata}`: what series, labels and metrics there are. */

import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LabelsRequest } from '../../engine/contract.ts';
import { limitParameter, matcherSets, parametersOf, timeRange } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Prometheus escapes names that are not valid in a path as `U__…`: `_` doubled, other characters as `_hex_`. */
function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  return name
    .slice(3)
    .replaceAll(/__|_([0-9a-fA-F]+)_/g, (_whole, hex?: string) =>
      hex === undefined ? '_' : String.fromCodePoint(Number.parseInt(hex, 16)),
    );
}

/** Registers the label routes. */
export function labelRoutes(app: FastifyInstance, parts: Parts): void {
  const { engine } = parts;

  const requestOf = (request: FastifyRequest): LabelsRequest => {
    const parameters = parametersOf(request);
    return { matcherSets: matcherSets(parameters), ...timeRange(parameters), limit: limitParameter(parameters) };
  };

  /** Asks for one more than the limit, to know whether to say that there is more. */
  const listed = async (method: string, params: unknown, limit: number | undefined): Promise<unknown> => {
    const data = (await engine.request(method, params)).value as string[];
    if (limit === undefined || data.length <= limit) return { status: 'success', data };
    return { status: 'success', data: data.slice(0, limit), warnings: ['results truncated due to limit'] };
  };
  const oneMore = (limit: number | undefined): number | undefined => (limit === undefined ? undefined : limit + 1);

  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/labels',
    schema: { tags: ['labels'], summary: 'Lists label names' },
    handler: async (request) => {
      const asked = requestOf(request);
      return listed('labelNames', { ...asked, limit: oneMore(asked.limit) }, asked.limit);
    },
  });

  app.get<{ Params: { name: string } }>(
    '/api/v1/label/:name/values',
    { schema: { tags: ['labels'], summary: 'Lists the values of one label' } },
    async (request) => {
      const name = unescapeName(request.params.name);
      if (name === '') throw new AtalayaError('BAD_REQUEST', { reason: `invalid label name: "${name}"` });
      const asked = requestOf(request);
      return listed('labelValues', { name, request: { ...asked, limit: oneMore(asked.limit) } }, asked.limit);
    },
  );

  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/series',
    schema: { tags: ['labels'], summary: 'Lists the series that match' },
    handler: async (request, reply): Promise<FastifyReply> => {
      const asked = requestOf(request);
      if (asked.matcherSets.length === 0) throw new AtalayaError('BAD_REQUEST', { reason: 'no match[] parameter provided' });
      const { bytes } = await engine.request('series', asked);
      return reply.type('application/json').send(Buffer.from(bytes ?? new Uint8Array()));
    },
  });

  app.get('/api/v1/metadata', { schema: { tags: ['labels'], summary: 'Type, help and unit of metrics' } }, async (request) => {
    const parameters = parametersOf(request);
    const metric = parameters.get('metric') ?? undefined;
    const answer = await engine.request('metadata', { metric, limit: limitParameter(parameters) });
    return { status: 'success', data: answer.value };
  });
}
