/** The HTTP layer: parsing, access table, guards against other web pages, security headers, failures, routes. */

import compress from '@fastify/compress';
import swagger from '@fastify/swagger';
import { AtalayaError } from '@atalaya/model';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { VERSION } from '../version.ts';
import { ACCESS } from './access.ts';
import { asAtalayaError, sendFailure } from './failure.ts';
import { refuseForeignPages } from './foreign-pages.ts';
import { isNearby } from './nearby.ts';
import type { Parts } from './parts.ts';
import { adminRoutes } from './routes/admin.ts';
import { consoleApiRoutes } from './routes/console-api.ts';
import { exemplarRoutes } from './routes/exemplars.ts';
import { federateRoutes } from './routes/federate.ts';
import { healthRoutes } from './routes/health.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { labelRoutes } from './routes/labels.ts';
import { lokiRoutes } from './routes/loki/routes.ts';
import { queryRoutes } from './routes/query.ts';
import { remoteReadRoutes } from './routes/remote-read.ts';
import { ruleRoutes } from './routes/rules.ts';
import { statusRoutes } from './routes/status.ts';
import { jaegerRoutes } from './routes/traces/jaeger.ts';
import { tempoRoutes } from './routes/traces/tempo.ts';
import { traceRequests } from './trace-requests.ts';
import { webRoutes } from './routes/web.ts';

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/** A slow request may last so much longer than `limits.request_time`. */
const CONNECTIONS_CHECKED_EVERY_MS = 3000;

/** Builds the HTTP application; it does not listen yet. */
export async function buildHttp(parts: Parts): Promise<FastifyInstance> {
  const bodyLimit = parts.settings['limits.body'];
  const requestTimeout = parts.settings['limits.request_time'];
  const app = Fastify({
    bodyLimit,
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 4096 },
    // A client that sends its head or body a byte at a time is cut off; keep-alive connections may rest a while.
    requestTimeout,
    http: { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: CONNECTIONS_CHECKED_EVERY_MS },
    keepAliveTimeout: 72_000,
    connectionTimeout: 0,
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  );

  traceRequests(app, parts.traces);
  const seen = new Set<string>();
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || method === 'OPTIONS') continue;
      const key = `${method} ${route.url}`;
      if (!Object.hasOwn(ACCESS, key)) throw new Error(`the route ${key} has no entry in the access table (http/access.ts)`);
      seen.add(key);
    }
  });
  app.decorate('registeredRoutes', seen);

  app.addHook('onRequest', async (request, reply) => {
    refuseForeignPages(request, parts.settings);
    // The name by which the compressing hook knows that an answer is to stay as it is.
    if (isNearby(request)) request.headers['x-no-compression'] = 'nearby';
    reply.headers({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
  });
  app.addHook('onResponse', async (request, reply) => {
    parts.metrics.request(request.method, request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime);
  });
  app.setErrorHandler(async (thrown, request, reply) => sendFailure(asAtalayaError(thrown, bodyLimit), request, reply, parts.log));
  app.setNotFoundHandler(async (request, reply) =>
    sendFailure(new AtalayaError('NOT_FOUND', { what: `${request.method} ${request.url.split('?')[0]}` }), request, reply, parts.log),
  );

  // Request bodies stay as they came: each receiver unpacks its own, within its own limits.
  await app.register(compress, {
    global: true,
    globalDecompression: false,
    threshold: 4096,
    encodings: ['gzip'],
    zlibOptions: { level: 1 },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Atalaya',
        version: VERSION,
        description: 'HTTP API of Atalaya. The /api/v1 paths are the Prometheus HTTP API v1.',
        license: { name: 'Apache-2.0' },
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    queryRoutes(scope, parts);
    exemplarRoutes(scope, parts);
    labelRoutes(scope, parts);
    federateRoutes(scope, parts);
    await remoteReadRoutes(scope, parts);
    adminRoutes(scope, parts);
    ruleRoutes(scope);
    await lokiRoutes(scope, parts);
    await jaegerRoutes(scope, parts);
    await tempoRoutes(scope, parts);
    statusRoutes(scope, parts);
    healthRoutes(scope, parts);
    consoleApiRoutes(scope, parts);
    await ingestRoutes(scope, parts);
    // Browsers ask this before they let a page of another origin in; none is let in, so nothing is granted.
    scope.options('/api/v1/*', { schema: { hide: true } }, async (_request, reply) => reply.code(204).send());
    scope.get('/api/atalaya/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    await webRoutes(scope);
  });
  return app;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** `METHOD path` of every route, to be compared with the access table. */
    readonly registeredRoutes: ReadonlySet<string>;
  }
}
