/** Ways in over HTTP: Prometheus remote write, Loki's push, Zipkin's spans, OTLP. */

import type { IncomingMessage } from 'node:http';
import { AtalayaError } from '@atalaya/model';
import { declaredLength, type OtlpHttpAnswer } from '@atalaya/receive';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { eachOtlpSignal } from '../../otlp-signals.ts';
import { receiveBody, type TakeBytes } from '../body-budget.ts';
import { asAtalayaError } from '../failure.ts';
import type { Parts } from '../parts.ts';

/** Where senders can turn whose encoding of spans is not taken. */
const OTHER_SPANS =
  'OTLP (POST /v1/traces, or gRPC), to which the OpenTelemetry Collector translates what older clients send, and Zipkin v2 JSON (POST /api/v2/spans)';

/** Registers the ways in over HTTP. Bodies arrive as bytes: each receiver decodes its own. */
export async function ingestRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  const limit = parts.settings['limits.body'];
  const accounts = new WeakMap<FastifyRequest, TakeBytes>();
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addHook('onRequest', async (request, reply) => void accounts.set(request, parts.bodies.open(reply.raw)));
    scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
      receiveBody(payload, limit, accounts.get(request) as TakeBytes),
    );
    const bodyOf = (request: FastifyRequest): Uint8Array => {
      if (parts.stopping()) throw new AtalayaError('SHUTTING_DOWN', {}, { retryAfterSeconds: 5 });
      return request.body instanceof Uint8Array ? request.body : new Uint8Array();
    };
    scope.post(
      '/api/v1/write',
      { schema: { tags: ['ingest'], summary: 'Prometheus remote write 1.0 and 2.0' } },
      async (request, reply) => {
        const body = bodyOf(request);
        accounts.get(request)?.(Math.min(declaredLength(body), limit));
        const answer = await parts.remoteWrite.handle({ headers: request.headers, body });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    );
    for (const [url, summary] of [
      ['/loki/api/v1/push', "Loki's push API: lines in JSON or in snappy-compressed protobuf"],
      ['/api/prom/push', "Loki's push API under its older name"],
    ] as const) {
      scope.post(url, { schema: { tags: ['ingest'], summary } }, async (request, reply) => {
        const reserve = (bytes: number): void => accounts.get(request)?.(bytes);
        const answer = await parts.lokiPush.handle({ headers: request.headers, body: bodyOf(request), reserve });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      });
    }
    scope.post(
      '/api/v2/spans',
      { schema: { tags: ['ingest'], summary: "Zipkin's spans, version 2 of its JSON" } },
      async (request, reply) => {
        const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers;
        const reserve = (bytes: number): void => accounts.get(request)?.(bytes);
        const answer = await parts.zipkin.handle({ contentType, contentEncoding, body: bodyOf(request), reserve });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    );
    for (const [url, summary] of [
      ['/api/traces', "Jaeger's thrift over HTTP: not taken, the answer says what is"],
      ['/api/v1/spans', "Zipkin's spans, version 1: not taken, the answer says what is"],
    ] as const) {
      scope.post(url, { schema: { tags: ['ingest'], summary } }, async (request) => {
        const given = (request.headers['content-type'] ?? 'no Content-Type').slice(0, 200);
        throw new AtalayaError('UNSUPPORTED_MEDIA', { given, supported: OTHER_SPANS });
      });
    }
    for (const [name, { paths }] of eachOtlpSignal()) {
      for (const [url, summary] of Object.entries(paths)) {
        // As bytes, since fastify would add a charset to the type of a text, and clients compare the type with theirs.
        const send = (reply: FastifyReply, { status, headers, body }: OtlpHttpAnswer): FastifyReply =>
          reply.code(status).headers(headers).send(Buffer.from(body));
        scope.post(
          url,
          {
            schema: { tags: ['ingest'], summary },
            // OTLP has failures of its own form, those too that happen before the body has been read.
            errorHandler: (error, request, reply) =>
              void send(reply, parts.otlp[name].refuse(request.headers['content-type'], asAtalayaError(error, limit))),
          },
          async (request, reply) => {
            const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers;
            const reserve = (bytes: number): void => accounts.get(request)?.(bytes);
            return send(reply, await parts.otlp[name].handle({ contentType, contentEncoding, body: bodyOf(request), reserve }));
          },
        );
      }
    }
  });
}
