/**
 * Frames on the wire between the main process and the engine process.
 *
 *     u32 length of what follows | u8 kind | u32 id | u32 length of the JSON head | JSON head | body bytes
 *
 * Little-endian. The id pairs an answer with its request; events and cancellations carry an id as well (0, or the
 * request's). Bodies are opaque: answers to queries travel as the finished JSON text and are never parsed on the way.
 */

/** What a frame is; the numbers are the wire format. */
export const FRAME = { request: 0, answer: 1, failure: 2, event: 3, cancel: 4 } as const;
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];

export interface Frame {
  readonly kind: FrameKind;
  readonly id: number;
  readonly head: unknown;
  readonly body: Uint8Array;
}

const PREFIX = 13;
const NOTHING = new Uint8Array(0);

/** A frame's bytes in up to two pieces, so that a large body is not copied. */
export function encodeFrame(kind: FrameKind, id: number, head: unknown, body: Uint8Array = NOTHING): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head ?? null));
  const start = Buffer.allocUnsafe(PREFIX + json.length);
  start.writeUInt32LE(PREFIX - 4 + json.length + body.length, 0);
  start.writeUInt8(kind, 4);
  start.writeUInt32LE(id, 5);
  start.writeUInt32LE(json.length, 9);
  json.copy(start, PREFIX);
  return body.length === 0 ? [start] : [start, body];
}

/** Cuts a byte stream into frames. */
export class FrameDecoder {
  #pending: Uint8Array[] = [];
  #length = 0;

  /** Takes the next chunk of the stream and gives the frames it completes. Bodies are views into received memory. */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#pending.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      const wanted = 4 + this.#head(4).readUInt32LE(0);
      if (this.#length < wanted) return;
      const bytes = this.#take(wanted);
      const jsonLength = bytes.readUInt32LE(9);
      yield {
        kind: bytes.readUInt8(4) as FrameKind,
        id: bytes.readUInt32LE(5),
        head: JSON.parse(bytes.toString('utf8', PREFIX, PREFIX + jsonLength)) as unknown,
        body: bytes.subarray(PREFIX + jsonLength),
      };
    }
  }

  #head(length: number): Buffer {
    const first = this.#pending[0] as Uint8Array;
    if (first.length < length) this.#pending = [Buffer.concat(this.#pending)];
    const joined = this.#pending[0] as Uint8Array;
    return Buffer.from(joined.buffer, joined.byteOffset, joined.length);
  }

  #take(length: number): Buffer {
    // Chunks are joined once per frame, not once per chunk: a large frame arrives in hundreds of them.
    const joined = this.#pending.length === 1 ? this.#head(4) : Buffer.concat(this.#pending);
    this.#length -= length;
    this.#pending = joined.length > length ? [joined.subarray(length)] : [];
    return joined.subarray(0, length);
  }
}
