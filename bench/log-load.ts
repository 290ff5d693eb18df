/**
 * A sender of log lines over Loki's push API (protobuf, snappy), run as a process of its own so that its work is nobody's CPU time but its
 * own. Settings as JSON in the first argument; prints one JSON line with latencies and counts at the end.
 */

import { createWriteStream } from 'node:fs';
import http from 'node:http';
import { compress } from 'snappy';
import { LineMaker, STREAMS } from './log-lines.ts';

/** What to send. */
export interface LogLoadOptions {
  /** Of the push route; none is sent without. */
  readonly url?: string;
  readonly lines: number;
  readonly linesPerRequest: number;
  /** Time of the first and, about, of the last line, milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly inFlight: number;
  readonly seed?: number;
  /** Files that the same lines go to: as plain text, and as JSONEachRow for an engine's INSERT. */
  readonly textFile?: string;
  readonly jsonFile?: string;
}

export interface LogLoadResult {
  readonly lines: number;
  /** Bytes of the lines' texts. */
  readonly bytes: number;
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

/** A growing protobuf message. */
class Message {
  bytes = Buffer.allocUnsafe(1 << 21);
  length = 0;

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) + 128;
    this.bytes[this.length++] = rest;
  }
}

const varintLength = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;

interface Line {
  readonly time: number;
  readonly text: string;
}

/** `logproto.PushRequest` with the lines of some streams. */
function encode(streams: readonly { readonly labels: string; readonly lines: readonly Line[] }[], out: Message): Buffer {
  out.length = 0;
  for (const { labels, lines } of streams) {
    const entries = lines.map(({ time, text }) => {
      const seconds = Math.floor(time / 1000);
      const nanoseconds = Math.round((time - seconds * 1000) * 1_000_000);
      const textBytes = Buffer.byteLength(text);
      const timeBytes = 2 + varintLength(seconds) + varintLength(nanoseconds);
      return { seconds, nanoseconds, text, textBytes, timeBytes, size: 2 + timeBytes + 1 + varintLength(textBytes) + textBytes };
    });
    const labelBytes = Buffer.byteLength(labels);
    const size = entries.reduce((sum, entry) => sum + 1 + varintLength(entry.size) + entry.size, 1 + varintLength(labelBytes) + labelBytes);
    out.reserve(size + 16);
    out.bytes[out.length++] = 0x0a;
    out.varint(size);
    out.bytes[out.length++] = 0x0a;
    out.varint(labelBytes);
    out.length += out.bytes.write(labels, out.length);
    for (const entry of entries) {
      out.bytes[out.length++] = 0x12;
      out.varint(entry.size);
      out.bytes[out.length++] = 0x0a;
      out.varint(entry.timeBytes);
      out.bytes[out.length++] = 0x08;
      out.varint(entry.seconds);
      out.bytes[out.length++] = 0x10;
      out.varint(entry.nanoseconds);
      out.bytes[out.length++] = 0x12;
      out.varint(entry.textBytes);
      out.length += out.bytes.write(entry.text, out.length);
    }
  }
  return out.bytes.subarray(0, out.length);
}

async function run(options: LogLoadOptions): Promise<LogLoadResult> {
  const maker = new LineMaker(options.seed);
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.inFlight });
  const text = options.textFile === undefined ? undefined : createWriteStream(options.textFile);
  const json = options.jsonFile === undefined ? undefined : createWriteStream(options.jsonFile);
  const latenciesMs: number[] = [];
  let failures = 0;
  let requests = 0;
  let lines = 0;
  let bytes = 0;
  const perLine = (options.end - options.start) / options.lines;

  /** The next lines, those of one host, in order of time. */
  const next = (): { labels: string; lines: Line[] }[] => {
    const streams = STREAMS[requests % STREAMS.length] ?? [];
    const count = Math.min(options.linesPerRequest, options.lines - lines);
    const made = streams.map((stream) => ({
      stream,
      labels: `{${Object.entries(stream.labels)
        .map(([name, value]) => `${name}="${value}"`)
        .join(', ')}}`,
      lines: [] as Line[],
    }));
    for (let i = 0; i < count; i++) {
      const into = made[i % made.length] as (typeof made)[number];
      const time = options.start + (lines + i) * perLine;
      const line = maker.line(into.stream, time);
      bytes += Buffer.byteLength(line);
      into.lines.push({ time, text: line });
      text?.write(`${line}\n`);
      json?.write(
        `${JSON.stringify({ Timestamp: (BigInt(Math.round(time * 1000)) * 1000n).toString(), ServiceName: into.stream.labels['app'], Body: line, ResourceAttributes: into.stream.labels })}\n`,
      );
    }
    lines += count;
    return made;
  };

  const send = (body: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const begun = performance.now();
      const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Length': body.length };
      const request = http.request(options.url as string, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode !== 204) failures++;
          latenciesMs.push(performance.now() - begun);
          resolve();
        });
      });
      request.on('error', () => {
        failures++;
        resolve();
      });
      request.end(body);
    });

  const begun = performance.now();
  const worker = async (): Promise<void> => {
    const message = new Message();
    while (lines < options.lines) {
      const streams = next();
      requests++;
      if (options.url !== undefined) await send(await compress(encode(streams, message)));
      for (const file of [text, json]) if (file?.writableNeedDrain === true) await new Promise((resolve) => file.once('drain', resolve));
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  for (const file of [text, json]) if (file !== undefined) await new Promise<void>((resolve) => void file.end(resolve));
  return { lines, bytes, requests, failures, seconds, latenciesMs };
}

const result = await run(JSON.parse(process.argv[2] ?? '{}') as LogLoadOptions);
process.stdout.write(`${JSON.stringify(result)}\n`);
