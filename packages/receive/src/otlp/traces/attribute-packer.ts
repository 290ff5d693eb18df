/** Attributes of OTLP's protobuf, copied into columns: names and texts as bytes, without a string being made of any. */

import { ATTRIBUTE_TYPE } from '@atalaya/model';
import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { fixed64Tag, messageTag, varintTag } from '../../protobuf/tags.ts';
import type { AttributeColumn } from '../../traces/attribute-column.ts';
import type { ValueReader } from '../any-value.ts';
import { doubleText } from '../value-text.ts';

const KEY = messageTag(1);
const VALUE = messageTag(2);

const STRING = messageTag(1);
const BOOL = varintTag(2);
const INT = varintTag(3);
const DOUBLE = fixed64Tag(4);

/** Packs the attributes of one message. */
export class AttributePacker {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;

  constructor(cursor: ProtobufCursor, values: ValueReader) {
    this.#cursor = cursor;
    this.#values = values;
  }

  /** Adds the KeyValue that begins at the cursor with its length. */
  attributeField(end: number, into: AttributeColumn): void {
    const cursor = this.#cursor;
    const entryEnd = cursor.lengthDelimited(end);
    let keyFrom = 0;
    let keyTo = 0;
    let valueFrom = 0;
    let valueTo = 0;
    while (cursor.at < entryEnd) {
      const tag = cursor.tag(entryEnd);
      if (tag === KEY) {
        keyTo = cursor.lengthDelimited(entryEnd);
        keyFrom = cursor.at;
        cursor.at = keyTo;
      } else if (tag === VALUE) {
        valueTo = cursor.lengthDelimited(entryEnd);
        valueFrom = cursor.at;
        cursor.at = valueTo;
      } else cursor.skip(tag, entryEnd);
    }
    into.names.pushSlice(cursor.view, keyFrom, keyTo);
    cursor.at = valueFrom;
    this.#value(valueTo, into);
    cursor.at = entryEnd;
  }

  /** Adds type and text of the AnyValue from the cursor to `end`. */
  #value(end: number, into: AttributeColumn): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    const tag = start === end ? 0 : cursor.tag(end);
    if (tag === STRING) {
      const to = cursor.lengthDelimited(end);
      // Whatever follows would take its place; then it is left to the reader of all kinds.
      if (to === end) {
        into.types.push(ATTRIBUTE_TYPE.string);
        into.values.pushSlice(cursor.view, cursor.at, to);
        return;
      }
    } else if (tag === INT || tag === BOOL) {
      const value = cursor.int64(end);
      if (cursor.at === end && Number.isSafeInteger(value)) {
        if (tag === INT) {
          into.types.push(ATTRIBUTE_TYPE.int);
          into.values.pushInteger(value);
        } else {
          into.types.push(ATTRIBUTE_TYPE.bool);
          into.values.push(value === 0 ? 'false' : 'true');
        }
        return;
      }
    } else if (tag === DOUBLE && end - cursor.at === 8) {
      into.types.push(ATTRIBUTE_TYPE.double);
      into.values.push(doubleText(cursor.view.getFloat64(cursor.at, true)));
      return;
    }
    cursor.at = start;
    into.values.push(this.#values.valueText(end));
    into.types.push(this.#values.type);
  }
}
