/** Writes push requests, for tests and benchmarks. */

import { compressSync } from 'snappy';
import { ProtobufWriter } from '../../remote-write/encode-for-tests.ts';

/** A line to encode. */
export interface TestLine {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly line: string | Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A stream to encode; its labels as text, `{app="x"}`. */
export interface TestLogStream {
  readonly labels: string;
  readonly lines: readonly TestLine[];
}

const SECOND = 1_000_000_000n;
const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);

/** `logproto.PushRequest`, not compressed. */
export function encodeProtobufPush(streams: readonly TestLogStream[]): Uint8Array {
  const request = new ProtobufWriter();
  for (const { labels, lines } of streams) {
    const stream = new ProtobufWriter().bytes(1, bytesOf(labels));
    for (const { time, line, metadata = {} } of lines) {
      const entry = new ProtobufWriter()
        .bytes(
          1,
          new ProtobufWriter()
            .varint(1, time / SECOND)
            .varint(2, time % SECOND)
            .finish(),
        )
        .bytes(2, bytesOf(line));
      for (const [name, value] of Object.entries(metadata)) {
        entry.bytes(3, new ProtobufWriter().bytes(1, bytesOf(name)).bytes(2, bytesOf(value)).finish());
      }
      stream.bytes(2, entry.finish());
    }
    request.bytes(1, stream.finish());
  }
  return request.finish();
}

/** The same as clients send it. */
export const encodeSnappyPush = (streams: readonly TestLogStream[]): Uint8Array => compressSync(Buffer.from(encodeProtobufPush(streams)));
