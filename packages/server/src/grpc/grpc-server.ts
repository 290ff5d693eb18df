/**
 * A gRPC server for unary calls, on node's HTTP/2: bytes in, bytes out, with the same bounds that requests over HTTP/1 have. Methods are a table, so
 * that services join without the server knowing them (docs/adr/0013-grpc-on-http2.md).
 */

import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { BODY_ENCODINGS, decompress, RPC_CODE } from '@atalaya/receive';
import type { BodyBudget } from '../http/body-budget.ts';
import { CallError, failureTrailers, SUCCESS_TRAILERS } from './call-failure.ts';
import { readMessage } from './read-message.ts';

/** A unary method: a message in, a message out. It rejects with an AtalayaError. */
export type UnaryMethod = (message: Uint8Array) => Promise<Uint8Array>;

export interface GrpcServerOptions {
  /** By path: `/package.Service/Method`. */
  readonly methods: Readonly<Record<string, UnaryMethod>>;
  /** Largest message, before and after decompression. */
  readonly messageBytes: number;
  readonly bodies: BodyBudget;
  /** Longest time that a call may take to arrive, milliseconds; 0 waits for ever. */
  readonly requestTimeMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  stopping(): boolean;
}

/** A running server. */
export interface GrpcServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Takes no more calls, lets running ones end for a while, then cuts them off. */
  stop(): Promise<void>;
}

const CONTENT_TYPE = 'application/grpc';
const ACCEPTED_ENCODINGS = ['identity', ...BODY_ENCODINGS].join(',');
const CALLS_PER_CONNECTION = 100;
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;
const LONGEST_HEAD = 16_384;
/** A connection whose other side has gone without a word is found out by pinging it. */
const PING_EVERY_MS = 60_000;
const PING_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 3000;
const DISCARD_MS = 1000;

/** Listens; rejects when the address cannot be had. */
export async function listenGrpc(options: GrpcServerOptions, host: string, port: number): Promise<GrpcServer> {
  const { clock, log } = options;
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    maxHeaderListPairs: 128,
    settings: {
      maxConcurrentStreams: CALLS_PER_CONNECTION,
      initialWindowSize: STREAM_WINDOW,
      maxHeaderListSize: LONGEST_HEAD,
      enablePush: false,
    },
  });
  server.on('session', (session) => {
    sessions.add(session);
    const pings = clock.every(PING_EVERY_MS, () => pingOrCut(session, clock));
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
    session.once('close', () => {
      pings.cancel();
      sessions.delete(session);
    });
  });
  // Whoever does not speak HTTP/2 here is cut off; that is no fault of this program.
  server.on('sessionError', (error: Error) => log.debug({ reason: error.message }, 'a gRPC connection failed'));
  server.on('stream', (stream, headers) => void answerCall(stream as ServerHttp2Stream, headers, options));
  await listen(server, host, port);
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    stop: () => stopServer(server, sessions, clock),
  };
}

function listen(server: Http2Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

function pingOrCut(session: ServerHttp2Session, clock: Clock): void {
  if (session.destroyed || session.closed) return;
  const late = clock.after(PING_WITHIN_MS, () => session.destroy());
  session.ping(() => late.cancel());
}

async function stopServer(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>, clock: Clock): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  for (const session of sessions) session.close();
  const late = clock.after(STOP_WITHIN_MS, () => {
    for (const session of sessions) session.destroy();
  });
  await closed.promise;
  late.cancel();
}

/** Answers one call. Never rejects: every failure is told in trailers. */
async function answerCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcServerOptions): Promise<void> {
  // Resets and broken connections; the call ends by itself.
  stream.on('error', () => undefined);
  const type = headers['content-type'] ?? '';
  if (type !== CONTENT_TYPE && !type.startsWith(`${CONTENT_TYPE}+`) && !type.startsWith(`${CONTENT_TYPE};`)) {
    stream.respond({ ':status': constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE }, { endStream: true });
    endEarly(stream, options.clock);
    return;
  }
  try {
    const answer = await callMethod(stream, headers, options);
    if (stream.destroyed || stream.closed) return;
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-accept-encoding': ACCEPTED_ENCODINGS }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ ...SUCCESS_TRAILERS }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(answer.length, 1);
    stream.end(Buffer.concat([prefix, answer]));
  } catch (error) {
    if (stream.destroyed || stream.closed) return;
    const failure = { ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-accept-encoding': ACCEPTED_ENCODINGS, ...failureTrailers(error) };
    stream.respond(failure, { endStream: true });
    endEarly(stream, options.clock);
  }
}

async function callMethod(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcServerOptions): Promise<Uint8Array> {
  const { methods, messageBytes, bodies, requestTimeMs, clock } = options;
  if (options.stopping()) throw new AtalayaError('SHUTTING_DOWN', {}, { retryAfterSeconds: 5 });
  const path = headers[':path'] ?? '';
  const method = headers[':method'] === 'POST' && Object.hasOwn(methods, path) ? methods[path] : undefined;
  if (method === undefined) throw new CallError(RPC_CODE.unimplemented, `${path.slice(0, 200)} is not served here`);
  const take = bodies.open(stream);
  const tooSlow = Promise.withResolvers<never>();
  const late = (): void =>
    tooSlow.reject(new CallError(RPC_CODE.deadlineExceeded, 'the message took too long to arrive (limits.request_time)'));
  const timer = requestTimeMs === 0 ? undefined : clock.after(requestTimeMs, late);
  try {
    const { compressed, bytes } = await Promise.race([readMessage(stream, messageBytes, take), tooSlow.promise]);
    if (!compressed) return await method(bytes);
    const content = await decompress(bytes, encodingOf(headers), messageBytes);
    take(content.length);
    return await method(content);
  } finally {
    timer?.cancel();
  }
}

/** The encoding of a message that says that it is compressed. */
function encodingOf(headers: IncomingHttpHeaders): string {
  const encoding = String(headers['grpc-encoding'] ?? 'identity');
  if (encoding === 'identity') throw new CallError(RPC_CODE.internal, 'a message is compressed, and grpc-encoding does not say how');
  if (BODY_ENCODINGS.includes(encoding)) return encoding;
  throw new CallError(RPC_CODE.unimplemented, `the encoding ${encoding.slice(0, 100)} is not one of ${ACCEPTED_ENCODINGS}`);
}

/**
 * After an answer that did not wait for the whole message: what is still coming is thrown away for a while, then the client is told not to send the
 * rest. Told at once, it might not see the answer any more.
 */
function endEarly(stream: ServerHttp2Stream, clock: Clock): void {
  stream.resume();
  const late = clock.after(DISCARD_MS, () => stream.close(constants.NGHTTP2_NO_ERROR));
  stream.once('close', () => late.cancel());
}
