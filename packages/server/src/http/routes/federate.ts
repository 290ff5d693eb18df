/** `/federate`: the newest samples of chosen series, for another Prometheus to scrape. */

import type { FastifyInstance } from 'fastify';
import type { SeriesRequest } from '../../engine/contract.ts';
import { negotiateExposition } from '../negotiate-exposition.ts';
import { parametersOf, selectors } from '../parameters.ts';
import type { Parts } from '../parts.ts';
import { abandonedSignal, seriesPieces, streamed } from '../series-pieces.ts';

/** Registers federation. */
export function federateRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;
  app.get('/federate', { schema: { tags: ['query'], summary: 'The newest samples of series, to be scraped' } }, async (request, reply) => {
    const { format, utf8, contentType } = negotiateExposition(request.headers.accept ?? '');
    const now = clock.now();
    const wanted: SeriesRequest = {
      matcherSets: selectors(parametersOf(request)),
      startMs: now - settings['query.lookback'],
      endMs: now,
      form: { kind: 'exposition', format, utf8 },
    };
    const signal = abandonedSignal(reply);
    async function* text(): AsyncGenerator<Uint8Array> {
      for await (const { bytes } of seriesPieces(parts, wanted, signal)) yield bytes;
    }
    return reply.type(contentType).send(await streamed(text(), parts, reply));
  });
}
