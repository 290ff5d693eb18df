/** Writes blocks in ClickHouse's Native format: column headers, then each column's bytes as they lie in memory. */

import { type EncodedColumn, type InsertBlock, type MapColumn, type NativeColumn, type StringColumn, typeOf } from './block.ts';

/** Bytes of `value` as a LEB128 number. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

class Output {
  readonly bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.#at++] = rest;
  }

  raw(source: ArrayBufferView): void {
    this.bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), this.#at);
    this.#at += source.byteLength;
  }

  text(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  strings(column: StringColumn, rows: number): void {
    let start = 0;
    for (let row = 0; row < rows; row++) {
      const end = column.ends[row] as number;
      this.varint(end - start);
      // Label names and values are short: a loop beats the call of a typed-array copy.
      for (let i = start; i < end; i++) this.bytes[this.#at++] = column.bytes[i] as number;
      start = end;
    }
  }
}

function stringsLength(column: StringColumn, rows: number): number {
  let length = 0;
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const end = column.ends[row] as number;
    length += varintLength(end - start) + end - start;
    start = end;
  }
  return length;
}

function mapPairs(column: MapColumn, rows: number): number {
  return rows === 0 ? 0 : (column.ends[rows - 1] as number);
}

function columnLength(column: NativeColumn | EncodedColumn, rows: number): number {
  switch (column.kind) {
    case 'encoded':
      return column.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    case 'UInt64':
    case 'Int64':
    case 'Float64':
      return rows * 8;
    case 'UInt32':
    case 'Int32':
    case 'DateTime':
      return rows * 4;
    case 'UInt16':
    case 'Date':
      return rows * 2;
    case 'UInt8':
      return rows;
    case 'String':
      return stringsLength(column, rows);
    case 'Map(String, String)': {
      const pairs = mapPairs(column, rows);
      return rows * 8 + stringsLength(column.keys, pairs) + stringsLength(column.values, pairs);
    }
  }
}

function writeColumn(output: Output, column: NativeColumn | EncodedColumn, rows: number): void {
  switch (column.kind) {
    case 'encoded':
      for (const piece of column.pieces) output.raw(piece);
      return;
    case 'UInt64':
    case 'Int64':
      return output.raw(column.words.subarray(0, rows * 2));
    case 'String':
      return output.strings(column, rows);
    case 'Map(String, String)': {
      const pairs = mapPairs(column, rows);
      const ends = new Uint32Array(rows * 2);
      for (let row = 0; row < rows; row++) ends[row * 2] = column.ends[row] as number;
      output.raw(ends);
      output.strings(column.keys, pairs);
      return output.strings(column.values, pairs);
    }
    case 'Float64':
    case 'UInt32':
    case 'DateTime':
    case 'Int32':
    case 'UInt16':
    case 'Date':
    case 'UInt8':
      return output.raw(column.values.subarray(0, rows));
  }
}

/** The bytes of one block. Columns that are not encoded may be longer than `rows`; the rest of them is left out. */
export function writeNative(block: InsertBlock): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const columns = Object.entries(block.columns).map(([name, column]) => ({
    name: encoder.encode(name),
    type: encoder.encode(typeOf(column)),
    column,
  }));
  let size = varintLength(columns.length) + varintLength(block.rows);
  for (const { name, type, column } of columns) {
    size += varintLength(name.length) + name.length + varintLength(type.length) + type.length + columnLength(column, block.rows);
  }
  const output = new Output(size);
  output.varint(columns.length);
  output.varint(block.rows);
  for (const { name, type, column } of columns) {
    output.text(name);
    output.text(type);
    writeColumn(output, column, block.rows);
  }
  return output.bytes;
}
