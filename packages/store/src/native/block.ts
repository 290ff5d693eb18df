/** What a block in ClickHouse's Native format is to this room: named columns over typed arrays. */

/** 64-bit integers are given as pairs of 32-bit words (low, high), so that nothing per row needs a BigInt. */
export interface WordsColumn<Kind extends string> {
  readonly kind: Kind;
  readonly words: Uint32Array;
}

/** Strings as they lie one after the other: string `i` is `bytes[ends[i - 1], ends[i])`. */
export interface StringColumn {
  readonly kind: 'String';
  readonly ends: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Maps from string to string: the pairs of row `i` are the pairs `[ends[i - 1], ends[i])` of keys and values. */
export interface MapColumn {
  readonly kind: 'Map(String, String)';
  readonly ends: Uint32Array;
  readonly keys: StringColumn;
  readonly values: StringColumn;
}

/** Numbers of one width. */
export interface NumberColumn<Kind extends string, Values> {
  readonly kind: Kind;
  readonly values: Values;
}

/** A column of a block. */
export type NativeColumn =
  | WordsColumn<'UInt64'>
  | WordsColumn<'Int64'>
  | StringColumn
  | MapColumn
  | NumberColumn<'Float64', Float64Array>
  | NumberColumn<'UInt32', Uint32Array>
  /** Seconds since the epoch. */
  | NumberColumn<'DateTime', Uint32Array>
  | NumberColumn<'Int32', Int32Array>
  | NumberColumn<'UInt16', Uint16Array>
  /** Days since the epoch. */
  | NumberColumn<'Date', Uint16Array>
  | NumberColumn<'UInt8', Uint8Array>;

/** The names of the column types that can be written and read. */
export type NativeKind = NativeColumn['kind'];

/** A column whose bytes are what the Native format has for its type: pieces that follow one another. For writing only. */
export interface EncodedColumn {
  readonly kind: 'encoded';
  /** ClickHouse's name of the type. */
  readonly type: string;
  readonly pieces: readonly ArrayBufferView[];
}

/** A block to be written: its columns of equal length. */
export interface InsertBlock {
  readonly rows: number;
  readonly columns: Readonly<Record<string, NativeColumn | EncodedColumn>>;
}

/** ClickHouse's name of a column's type. */
export function typeOf(column: NativeColumn | EncodedColumn): string {
  return column.kind === 'encoded' ? column.type : column.kind;
}

/** Columns of equal length. */
export interface NativeBlock {
  readonly rows: number;
  readonly columns: Readonly<Record<string, NativeColumn>>;
}

/** Strings of JavaScript as a column. */
export function stringColumn(texts: readonly string[]): StringColumn {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const ends = new Uint32Array(parts.length);
  let length = 0;
  parts.forEach((part, index) => {
    length += part.length;
    ends[index] = length;
  });
  const bytes = new Uint8Array(length);
  parts.forEach((part, index) => bytes.set(part, (ends[index] as number) - part.length));
  return { kind: 'String', ends, bytes };
}

/** String `index` of a column. */
export function stringAt(column: StringColumn, index: number): string {
  const start = index === 0 ? 0 : (column.ends[index - 1] as number);
  return Buffer.from(column.bytes.buffer, column.bytes.byteOffset, column.bytes.length).toString('utf8', start, column.ends[index]);
}

/** A 64-bit integer of a column as a number; exact up to 2^53. */
export function numberAt(column: WordsColumn<'UInt64' | 'Int64'>, index: number): number {
  const low = column.words[index * 2] as number;
  const high = column.words[index * 2 + 1] as number;
  return (column.kind === 'Int64' ? high | 0 : high) * 0x1_0000_0000 + low;
}
