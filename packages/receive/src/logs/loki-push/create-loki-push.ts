/** The receiver of Loki's push API: from a request's headers and body to a journal record and an answer. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { decompress } from '../../body/decompress.ts';
import type { LogAppender, LogWriter } from '../../log-writer.ts';
import { declaredLength, SnappyDecoder } from '../../remote-write/snappy-block.ts';
import { readJsonPush } from './json-push.ts';
import { LabelTexts } from './label-text.ts';
import { badPush, PushTarget } from './push-target.ts';
import { readProtobufPush } from './protobuf-push.ts';

/** A push request as HTTP brought it: headers by lower-case name, the body still compressed. */
export interface LokiPushRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** Called with the bytes that decompression adds, before they are there. @throws AtalayaError when they are too many at the moment. */
  readonly reserve: (bytes: number) => void;
}

/** The answer; the body is text. */
export interface LokiPushAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the receiver is made of; limits in bytes. */
export interface LokiPushOptions {
  readonly writer: LogWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: { readonly bodyBytes: number };
}

/** Counts since the start. */
export interface LokiPushStats {
  /** Answers by status code. */
  readonly answers: Readonly<Record<number, number>>;
  readonly receivedLines: number;
  /** Bytes of bodies, as sent and decompressed. */
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
}

/** The receiver of `POST /loki/api/v1/push`. */
export interface LokiPush {
  /** Answers one request. Never rejects: every failure is an answer. A 204 means that everything is on disk; otherwise what is valid is stored nevertheless, unless the whole could not be read or written. */
  handle(request: LokiPushRequest): Promise<LokiPushAnswer>;
  stats(): LokiPushStats;
}

/** When the journal does not say itself how long to wait. */
const RETRY_AFTER_SECONDS = 5;
/** Refusals are a sender's doing and would repeat with each of its requests. */
const WARN_EVERY_MS = 60_000;
/** A large body is read in slices of so many lines, a few milliseconds each, so that others get their turn. */
const SLICE_LINES = 5000;
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };

/** Makes the receiver. */
export function createLokiPush({ writer, clock, log, limits }: LokiPushOptions): LokiPush {
  const labelTexts = new LabelTexts();
  const answers: Record<number, number> = {};
  const totals = { receivedLines: 0, compressedBytes: 0, uncompressedBytes: 0 };
  let nextWarning = -Infinity;

  async function open({ headers, body, reserve }: LokiPushRequest): Promise<{ content: Uint8Array; json: boolean }> {
    if (body.length > limits.bodyBytes) {
      throw new AtalayaError('BODY_TOO_LARGE', { limit: limits.bodyBytes, when: 'as sent', setting: 'limits.body' });
    }
    const [mediaType = ''] = header(headers, 'content-type').split(';');
    const encoding = header(headers, 'content-encoding').toLowerCase();
    const json = mediaType.trim().toLowerCase() === 'application/json';
    if (!json && mediaType.trim().toLowerCase() !== 'application/x-protobuf') {
      const given = mediaType === '' ? 'no Content-Type' : mediaType;
      throw new AtalayaError('UNSUPPORTED_MEDIA', { given: given.slice(0, 200), supported: 'application/json, application/x-protobuf' });
    }
    if (body.length === 0) badPush('the body is empty');
    if (json || (encoding !== '' && encoding !== 'snappy')) {
      if (encoding !== '') reserve(body.length);
      return { content: await decompress(body, encoding, limits.bodyBytes), json };
    }
    // Not memory that is used again: the body is read in slices, between which others come.
    reserve(Math.min(declaredLength(body), limits.bodyBytes));
    return { content: new SnappyDecoder().decode(body, limits.bodyBytes), json };
  }

  async function push(request: LokiPushRequest): Promise<LokiPushAnswer> {
    const { content, json } = await open(request);
    totals.compressedBytes += request.body.length;
    totals.uncompressedBytes += content.length;
    const appender = writer.appender({ mayRepeat: true, truncates: false });
    try {
      return await take(content, json, appender);
    } finally {
      // Gives the memory of its columns to the next request.
      appender.discard();
    }
  }

  async function take(content: Uint8Array, json: boolean, appender: LogAppender): Promise<LokiPushAnswer> {
    const target = new PushTarget(writer, appender, clock.now());
    const read = json ? readJsonPush : readProtobufPush;
    for (const _slice of read(content, target, labelTexts, SLICE_LINES)) await nextTurn();
    totals.receivedLines += target.lines;
    if (target.streams === 0) return { status: 422, headers: TEXT, body: 'error at least one valid stream is required for ingestion' };
    await appender.commit();
    const { refusalText } = target;
    if (refusalText === '') return { status: 204, headers: {}, body: '' };
    warn(refusalText);
    const status = target.tooManyStreams ? 429 : 400;
    return { status, headers: TEXT, body: refusalText };
  }

  function warn(reason: string): void {
    if (clock.monotonic() < nextWarning) return;
    nextWarning = clock.monotonic() + WARN_EVERY_MS;
    log.warn({ reason }, 'log push: a request was refused, wholly or in part; further ones within a minute are only counted');
  }

  function failure(thrown: unknown): LokiPushAnswer {
    const error = AtalayaError.from(thrown);
    const headers: Record<string, string> = { ...TEXT };
    if (error.retry) headers['Retry-After'] = String(Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
    if (error.code === 'INTERNAL') log.error({ error: thrown }, 'log push failed');
    else warn(error.message);
    return { status: error.status, headers, body: error.message };
  }

  return {
    async handle(request) {
      const answer = await push(request).catch(failure);
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
      return answer;
    },
    stats: () => ({ answers: { ...answers }, ...totals }),
  };
}

function header(headers: LokiPushRequest['headers'], name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value?.join(', ') ?? '')).trim();
}
