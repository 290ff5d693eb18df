/** AnyValue and KeyValue of OTLP's protobuf, read in place and turned into text. */

import { Buffer } from 'node:buffer';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { fixed64Tag, messageTag, varintTag } from '../protobuf/tags.ts';
import { TextCache } from '../protobuf/text-cache.ts';
import type { AttributeSink } from '../columns/attribute-sink.ts';
import { isFlattened, joinName } from './flat-attributes.ts';
import { checkDepth, doubleJson, doubleText } from './value-text.ts';

/** Tags of AnyValue's kinds: field number × 8 + wire type. */
const STRING = messageTag(1);
const BOOL = varintTag(2);
const INT = varintTag(3);
const DOUBLE = fixed64Tag(4);
const ARRAY = messageTag(5);
const MAP = messageTag(6);
const BYTES = messageTag(7);

/** KeyValue: key and value. ArrayValue and KeyValueList have one field each, their values. */
const KEY = messageTag(1);
const VALUE = messageTag(2);
const ELEMENT = messageTag(1);

/** Types of values by the field number of their kind. */
const TYPES: readonly number[] = [
  ATTRIBUTE_TYPE.empty,
  ATTRIBUTE_TYPE.string,
  ATTRIBUTE_TYPE.bool,
  ATTRIBUTE_TYPE.int,
  ATTRIBUTE_TYPE.double,
  ATTRIBUTE_TYPE.array,
  ATTRIBUTE_TYPE.map,
  ATTRIBUTE_TYPE.bytes,
];

const texts = new TextCache();

/** Reads values of one message. */
export class ValueReader {
  readonly #cursor: ProtobufCursor;
  readonly #bytes: Buffer;
  /** The type of the value whose text was given last, a character of ATTRIBUTE_TYPE. */
  type: number = ATTRIBUTE_TYPE.empty;
  /** The value found last: its kind (a tag; 0 for none), and where it lies. */
  #kind = 0;
  #from = 0;
  #to = 0;

  constructor(cursor: ProtobufCursor) {
    this.#cursor = cursor;
    const { bytes } = cursor;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The text of a length-delimited field that begins at the cursor with its length; bytes that are not UTF-8 are U+FFFD. */
  textField(end: number): string {
    const to = this.#cursor.lengthDelimited(end);
    const text = texts.text(this.#bytes, this.#cursor.at, to);
    this.#cursor.at = to;
    return text;
  }

  /** The text of the bytes from `from` to `to`; the cursor stays. */
  textAt(from: number, to: number): string {
    return texts.text(this.#bytes, from, to);
  }

  /** Lower-case hexadecimal digits of an id of `length` bytes; empty where it is empty or all zero, which both mean that there is none. */
  idField(length: number, end: number): string {
    const from = this.#cursor.at;
    const to = this.#cursor.lengthDelimited(end);
    const start = this.#cursor.at;
    this.#cursor.at = to;
    if (to === start) return '';
    if (to - start !== length) malformed(`an id at byte ${from} has ${to - start} bytes, not ${length}`);
    for (let i = start; i < to; i++) if (this.#bytes[i] !== 0) return this.#bytes.toString('hex', start, to);
    return '';
  }

  /** The body that begins at the cursor with its length: a string's bytes as they are, anything else as text. */
  bodyField(end: number): string | Uint8Array {
    const to = this.#cursor.lengthDelimited(end);
    this.#find(to);
    if (this.#kind === STRING) return this.#cursor.bytes.subarray(this.#from, this.#to);
    const text = this.#text(1);
    this.#cursor.at = to;
    return text;
  }

  /** The text of the AnyValue from the cursor to `end`; its type is then in {@link type}. The cursor goes anywhere. */
  valueText(end: number): string {
    this.#find(end);
    this.type = TYPES[this.#kind >> 3] as number;
    return this.#text(1);
  }

  /** Adds the KeyValue that begins at the cursor with its length. */
  attributeField(end: number, into: AttributeSink): void {
    this.#attribute(this.#cursor.lengthDelimited(end), '', into, 1);
  }

  /** Adds the KeyValue from the cursor to `end`, and leaves the cursor there. */
  #attribute(end: number, prefix: string, into: AttributeSink, depth: number): void {
    checkDepth(depth);
    const name = joinName(prefix, this.#entry(end));
    if (this.#kind === MAP && into.flattens && isFlattened(name)) {
      const cursor = this.#cursor;
      const to = this.#to;
      cursor.at = this.#from;
      while (cursor.at < to) {
        const tag = cursor.tag(to);
        if (tag === ELEMENT) this.#attribute(cursor.lengthDelimited(to), name, into, depth + 1);
        else cursor.skip(tag, to);
      }
    } else {
      const type = TYPES[this.#kind >> 3] as number;
      into.add(name, this.#text(depth), type);
    }
    this.#cursor.at = end;
  }

  /** Reads a KeyValue: gives its key, and finds its value. */
  #entry(end: number): string {
    const cursor = this.#cursor;
    let key = '';
    let valueFrom = 0;
    let valueTo = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === KEY) key = this.textField(end);
      else if (tag === VALUE) {
        valueTo = cursor.lengthDelimited(end);
        valueFrom = cursor.at;
        cursor.at = valueTo;
      } else cursor.skip(tag, end);
    }
    cursor.at = valueFrom;
    this.#find(valueTo);
    return key;
  }

  /** Finds the value in the AnyValue from the cursor to `end`; the last one, should there be several. The cursor is left at `end`. */
  #find(end: number): void {
    const cursor = this.#cursor;
    this.#kind = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      let to = end;
      let from = cursor.at;
      if (tag === STRING || tag === ARRAY || tag === MAP || tag === BYTES) {
        to = cursor.lengthDelimited(end);
        from = cursor.at;
        cursor.at = to;
      } else {
        cursor.skip(tag, end);
        to = cursor.at;
        if (tag !== BOOL && tag !== INT && tag !== DOUBLE) continue;
      }
      this.#kind = tag;
      this.#from = from;
      this.#to = to;
    }
  }

  /** The text of the value that was found. The cursor goes anywhere. */
  #text(depth: number): string {
    const cursor = this.#cursor;
    switch (this.#kind) {
      case STRING:
        return texts.text(this.#bytes, this.#from, this.#to);
      case DOUBLE:
        return doubleText(cursor.view.getFloat64(this.#from, true));
      case BYTES:
        return this.#bytes.toString('base64', this.#from, this.#to);
      case 0:
        return '';
      default:
        return this.#json(depth);
    }
  }

  /** The value that was found as JSON. The cursor goes anywhere. */
  #json(depth: number): string {
    checkDepth(depth);
    const cursor = this.#cursor;
    switch (this.#kind) {
      case STRING:
        return JSON.stringify(texts.text(this.#bytes, this.#from, this.#to));
      case BYTES:
        return `"${this.#bytes.toString('base64', this.#from, this.#to)}"`;
      case DOUBLE:
        return doubleJson(cursor.view.getFloat64(this.#from, true));
      case BOOL:
        cursor.at = this.#from;
        return cursor.int64(this.#to) === 0 ? 'false' : 'true';
      case INT:
        return this.#integer();
      case ARRAY:
      case MAP:
        return this.#collection(this.#kind, depth);
      default:
        return 'null';
    }
  }

  /** All digits of an int64. */
  #integer(): string {
    const cursor = this.#cursor;
    cursor.at = this.#from;
    const value = cursor.int64(this.#to);
    if (Number.isSafeInteger(value)) return String(value);
    let exact = 0n;
    for (let i = this.#to - 1; i >= this.#from; i--) exact = (exact << 7n) | BigInt((this.#bytes[i] as number) & 0x7f);
    return String(BigInt.asIntN(64, exact));
  }

  #collection(kind: number, depth: number): string {
    const cursor = this.#cursor;
    const to = this.#to;
    const parts: string[] = [];
    cursor.at = this.#from;
    while (cursor.at < to) {
      const tag = cursor.tag(to);
      if (tag !== ELEMENT) {
        cursor.skip(tag, to);
        continue;
      }
      const next = cursor.lengthDelimited(to);
      if (kind === MAP) {
        const key = JSON.stringify(this.#entry(next));
        parts.push(`${key}:${this.#json(depth + 1)}`);
      } else {
        this.#find(next);
        parts.push(this.#json(depth + 1));
      }
      cursor.at = next;
    }
    return kind === MAP ? `{${parts.join(',')}}` : `[${parts.join(',')}]`;
  }
}
