/** What the requests of all signals have in common as protobuf: records within scopes within resources. Walked in place. */

import { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { messageTag, varintTag } from '../protobuf/tags.ts';
import { ValueReader } from './any-value.ts';
import { SLICE_RECORDS, type Taker } from './taker.ts';

/** Reads what lies from the cursor to `end`, and gives it to the taker; may pause where that may be a lot. Where it leaves the cursor is no matter. */
export type RecordReader = (end: number) => Generator<undefined, void> | void;

/** Fields of the request, of Resource… and of Scope…: the first field describes, the second holds what is described. */
const RESOURCE_RECORDS = messageTag(1);
const DESCRIPTION = messageTag(1);
const CONTENTS = messageTag(2);
const SCHEMA_URL = messageTag(3);

const RESOURCE_ATTRIBUTES = messageTag(1);
const RESOURCE_DROPPED = varintTag(2);

const SCOPE_NAME = messageTag(1);
const SCOPE_VERSION = messageTag(2);
const SCOPE_ATTRIBUTES = messageTag(3);
const SCOPE_DROPPED = varintTag(4);

/**
 * Hands every record to the reader that `open` makes; gives the taker. Pauses now and then, so that a large body does not keep others waiting.
 * @throws AtalayaError BAD_ENCODING
 */
export function* walkProtobuf<AnyTaker extends Taker>(
  body: Uint8Array,
  taker: AnyTaker,
  open: (cursor: ProtobufCursor, values: ValueReader) => RecordReader,
): Generator<undefined, AnyTaker> {
  const cursor = new ProtobufCursor(body);
  const values = new ValueReader(cursor);
  const walk = new OriginWalk(cursor, values, taker);
  const readRecord = open(cursor, values);
  const end = body.length;
  let nextPause = SLICE_RECORDS;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag !== RESOURCE_RECORDS) {
      cursor.skip(tag, end);
      continue;
    }
    const resourceEnd = cursor.lengthDelimited(end);
    const scopes = walk.resource(resourceEnd);
    for (let i = 0; i < scopes.length; i += 2) {
      const scopeEnd = scopes[i + 1] as number;
      cursor.at = scopes[i] as number;
      walk.scope(scopeEnd);
      while (cursor.at < scopeEnd) {
        const scopeTag = cursor.tag(scopeEnd);
        if (scopeTag !== CONTENTS) {
          cursor.skip(scopeTag, scopeEnd);
          continue;
        }
        const recordEnd = cursor.lengthDelimited(scopeEnd);
        const rest = readRecord(recordEnd);
        if (rest !== undefined) yield* rest;
        cursor.at = recordEnd;
        if (taker.records < nextPause) continue;
        nextPause = taker.records + SLICE_RECORDS;
        yield;
      }
    }
    cursor.at = resourceEnd;
  }
  return taker;
}

class OriginWalk {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #taker: Taker;

  constructor(cursor: ProtobufCursor, values: ValueReader, taker: Taker) {
    this.#cursor = cursor;
    this.#values = values;
    this.#taker = taker;
  }

  /** Reads the resource, and gives where its scopes begin and end: what describes them may come behind them. */
  resource(end: number): number[] {
    const cursor = this.#cursor;
    const { origin } = this.#taker;
    const scopes: number[] = [];
    origin.clearResource();
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === DESCRIPTION) this.#resourceFields(cursor.lengthDelimited(end));
      else if (tag === SCHEMA_URL) origin.resourceSchemaUrl = this.#values.textField(end);
      else if (tag === CONTENTS) {
        const scopeEnd = cursor.lengthDelimited(end);
        scopes.push(cursor.at, scopeEnd);
        cursor.at = scopeEnd;
      } else cursor.skip(tag, end);
    }
    return scopes;
  }

  /** Reads what describes the scope that lies from the cursor to `end`, and leaves the cursor where it was. */
  scope(end: number): void {
    const cursor = this.#cursor;
    const { origin } = this.#taker;
    const start = cursor.at;
    origin.clearScope();
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === CONTENTS) cursor.at = cursor.lengthDelimited(end);
      else if (tag === DESCRIPTION) this.#scopeFields(cursor.lengthDelimited(end));
      else if (tag === SCHEMA_URL) origin.scopeSchemaUrl = this.#values.textField(end);
      else cursor.skip(tag, end);
    }
    cursor.at = start;
    this.#taker.beginRecords();
  }

  #resourceFields(end: number): void {
    const cursor = this.#cursor;
    const { origin } = this.#taker;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === RESOURCE_ATTRIBUTES) this.#values.attributeField(end, origin.resource);
      else if (tag === RESOURCE_DROPPED) origin.resourceDropped = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
  }

  #scopeFields(end: number): void {
    const cursor = this.#cursor;
    const { origin } = this.#taker;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === SCOPE_NAME) origin.scopeName = this.#values.textField(end);
      else if (tag === SCOPE_VERSION) origin.scopeVersion = this.#values.textField(end);
      else if (tag === SCOPE_ATTRIBUTES) this.#values.attributeField(end, origin.scope);
      else if (tag === SCOPE_DROPPED) origin.scopeDropped = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
  }
}
