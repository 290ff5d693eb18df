/** Loki's HTTP API, in a scope of its own: failures are answered as Loki answers them. */

import type { FastifyInstance } from 'fastify';
import { asAtalayaError } from '../../failure.ts';
import { sendLokiFailure } from '../../loki/failure.ts';
import type { Parts } from '../../parts.ts';
import { lokiQueryRoutes } from './queries.ts';
import { lokiStatusRoutes } from './status.ts';
import { lokiStreamRoutes } from './streams.ts';
import { lokiTailRoute } from './tail.ts';

/** Registers Loki's routes, but for those that take lines in. */
export async function lokiRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(async (thrown, request, reply) =>
      sendLokiFailure(asAtalayaError(thrown, parts.settings['limits.body']), request, reply, parts.log),
    );
    lokiQueryRoutes(scope, parts);
    lokiStreamRoutes(scope, parts);
    lokiStatusRoutes(scope, parts);
    await lokiTailRoute(scope, parts);
  });
}
