/** Traces the requests to the HTTP APIs: a server span each, by OpenTelemetry's semantic conventions. */

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { OwnAttributes } from '../telemetry/own-traces/own-span.ts';
import type { OwnTrace } from '../telemetry/own-traces/own-trace.ts';
import type { OwnTraces } from '../telemetry/own-traces/own-traces.ts';
import { parseTraceparent } from '../telemetry/own-traces/trace-context.ts';
import { ACCESS } from './access.ts';

const MOST_CHARACTERS = 1024;

/** What is called for a request to one route. */
type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
interface Hooks {
  readonly onRequest?: Hook;
  readonly preValidation?: Hook;
  readonly onResponse: Hook;
}

/** Adds the hooks to every route that is registered from now on: to each those that it needs, as they know their route. */
export function traceRequests(app: FastifyInstance, traces: OwnTraces): void {
  const open = new WeakMap<FastifyRequest, OwnTrace>();
  app.addHook('onRoute', (route) => {
    const method = [route.method].flat()[0] ?? '';
    // Requests that bring telemetry are told of when they have ended, and seldom: they come all the time, and tracing them must cost nothing.
    const hooks = ACCESS[`${method} ${route.url}`] === 'ingest' ? hooksOfIngest(route, traces) : hooksOfRequest(route, traces, open);
    for (const [name, hook] of Object.entries(hooks) as [keyof Hooks, Hook][]) {
      route[name] = [hook, ...([route[name] ?? []].flat() as Hook[])];
    }
  });
}

function hooksOfIngest({ url }: RouteOptions, traces: OwnTraces): Hooks {
  const kind = `POST ${url}`;
  return {
    onResponse(request, reply, done) {
      const failure = failureOf(reply);
      if (traces.wants(kind, reply.elapsedTime, failure)) {
        traces.did({ name: kind, durationMs: reply.elapsedTime, attributes: attributesOf(request, url, reply), failure }, 'server');
      }
      done();
    },
  };
}

function hooksOfRequest({ url }: RouteOptions, traces: OwnTraces, open: WeakMap<FastifyRequest, OwnTrace>): Hooks {
  return {
    onRequest(request, _reply, done) {
      // A route for HEAD has the hooks of the one for GET that it was made of, and its own.
      const trace = open.has(request) ? undefined : traces.begin(parseTraceparent(header(request, 'traceparent')));
      if (trace === undefined) {
        done();
        return;
      }
      open.set(request, trace);
      traces.within(trace, done);
    },
    // What follows a body is called by the connection, which knows nothing of the request.
    preValidation(request, _reply, done) {
      const trace = open.get(request);
      if (trace === undefined) done();
      else traces.within(trace, done);
    },
    onResponse(request, reply, done) {
      const trace = open.get(request);
      open.delete(request);
      const failure = failureOf(reply);
      if (trace !== undefined && traces.end(trace, reply.elapsedTime, failure)) {
        traces.keep(trace, `${request.method} ${url}`, reply.elapsedTime, attributesOf(request, url, reply), failure);
      }
      done();
    },
  };
}

function failureOf({ statusCode }: FastifyReply): string | undefined {
  return statusCode >= 500 ? `answered ${statusCode}` : undefined;
}

function attributesOf(request: FastifyRequest, route: string, { statusCode }: FastifyReply): OwnAttributes {
  const length = Number(header(request, 'content-length') ?? Number.NaN);
  return {
    'http.request.method': request.method,
    'http.route': route,
    'http.response.status_code': statusCode,
    'url.path': request.url.split('?', 1)[0]?.slice(0, MOST_CHARACTERS),
    'url.scheme': 'http',
    'network.protocol.version': request.raw.httpVersion,
    'client.address': request.ip,
    'user_agent.original': header(request, 'user-agent')?.slice(0, MOST_CHARACTERS),
    'http.request.body.size': Number.isSafeInteger(length) ? length : undefined,
    'error.type': statusCode >= 500 ? String(statusCode) : undefined,
  };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
