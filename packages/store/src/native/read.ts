/** Reads what the engine answers in the Native format: one block after the other, fixed-width columns with one copy at most. */

import type { MapColumn, NativeBlock, NativeColumn, NativeKind, StringColumn } from './block.ts';

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

class Input {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('a Native block ends in the middle of a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a Native block holds a number of more than 56 bits');
  }

  skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError(`a Native block is cut off: ${this.at - this.bytes.length} bytes are missing`);
  }

  take(length: number): Uint8Array {
    this.skip(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The bytes as an array of another type: a view where they lie aligned, else a copy. */
  typed<T>(make: new (buffer: ArrayBufferLike, offset: number, length: number) => T, width: number, count: number): T {
    const view = this.take(width * count);
    const start = view.byteOffset;
    if (start % width === 0) return new make(view.buffer, start, count);
    return new make(new Uint8Array(view).buffer, 0, count);
  }

  strings(rows: number): StringColumn {
    // Lengths and texts alternate, so the texts are gathered; the first walk finds out how much room they need.
    const ends = new Uint32Array(rows);
    const start = this.at;
    let length = 0;
    for (let row = 0; row < rows; row++) {
      const size = this.varint();
      this.skip(size);
      length += size;
      ends[row] = length;
    }
    const bytes = new Uint8Array(length);
    const source = this.bytes;
    let from = start;
    let target = 0;
    for (let row = 0; row < rows; row++) {
      while ((source[from++] as number) >= 0x80);
      for (const end = ends[row] as number; target < end;) bytes[target++] = source[from++] as number;
    }
    return { kind: 'String', ends, bytes };
  }
}

function readMap(input: Input, rows: number): MapColumn {
  const words = input.typed(Uint32Array, 4, rows * 2);
  const ends = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) ends[row] = words[row * 2] as number;
  const pairs = rows === 0 ? 0 : (ends[rows - 1] as number);
  return { kind: 'Map(String, String)', ends, keys: input.strings(pairs), values: input.strings(pairs) };
}

function readColumn(input: Input, kind: NativeKind, rows: number): NativeColumn {
  switch (kind) {
    case 'UInt64':
      return { kind, words: input.typed(Uint32Array, 4, rows * 2) };
    case 'Int64':
      return { kind, words: input.typed(Uint32Array, 4, rows * 2) };
    case 'Float64':
      return { kind, values: input.typed(Float64Array, 8, rows) };
    case 'UInt32':
      return { kind, values: input.typed(Uint32Array, 4, rows) };
    case 'DateTime':
      return { kind, values: input.typed(Uint32Array, 4, rows) };
    case 'Int32':
      return { kind, values: input.typed(Int32Array, 4, rows) };
    case 'UInt16':
      return { kind, values: input.typed(Uint16Array, 2, rows) };
    case 'Date':
      return { kind, values: input.typed(Uint16Array, 2, rows) };
    case 'UInt8':
      return { kind, values: input.typed(Uint8Array, 1, rows) };
    case 'String':
      return input.strings(rows);
    case 'Map(String, String)':
      return readMap(input, rows);
  }
}

const KINDS = new Set<string>([
  'UInt64',
  'Int64',
  'Float64',
  'UInt32',
  'DateTime',
  'Int32',
  'UInt16',
  'Date',
  'UInt8',
  'String',
  'Map(String, String)',
] satisfies NativeKind[]);

/**
 * The blocks of an answer, in order. Columns may be views into `bytes`.
 * @throws RangeError when the bytes are cut off or hold a column of a type that {@link NativeKind} does not name.
 */
export function readNative(bytes: Uint8Array): NativeBlock[] {
  const input = new Input(bytes);
  const blocks: NativeBlock[] = [];
  while (input.at < bytes.length) {
    const columnCount = input.varint();
    const rows = input.varint();
    const columns = Object.create(null) as Record<string, NativeColumn>;
    for (let i = 0; i < columnCount; i++) {
      const name = utf8(input.take(input.varint()));
      const type = utf8(input.take(input.varint()));
      if (!KINDS.has(type)) throw new RangeError(`column ${name} has the type ${type}, which is not read here`);
      columns[name] = readColumn(input, type as NativeKind, rows);
    }
    blocks.push({ rows, columns });
  }
  return blocks;
}

/** The columns of a block under the types that the caller's own statement gives them. @throws RangeError when a column is missing or of another type. */
export function column<Kind extends NativeKind>(block: NativeBlock, name: string, kind: Kind): Extract<NativeColumn, { kind: Kind }> {
  const found = block.columns[name];
  if (found?.kind !== kind) throw new RangeError(`the answer has no column ${name} of type ${kind}`);
  return found as Extract<NativeColumn, { kind: Kind }>;
}
