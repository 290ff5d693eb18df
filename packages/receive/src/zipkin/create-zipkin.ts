/** The receiver of Zipkin's spans (`POST /api/v2/spans`): from a request's bytes to a journal record and an answer. */

import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { decompress } from '../body/decompress.ts';
import { parseJson } from '../otlp/json-text.ts';
import type { SpanWriter } from '../span-writer.ts';
import { explainRefusal } from '../traces/explain-refusal.ts';
import { SpanCollector, SpanCollectors } from '../traces/span-collector.ts';
import { walkZipkinJson } from './zipkin-json.ts';

/** A request: headers by lower-case name, the body still compressed. */
export interface ZipkinRequest {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
  /** Told of the bytes that decompression has taken. @throws AtalayaError when they are too many at the moment. */
  readonly reserve: (bytes: number) => void;
}

/** The answer; the body is text. */
export interface ZipkinAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the receiver is made of; limits in bytes. */
export interface ZipkinOptions {
  readonly writer: SpanWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: { readonly bodyBytes: number };
}

/** The receiver. */
export interface Zipkin {
  /** Answers one request. Never rejects: every failure is an answer. A 202 means that everything which was not refused is on disk. */
  handle(request: ZipkinRequest): Promise<ZipkinAnswer>;
}

const WARN_EVERY_MS = 60_000;
const RETRY_AFTER_SECONDS = 5;
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const SUPPORTED = 'application/json, version 2 of Zipkin; for anything else there is OTLP: POST /v1/traces, or gRPC';

/** Makes the receiver. */
export function createZipkin({ writer, clock, log, limits }: ZipkinOptions): Zipkin {
  const collectors = new SpanCollectors(writer, clock);
  let nextWarning = -Infinity;

  async function open({ contentType, contentEncoding, body, reserve }: ZipkinRequest): Promise<string> {
    const type = ((contentType ?? '').split(';', 1)[0] as string).trim().toLowerCase();
    if (type !== '' && type !== 'application/json') {
      throw new AtalayaError('UNSUPPORTED_MEDIA', { given: type.slice(0, 200), supported: SUPPORTED });
    }
    if (body.length > limits.bodyBytes) {
      throw new AtalayaError('BODY_TOO_LARGE', { limit: limits.bodyBytes, when: 'as sent', setting: 'limits.body' });
    }
    const content = await decompress(body, (contentEncoding ?? '').trim().toLowerCase(), limits.bodyBytes);
    if (content !== body) reserve(content.length);
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  }

  async function take(request: ZipkinRequest): Promise<ZipkinAnswer> {
    const spans = parseJson(await open(request), false);
    const collector = new SpanCollector(collectors);
    try {
      for (const _pause of walkZipkinJson(spans, collector, clock.now())) await nextTurn();
      await collector.commit();
    } finally {
      collector.discard();
    }
    for (const [reason, count] of collector.refused) warn(`${count} spans: ${explainRefusal(reason, writer.limits)}`);
    return { status: 202, headers: {}, body: '' };
  }

  function failure(thrown: unknown): ZipkinAnswer {
    const error = AtalayaError.from(thrown);
    const headers: Record<string, string> = { ...TEXT };
    if (error.retry) headers['Retry-After'] = String(Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
    if (error.code === 'INTERNAL') log.error({ error: thrown }, 'Zipkin spans failed');
    else warn(error.message);
    return { status: error.status, headers, body: error.message };
  }

  function warn(reason: string): void {
    if (clock.monotonic() < nextWarning) return;
    nextWarning = clock.monotonic() + WARN_EVERY_MS;
    log.warn({ reason }, 'Zipkin spans: a request was refused, wholly or in part; further ones within a minute are only counted');
  }

  return { handle: (request) => take(request).catch(failure) };
}
