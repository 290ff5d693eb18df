/** Traces the requests to the HTTP APIs: a server span each, by OpenTelemetry's semantic conventions. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnAttributes } from '../telemetry/own-traces/own-span.ts';
import type { OwnTrace } from '../telemetry/own-traces/own-trace.ts';
import type { OwnTraces, OwnWork } from '../telemetry/own-traces/own-traces.ts';
import { parseTraceparent } from '../telemetry/own-traces/trace-context.ts';
import { ACCESS } from './access.ts';

const MOST_CHARACTERS = 1024;

/** Adds the hooks; before all others, so that what they do is seen, too. */
export function traceRequests(app: FastifyInstance, traces: OwnTraces): void {
  const open = new WeakMap<FastifyRequest, OwnTrace>();
  app.addHook('onRequest', (request, _reply, done) => {
    // Requests that bring telemetry are told of when they have ended, and seldom: they come all the time, and tracing them must cost nothing.
    const trace = bringsTelemetry(request) ? undefined : traces.begin(parseTraceparent(header(request, 'traceparent')));
    if (trace === undefined) {
      done();
      return;
    }
    open.set(request, trace);
    traces.within(trace, done);
  });
  // What follows a body is called by the connection, which knows nothing of the request.
  app.addHook('preValidation', (request, _reply, done) => {
    const trace = open.get(request);
    if (trace === undefined) done();
    else traces.within(trace, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const trace = open.get(request);
    if (trace !== undefined) traces.end(trace, workOf(request, reply));
    else if (bringsTelemetry(request)) traces.did(workOf(request, reply), 'server');
    done();
  });
}

function bringsTelemetry(request: FastifyRequest): boolean {
  return ACCESS[`${request.method} ${request.routeOptions.url ?? ''}`] === 'ingest';
}

function workOf(request: FastifyRequest, reply: FastifyReply): OwnWork {
  const route = request.routeOptions.url;
  const { statusCode } = reply;
  const failed = statusCode >= 500;
  return {
    name: route === undefined ? request.method : `${request.method} ${route}`,
    durationMs: reply.elapsedTime,
    attributes: attributesOf(request, route, statusCode, failed),
    failure: failed ? `answered ${statusCode}` : undefined,
  };
}

function attributesOf(request: FastifyRequest, route: string | undefined, statusCode: number, failed: boolean): OwnAttributes {
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
    'error.type': failed ? String(statusCode) : undefined,
  };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
