/** A service of the shop: an HTTP server whose requests are server spans, with calls to others as client spans. */

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, ROOT_CONTEXT, type Span, type SpanAttributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Faults } from './faults.ts';
import { startTelemetry, type Ledger, type Telemetry } from './telemetry.ts';

/** What every service is made from. */
export interface Shop {
  /** Base address of OTLP over HTTP. */
  readonly endpoint: string;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** A number from 0 to 1, exclusive. */
  readonly random: () => number;
}

/** An answer that is no success. */
export class Failure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Failure';
    this.status = status;
  }
}

/** Answers a request with what becomes its JSON; `parameter` is what the last part of the route matched. */
export type Handler = (request: { readonly parameter: string; readonly body: Record<string, unknown> }) => Promise<unknown>;

interface Route {
  readonly method: string;
  /** Ends in `/{name}` where its last part is a parameter. */
  readonly template: string;
  readonly handler: Handler;
}

export class Service {
  readonly name: string;
  readonly shop: Shop;
  readonly telemetry: Telemetry;
  readonly #routes: Route[] = [];
  readonly #server: http.Server;

  constructor(name: string, shop: Shop) {
    this.name = name;
    this.shop = shop;
    this.telemetry = startTelemetry(name, shop.endpoint, shop.ledger);
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  route(method: string, template: string, handler: Handler): void {
    this.#routes.push({ method, template, handler });
  }

  /** Listens on a free port of the loopback address. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers no more requests; sends what telemetry waits. */
  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
    await this.telemetry.shutdown();
  }

  /** Does work within a span; an error ends the span as failed and is thrown on. */
  async span<Result>(name: string, kind: SpanKind, attributes: SpanAttributes, work: (span: Span) => Promise<Result>): Promise<Result> {
    return this.telemetry.tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  /** Asks another service, `peer` where that tells no spans of its own; rejects with {@link Failure} when it does not answer with success. */
  async call(method: string, base: string, path: string, body?: object, peer?: string): Promise<Record<string, unknown>> {
    const { hostname, port } = new URL(base);
    const attributes = {
      'http.request.method': method,
      'url.full': base + path,
      'server.address': hostname,
      'server.port': Number(port),
      ...(peer === undefined ? {} : { 'peer.service': peer }),
    };
    return this.span(method, SpanKind.CLIENT, attributes, async (span) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      propagation.inject(context.active(), headers);
      const response = await fetch(base + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      span.setAttribute('http.response.status_code', response.status);
      const answer = (await response.json()) as Record<string, unknown>;
      if (!response.ok) {
        span.setAttribute('error.type', String(response.status));
        const { error } = answer;
        throw new Failure(response.status, typeof error === 'string' ? error : response.statusText);
      }
      return answer;
    });
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const started = performance.now();
    const path = new URL(request.url ?? '/', 'http://shop').pathname;
    const method = request.method ?? 'GET';
    const found = this.#routes.find((route) => route.method === method && matches(route.template, path));
    const template = found?.template ?? 'unknown';
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = {
      'http.request.method': method,
      'http.route': template,
      'url.path': path,
      'url.scheme': 'http',
      'client.address': request.socket.remoteAddress ?? '',
      'user_agent.original': request.headers['user-agent'] ?? '',
    };
    const span = this.telemetry.tracer.startSpan(`${method} ${template}`, { kind: SpanKind.SERVER, attributes }, parent);
    await context.with(trace.setSpan(parent, span), async () => {
      const { status, answer } = await this.#answer(found, path, request);
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      const seconds = (performance.now() - started) / 1000;
      this.telemetry.requestDuration.record(seconds, {
        'http.request.method': method,
        'http.route': template,
        'http.response.status_code': status,
      });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      span.end();
    });
  }

  async #answer(route: Route | undefined, path: string, request: http.IncomingMessage): Promise<{ status: number; answer: unknown }> {
    try {
      if (route === undefined) throw new Failure(404, `no route ${path}`);
      const body = await readJson(request);
      return { status: 200, answer: await route.handler({ parameter: path.slice(path.lastIndexOf('/') + 1), body }) };
    } catch (error) {
      const { message } = error as Error;
      const status = error instanceof Failure ? error.status : 500;
      if (status >= 500)
        this.telemetry.log('error', `${request.method} ${path} failed: ${message}`, { 'http.response.status_code': status });
      return { status, answer: { error: message } };
    }
  }
}

function matches(template: string, path: string): boolean {
  if (!template.endsWith('}')) return template === path;
  const prefix = template.slice(0, template.lastIndexOf('/') + 1);
  return path.startsWith(prefix) && path.length > prefix.length && !path.slice(prefix.length).includes('/');
}

async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
}
