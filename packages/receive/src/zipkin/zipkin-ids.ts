/** Zipkin's ids: hexadecimal digits, of trace ids 16 or 32, of which leading zeros may be left away. */

import { HexId } from '../traces/hex-id.ts';

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/** What makes another id of an id; any eight bytes would do. */
const SERVERS = Uint8Array.of(0x53, 0x65, 0x72, 0x76, 0x65, 0x72, 0x27, 0x73);

/** The id read last: `bytes` up to `length`, which is no id's where it was none. */
export class ZipkinIds {
  readonly #id = new HexId();

  get bytes(): Uint8Array {
    return this.#id.bytes;
  }

  get length(): number {
    return this.#id.length;
  }

  readTraceId(text: string): void {
    this.#read(text, TRACE_DIGITS);
  }

  readSpanId(text: string): void {
    this.#read(text, SPAN_DIGITS);
  }

  /** Makes of the span id that was read the id of the server's half of that span: always the same one. */
  makeServersOwn(): void {
    for (const [i, byte] of SERVERS.entries()) this.#id.bytes[i] = (this.#id.bytes[i] as number) ^ byte;
  }

  #read(text: string, digits: number): void {
    this.#id.read(text === '' || text.length > digits ? text : text.padStart(digits, '0'));
  }
}
