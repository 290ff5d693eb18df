/** Reads blocks of the Native format without copying texts: a column of texts is where each of them lies. For columns that are mostly not looked at. */

/** Texts where they lie: text `i` is `bytes[starts[i], ends[i])`. */
export interface LazyTexts {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Maps where they lie: the pairs of row `i` are `[offsets[i - 1], offsets[i])`. */
export interface LazyMaps {
  readonly offsets: Uint32Array;
  readonly keys: LazyTexts;
  readonly values: LazyTexts;
}

/** Lists of one row each: the elements of row `i` are `[offsets[i - 1], offsets[i])`. */
export interface LazyLists<Elements> {
  readonly offsets: Uint32Array;
  readonly elements: Elements;
}

/** The columns that a lazy block can have, by the type that the statement gives them. */
export interface LazyColumns {
  UInt8: Uint8Array;
  UInt32: Uint32Array;
  /** Low and high words. */
  UInt64: Uint32Array;
  Int64: BigInt64Array;
  Float64: Float64Array;
  String: LazyTexts;
  'Map(String, String)': LazyMaps;
  'Array(Int64)': LazyLists<BigInt64Array>;
  'Array(String)': LazyLists<LazyTexts>;
  'Array(Map(String, String))': LazyLists<LazyMaps>;
}

type LazyKind = keyof LazyColumns;

interface KindedColumn {
  readonly kind: string;
  readonly column: LazyColumns[LazyKind];
}

/** A block as it was read. */
export class LazyBlock {
  readonly rows: number;
  readonly #columns: ReadonlyMap<string, KindedColumn>;

  constructor(rows: number, columns: ReadonlyMap<string, KindedColumn>) {
    this.rows = rows;
    this.#columns = columns;
  }

  /** Whether the statement gave such a column. */
  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** @throws RangeError when there is none of that name and type. */
  column<Kind extends LazyKind>(name: string, kind: Kind): LazyColumns[Kind] {
    const found = this.#columns.get(name);
    if (found?.kind !== kind) throw new RangeError(`the answer has no column ${name} of type ${kind}`);
    return found.column as LazyColumns[Kind];
  }
}

/** The blocks of an answer, in order; empty ones are left out. Columns are views into `bytes` where they can be. @throws RangeError when it is cut off. */
export function readLazily(bytes: Uint8Array): LazyBlock[] {
  const input = new LazyInput(bytes);
  const blocks: LazyBlock[] = [];
  while (input.at < bytes.length) {
    const columnCount = input.varint();
    const rows = input.varint();
    const columns = new Map<string, KindedColumn>();
    for (let i = 0; i < columnCount; i++) {
      const name = input.text();
      const kind = input.text();
      columns.set(name, { kind, column: input.column(kind, rows) });
    }
    if (rows > 0) blocks.push(new LazyBlock(rows, columns));
  }
  return blocks;
}

class LazyInput {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a Native block is cut off within a number');
  }

  text(): string {
    const length = this.varint();
    const start = this.#skip(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length).toString('utf8');
  }

  column(kind: string, rows: number): LazyColumns[LazyKind] {
    switch (kind) {
      case 'UInt8':
        return this.bytes.subarray(this.#skip(rows), this.at);
      case 'UInt32':
        return new Uint32Array(this.#copy(rows * 4), 0, rows);
      case 'UInt64':
        return new Uint32Array(this.#copy(rows * 8), 0, rows * 2);
      case 'Int64':
        return new BigInt64Array(this.#copy(rows * 8), 0, rows);
      case 'Float64':
        return new Float64Array(this.#copy(rows * 8), 0, rows);
      case 'String':
        return this.#texts(rows);
      case 'Map(String, String)':
        return this.#maps(rows);
      case 'Array(Int64)': {
        const offsets = this.#offsets(rows);
        const count = offsets.at(-1) ?? 0;
        return { offsets, elements: new BigInt64Array(this.#copy(count * 8), 0, count) };
      }
      case 'Array(String)': {
        const offsets = this.#offsets(rows);
        return { offsets, elements: this.#texts(offsets.at(-1) ?? 0) };
      }
      case 'Array(Map(String, String))': {
        const offsets = this.#offsets(rows);
        return { offsets, elements: this.#maps(offsets.at(-1) ?? 0) };
      }
      default:
        throw new RangeError(`a column has the type ${kind}, which is not read here`);
    }
  }

  #maps(rows: number): LazyMaps {
    const offsets = this.#offsets(rows);
    const pairs = offsets.at(-1) ?? 0;
    return { offsets, keys: this.#texts(pairs), values: this.#texts(pairs) };
  }

  #offsets(rows: number): Uint32Array {
    const words = new Uint32Array(this.#copy(rows * 8), 0, rows * 2);
    const offsets = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) offsets[row] = words[row * 2] as number;
    return offsets;
  }

  #skip(length: number): number {
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError(`a Native block is cut off: ${this.at - this.bytes.length} bytes are missing`);
    return start;
  }

  /** The next bytes in a buffer that begins with them. Numbers seldom lie aligned behind texts, so they are copied always. */
  #copy(length: number): ArrayBuffer {
    const start = this.#skip(length);
    return new Uint8Array(this.bytes.subarray(start, this.at)).buffer;
  }

  #texts(count: number): LazyTexts {
    const starts = new Uint32Array(count);
    const ends = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const length = this.varint();
      starts[i] = this.#skip(length);
      ends[i] = this.at;
    }
    return { bytes: this.bytes, starts, ends };
  }
}

/** Text `index` of a column; bytes that are not UTF-8 become U+FFFD. */
export function lazyText({ bytes, starts, ends }: LazyTexts, index: number): string {
  const start = starts[index] as number;
  const end = ends[index] as number;
  if (start === end) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', start, end);
}
