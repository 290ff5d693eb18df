/** `/loki/api/v1/{labels,label/…/values,series,index/stats,detected_labels}`: what streams and labels there are. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StreamsRequest } from '../../../engine/log-contract.ts';
import { boundsOf, LABELS_SINCE_MS, orderedBoundsOf, selectorOf, selectorsOf, type TimeRange } from '../../loki/parameters.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';

/** Registers the routes, GET and POST alike. */
export function lokiStreamRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, engine } = parts;

  const route = (url: string, summary: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): void => {
    app.route({ method: ['GET', 'POST'], url, schema: { tags: ['logs'], summary }, handler });
  };

  const labelsRequest = (request: FastifyRequest): StreamsRequest => {
    const parameters = parametersOf(request);
    return streamsRequest(boundsOf(parameters, clock.now(), LABELS_SINCE_MS), [selectorOf(parameters.get('query') ?? '')]);
  };
  const names = async (request: FastifyRequest): Promise<unknown> => {
    const { value } = await engine.request('logLabelNames', labelsRequest(request));
    return { status: 'success', data: value };
  };
  route('/loki/api/v1/labels', 'Lists names of stream labels', names);
  route('/loki/api/v1/label', 'Lists names of stream labels; the older name of the route', names);
  route('/loki/api/v1/label/:name/values', 'Lists the values of one stream label', async (request) => {
    const { name } = request.params as { name: string };
    const { value } = await engine.request('logLabelValues', { name, request: labelsRequest(request) });
    return { status: 'success', data: value };
  });
  route('/loki/api/v1/series', 'Lists the streams that match', async (request, reply) => {
    const parameters = parametersOf(request);
    const range = boundsOf(parameters, clock.now(), LABELS_SINCE_MS);
    const { bytes } = await engine.request('logSeries', streamsRequest(range, selectorsOf(parameters)));
    return reply.type('application/json').send(Buffer.from(bytes ?? new Uint8Array()));
  });
  route('/loki/api/v1/index/stats', 'Counts streams, lines and bytes that match', async (request) => {
    const parameters = parametersOf(request);
    const range = orderedBoundsOf(parameters, clock.now());
    return (await engine.request('logStats', streamsRequest(range, [selectorOf(parameters.get('query') ?? '')]))).value;
  });
  route('/loki/api/v1/detected_labels', 'Tells the stream labels and how many values they have', async (request) => {
    const parameters = parametersOf(request);
    const range = orderedBoundsOf(parameters, clock.now());
    const { value } = await engine.request('logDetectedLabels', streamsRequest(range, [selectorOf(parameters.get('query') ?? '')]));
    return { detectedLabels: value };
  });
}

/** As the engine takes it; no selector that demands something means all streams. */
function streamsRequest({ start, end }: TimeRange, sets: StreamsRequest['matcherSets']): StreamsRequest {
  const all = sets.some((matchers) => matchers.length === 0);
  return { matcherSets: all ? [] : sets, start: String(start), end: String(end) };
}
