/** The receiver of OTLP, the same for all signals: from a request's bytes, by HTTP or gRPC, to a journal record and an answer. */

import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { decompress } from '../body/decompress.ts';
import { describeRefusals, encodeResponse, type PartialSuccess, type RejectedField, responseJson } from './partial-success.ts';
import { encodeRpcStatus, rpcStatusJson, rpcStatusOf } from './rpc-status.ts';
import type { Taker } from './taker.ts';

/** A request by HTTP: headers by lower-case name, the body still compressed. */
export interface OtlpHttpRequest {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
  /** Told of the bytes that decompression has taken. It may throw, and then the request is answered with that error. */
  readonly reserve?: (bytes: number) => void;
}

/** The HTTP answer; the body is of the type that the request had. */
export interface OtlpHttpAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

/** How a request came. */
export type OtlpWay = 'http/protobuf' | 'http/json' | 'grpc';

/** Counts since the start. */
export interface OtlpStats {
  /** Requests by how they came. */
  readonly requests: Readonly<Record<OtlpWay, number>>;
  readonly failedRequests: number;
  /** Of metrics: data points. */
  readonly records: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** What every receiver of OTLP needs; `bodyBytes` is the largest body, before and after decompression. */
export interface OtlpOptions {
  readonly clock: Clock;
  readonly limits: { readonly bodyBytes: number };
  readonly log: Logger;
}

/** What makes one signal different from the others. */
export interface OtlpSignal<Reason extends string, AnyTaker extends Taker<Reason>> {
  /** As in `OTLP logs failed`. */
  readonly name: string;
  /** As in `3 of 5 log records were refused`. */
  readonly records: string;
  /** Name of the count of refused records in answers. */
  readonly rejectedField: RejectedField;
  /** Says of a reason what it means. */
  explain(reason: Reason): string;
  /** A taker for one request. */
  open(): AnyTaker;
  /** Decodes a request of protobuf into the taker. @throws AtalayaError BAD_ENCODING */
  walkProtobuf(content: Uint8Array, taker: AnyTaker): Generator<undefined, AnyTaker>;
  /** Decodes a request of JSON into takers that `open` makes, of which the one that it gives is to be committed. @throws AtalayaError BAD_ENCODING */
  walkJson(text: string, open: () => AnyTaker): Generator<undefined, AnyTaker>;
}

/** The receiver of one signal. A success means that everything which was not refused is on disk. */
export interface OtlpReceiver {
  /** Answers `POST /v1/…`. Never rejects: every failure is an answer. */
  handle(request: OtlpHttpRequest): Promise<OtlpHttpAnswer>;
  /** The answer to a failure that happened before a request could be handled, such as a body that is too large. */
  refuse(contentType: string | undefined, thrown: unknown): OtlpHttpAnswer;
  /** …Service/Export: message in, message out, both protobuf. Rejects with an AtalayaError. */
  export(message: Uint8Array): Promise<Uint8Array>;
  stats(): OtlpStats;
}

/** Refusals are a sender's doing and would repeat with each of its requests. */
const WARN_EVERY_MS = 60_000;
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/** Makes the receiver of a signal. */
export function createOtlpReceiver<Reason extends string, AnyTaker extends Taker<Reason>>(
  signal: OtlpSignal<Reason, AnyTaker>,
  { clock, limits, log }: OtlpOptions,
): OtlpReceiver {
  const requests = { 'http/protobuf': 0, 'http/json': 0, grpc: 0 };
  const refused: Record<string, number> = {};
  const totals = { failedRequests: 0, records: 0 };
  let nextWarning = -Infinity;

  async function decode(content: Uint8Array, way: OtlpWay): Promise<AnyTaker> {
    const opened: AnyTaker[] = [];
    const open = (): AnyTaker => {
      const taker = signal.open();
      opened.push(taker);
      return taker;
    };
    try {
      return await inSlices(way === 'http/json' ? signal.walkJson(utf8(content), open) : signal.walkProtobuf(content, open()));
    } catch (error) {
      for (const taker of opened) taker.discard();
      throw error;
    }
  }

  async function take(content: Uint8Array, way: OtlpWay): Promise<PartialSuccess | undefined> {
    requests[way]++;
    const taker = await decode(content, way);
    await taker.commit();
    totals.records += taker.records;
    for (const [reason, count] of taker.refused) refused[reason] = (refused[reason] ?? 0) + count;
    const partial = describeRefusals(taker, signal);
    if (partial !== undefined) warn(partial.message);
    return partial;
  }

  async function answer({ contentType, contentEncoding, body, reserve }: OtlpHttpRequest): Promise<OtlpHttpAnswer> {
    const type = mediaType(contentType);
    if (type !== PROTOBUF && type !== JSON_TYPE) {
      throw new AtalayaError('UNSUPPORTED_MEDIA', { given: (contentType ?? '').slice(0, 200), supported: `${PROTOBUF}, ${JSON_TYPE}` });
    }
    if (body.length > limits.bodyBytes) {
      throw new AtalayaError('BODY_TOO_LARGE', { limit: limits.bodyBytes, when: 'as sent', setting: 'limits.body' });
    }
    const encoding = (contentEncoding ?? '').trim().toLowerCase();
    // Nothing at all is the empty request, however it was to be compressed.
    const content = body.length === 0 ? body : await decompress(body, encoding, limits.bodyBytes);
    if (content !== body) reserve?.(content.length);
    const json = type === JSON_TYPE;
    const partial = await take(content, json ? 'http/json' : 'http/protobuf');
    return {
      status: 200,
      headers: { 'Content-Type': type },
      body: json ? responseJson(partial, signal.rejectedField) : encodeResponse(partial),
    };
  }

  function refuse(contentType: string | undefined, thrown: unknown): OtlpHttpAnswer {
    const error = AtalayaError.from(thrown);
    note(error);
    const status = rpcStatusOf(error);
    const json = mediaType(contentType) !== PROTOBUF;
    return {
      status: error.status,
      headers: {
        'Content-Type': json ? JSON_TYPE : PROTOBUF,
        ...(status.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(status.retryAfterSeconds) }),
      },
      body: json ? rpcStatusJson(status) : encodeRpcStatus(status),
    };
  }

  function note(error: AtalayaError): void {
    totals.failedRequests++;
    if (error.code === 'INTERNAL') log.error({ error: error.cause ?? error }, `OTLP ${signal.name} failed`);
    else warn(error.message);
  }

  function warn(reason: string): void {
    if (clock.monotonic() < nextWarning) return;
    nextWarning = clock.monotonic() + WARN_EVERY_MS;
    log.warn({ reason }, `OTLP ${signal.name}: a request was refused, wholly or in part; further ones within a minute are only counted`);
  }

  return {
    handle: (request) => answer(request).catch((error: unknown) => refuse(request.contentType, error)),
    refuse,
    async export(message) {
      try {
        return encodeResponse(await take(message, 'grpc'));
      } catch (error) {
        note(AtalayaError.from(error));
        throw error;
      }
    },
    stats: () => ({ requests: { ...requests }, refused: { ...refused }, ...totals }),
  };
}

/** Runs a walk to its end, with a turn for others at each pause. */
async function inSlices<Result>(walk: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const step = walk.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

/** The text of a JSON body; a byte order mark is passed over, bytes that are not UTF-8 are U+FFFD. */
function utf8(content: Uint8Array): string {
  if (content.length === 0) throw new AtalayaError('BAD_ENCODING', { reason: 'malformed JSON: the body is empty' });
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function mediaType(contentType: string | undefined): string {
  return ((contentType ?? '').split(';', 1)[0] as string).trim().toLowerCase();
}
