/** Columns as bytes, one behind the other: each its length in bytes (u32, padded to 8), then its bytes, padded to 8 so that it can be viewed in place. */

import { padded } from './segment-format.ts';

/** What a column may be. */
export type Column = Uint8Array | Uint32Array | Float64Array | BigInt64Array | BigUint64Array;

/** Bytes before the first column: version and number of rows, u32 each. */
const HEADER = 8;
const LENGTH = 8;

/** The columns behind a header. The result is freshly allocated and owned by the caller. */
export function joinColumns(version: number, rows: number, columns: readonly Column[]): Uint8Array<ArrayBuffer> {
  const total = columns.reduce((sum, { byteLength }) => sum + LENGTH + padded(byteLength), HEADER);
  const bytes = new Uint8Array(total);
  const words = new Uint32Array(bytes.buffer);
  words[0] = version;
  words[1] = rows;
  let at = HEADER;
  for (const { buffer, byteOffset, byteLength } of columns) {
    words[at / 4] = byteLength;
    at += LENGTH;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += padded(byteLength);
  }
  return bytes;
}

/** Takes the columns apart again, in their order. They are views into the bytes when those start at a multiple of 8, else into a copy. */
export class ColumnReader {
  readonly version: number;
  readonly rows: number;
  readonly #what: string;
  readonly #bytes: Uint8Array;
  #at = HEADER;

  /** `what` is what errors call the bytes. @throws RangeError when there is no header. */
  constructor(what: string, bytes: Uint8Array) {
    this.#what = what;
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    if (bytes.length < HEADER) throw new RangeError(`a ${what} has at least ${HEADER} bytes, these are ${bytes.length}`);
    const [version, rows] = new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset, 2) as unknown as [number, number];
    this.version = version;
    this.rows = rows;
  }

  /** The next column, of any length. @throws RangeError, as all of these, when there is none or it has another length. */
  octets(elements?: number): Uint8Array {
    const { byteOffset, length } = this.#bytes;
    if (this.#at + LENGTH > length) throw new RangeError(`a ${this.#what} of ${length} bytes ends before its last column`);
    const size = new Uint32Array(this.#bytes.buffer, byteOffset + this.#at, 1)[0] as number;
    const start = this.#at + LENGTH;
    if (start + padded(size) > length) throw new RangeError(`a ${this.#what} of ${length} bytes has a column of ${size} at ${start}`);
    if (elements !== undefined && size !== elements) {
      throw new RangeError(`a ${this.#what} has a column of ${size} bytes at ${start} instead of ${elements}`);
    }
    this.#at = start + padded(size);
    return new Uint8Array(this.#bytes.buffer, byteOffset + start, size);
  }

  words(elements: number): Uint32Array {
    const column = this.octets(elements * 4);
    return new Uint32Array(column.buffer, column.byteOffset, elements);
  }

  floats(elements: number): Float64Array {
    const column = this.octets(elements * 8);
    return new Float64Array(column.buffer, column.byteOffset, elements);
  }

  signed(elements: number): BigInt64Array {
    const column = this.octets(elements * 8);
    return new BigInt64Array(column.buffer, column.byteOffset, elements);
  }

  unsigned(elements: number): BigUint64Array {
    const column = this.octets(elements * 8);
    return new BigUint64Array(column.buffer, column.byteOffset, elements);
  }

  /** Makes sure that nothing follows. */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new RangeError(`a ${this.#what} of ${this.#bytes.length} bytes has columns up to ${this.#at}`);
    }
  }
}
