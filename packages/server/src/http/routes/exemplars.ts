/** `/api/v1/query_exemplars`: the exemplars behind the series of an expression. */

import { childrenOf, type Expression } from '@atalaya/lang';
import { AtalayaError, type Matcher } from '@atalaya/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExemplarsRequest } from '../../engine/contract.ts';
import { parametersOf, plainQueryParameter, timeRange } from '../parameters.ts';
import type { Parts } from '../parts.ts';

/** Registers the route, GET and POST alike. */
export function exemplarRoutes(app: FastifyInstance, { engine }: Parts): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/query_exemplars',
    schema: { tags: ['query'], summary: 'Lists the exemplars of the series that an expression selects' },
    handler: async (request: FastifyRequest, reply): Promise<FastifyReply> => {
      const parameters = parametersOf(request);
      const range = timeRange(parameters);
      if (range.endMs < range.startMs) {
        throw new AtalayaError('BAD_REQUEST', { reason: 'end timestamp must not be before start timestamp' });
      }
      const asked: ExemplarsRequest = { ...range, matcherSets: matcherSetsOf(plainQueryParameter(parameters)) };
      // As in Prometheus: an expression without any selector has no answer at all.
      if (asked.matcherSets.length === 0) return reply.code(204).send();
      const { bytes } = await engine.request('exemplars', asked);
      return reply.type('application/json').send(Buffer.from(bytes ?? new Uint8Array()));
    },
  });
}

/** The matchers of each selector within an expression. */
function matcherSetsOf(expression: Expression): (readonly Matcher[])[] {
  return expression.kind === 'selector' ? [expression.matchers] : childrenOf(expression).flatMap(matcherSetsOf);
}
