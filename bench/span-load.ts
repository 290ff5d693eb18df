/**
 * A sender of spans over OTLP (HTTP with protobuf or JSON, or gRPC), run as a process of its own so that its work is nobody's CPU time but its
 * own. Settings as JSON in the first argument; prints one JSON line with latencies and counts at the end.
 */

import http from 'node:http';
import http2 from 'node:http2';
import { BODIES_PER_ROUND, type KnownTrace, knownTrace, SpanBodies, SPANS_PER_BODY } from './span-bodies.ts';

/** What to send. */
export interface SpanLoadOptions {
  readonly way: 'grpc' | 'protobuf' | 'json';
  /** Of OTLP over HTTP, or `http://host:port` of gRPC. */
  readonly url: string;
  readonly spans: number;
  /** Number of the first body: those of several runs should differ. */
  readonly firstBody: number;
  /** Time of the first and, about, of the last span, milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly inFlight: number;
}

export interface SpanLoadResult {
  readonly spans: number;
  readonly bytes: number;
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Traces that were sent, spread over all of them. */
  readonly known: readonly KnownTrace[];
  /** Number of the body after the last. */
  readonly nextBody: number;
}

const KNOWN = 25;
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** Sends a body; gives whether it was taken. */
type Send = (body: Buffer) => Promise<boolean>;

function httpSender({ url, way, inFlight }: SpanLoadOptions): { send: Send; close: () => void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
  const type = way === 'json' ? 'application/json' : 'application/x-protobuf';
  const send: Send = (body) =>
    new Promise((resolve) => {
      const headers = { 'Content-Type': type, 'Content-Length': body.length };
      const request = http.request(url, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode === 200));
      });
      request.on('error', () => resolve(false));
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}

function grpcSender({ url }: SpanLoadOptions): { send: Send; close: () => void } {
  const client = http2.connect(url);
  const send: Send = (body) =>
    new Promise((resolve) => {
      const stream = client.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc', te: 'trailers' });
      let taken = false;
      const tell = (headers: http2.IncomingHttpHeaders): void => void (taken ||= headers['grpc-status'] === '0');
      stream
        .on('response', tell)
        .on('trailers', tell)
        .on('error', () => resolve(false))
        .on('close', () => resolve(taken));
      stream.resume();
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(body.length, 1);
      stream.write(prefix);
      stream.end(body);
    });
  return { send, close: () => client.close() };
}

async function run(options: SpanLoadOptions): Promise<SpanLoadResult> {
  const bodies = new SpanBodies(options.way === 'json' ? 'json' : 'protobuf');
  const { send, close } = options.way === 'grpc' ? grpcSender(options) : httpSender(options);
  const count = Math.ceil(options.spans / SPANS_PER_BODY / BODIES_PER_ROUND) * BODIES_PER_ROUND;
  const latenciesMs: number[] = [];
  let [next, bytes, failures] = [0, 0, 0];
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const share = Math.floor(number / BODIES_PER_ROUND) / (count / BODIES_PER_ROUND);
      const time = BigInt(Math.floor(options.start + share * (options.end - options.start))) * 1_000_000n;
      const body = bodies.body(options.firstBody + number, time);
      bytes += body.length;
      const sent = performance.now();
      if (!(await send(body))) failures++;
      latenciesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  const seconds = (performance.now() - begun) / 1000;
  close();
  const [firstRound, rounds] = [options.firstBody / BODIES_PER_ROUND, count / BODIES_PER_ROUND];
  const known = Array.from({ length: KNOWN }, (_, i) => knownTrace(firstRound + Math.floor((i * rounds) / KNOWN)));
  return {
    spans: count * SPANS_PER_BODY,
    bytes,
    requests: count,
    failures,
    seconds,
    latenciesMs,
    known,
    nextBody: options.firstBody + count,
  };
}

const result = await run(JSON.parse(process.argv[2] ?? '{}') as SpanLoadOptions);
process.stdout.write(`${JSON.stringify(result)}\n`);
