/** ExportLogsServiceRequest as protobuf, walked in place (opentelemetry/proto/collector/logs/v1). */

import { FIXED32, FIXED64, LENGTH_DELIMITED, malformed, ProtobufCursor, VARINT } from '../protobuf/protobuf-cursor.ts';
import { ValueReader } from './any-value.ts';
import type { RecordTime } from './log-record.ts';
import type { RecordTaker } from './take-records.ts';

/** Others get their turn after so many records. */
const SLICE_RECORDS = 500;

const message = (field: number): number => field * 8 + LENGTH_DELIMITED;

/** Fields of the request, of ResourceLogs and of ScopeLogs: the first field describes, the second holds what is described. */
const RESOURCE_LOGS = message(1);
const DESCRIPTION = message(1);
const CONTENTS = message(2);
const SCHEMA_URL = message(3);

const RESOURCE_ATTRIBUTES = message(1);

const SCOPE_NAME = message(1);
const SCOPE_VERSION = message(2);
const SCOPE_ATTRIBUTES = message(3);
const SCOPE_DROPPED = 4 * 8 + VARINT;

const TIME = 1 * 8 + FIXED64;
const SEVERITY_NUMBER = 2 * 8 + VARINT;
const SEVERITY_TEXT = message(3);
const BODY = message(5);
const ATTRIBUTES = message(6);
const DROPPED = 7 * 8 + VARINT;
const FLAGS = 8 * 8 + FIXED32;
const TRACE_ID = message(9);
const SPAN_ID = message(10);
const OBSERVED_TIME = 11 * 8 + FIXED64;
const EVENT_NAME = message(12);

/**
 * Hands every record to the taker; gives the taker. Pauses now and then, so that a large body does not keep others waiting.
 * @throws AtalayaError BAD_ENCODING
 */
export function* walkLogsProtobuf(body: Uint8Array, taker: RecordTaker): Generator<undefined, RecordTaker> {
  const cursor = new ProtobufCursor(body);
  const walk = new LogsWalk(cursor, taker);
  const end = body.length;
  let untilPause = SLICE_RECORDS;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag !== RESOURCE_LOGS) {
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
        walk.record(cursor.lengthDelimited(scopeEnd));
        if (--untilPause > 0) continue;
        untilPause = SLICE_RECORDS;
        yield;
      }
    }
    cursor.at = resourceEnd;
  }
  return taker;
}

class LogsWalk {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #taker: RecordTaker;

  constructor(cursor: ProtobufCursor, taker: RecordTaker) {
    this.#cursor = cursor;
    this.#values = new ValueReader(cursor);
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
      if (tag === DESCRIPTION) this.#resourceAttributes(cursor.lengthDelimited(end));
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

  record(end: number): void {
    const cursor = this.#cursor;
    const values = this.#values;
    const { record } = this.#taker;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      switch (tag) {
        case TIME:
          this.#time(record.time, end);
          break;
        case OBSERVED_TIME:
          this.#time(record.observed, end);
          break;
        case SEVERITY_NUMBER:
          record.severityNumber = cursor.int64(end);
          break;
        case SEVERITY_TEXT:
          record.severityText = values.textField(end);
          break;
        case BODY:
          record.body = values.bodyField(end);
          break;
        case ATTRIBUTES:
          values.attributeField(end, record.attributes);
          break;
        case DROPPED:
          record.droppedAttributes = cursor.uint32(end);
          break;
        case FLAGS:
          record.flags = cursor.view.getUint32(this.#fixed(4, end), true);
          break;
        case TRACE_ID:
          record.traceId = values.idField(16, end);
          break;
        case SPAN_ID:
          record.spanId = values.idField(8, end);
          break;
        case EVENT_NAME:
          record.eventName = values.textField(end);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    this.#taker.takeRecord();
  }

  #resourceAttributes(end: number): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === RESOURCE_ATTRIBUTES) this.#values.attributeField(end, this.#taker.origin.resource);
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
      else if (tag === SCOPE_DROPPED) origin.scopeDroppedAttributes = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
  }

  #time(into: RecordTime, end: number): void {
    const { view } = this.#cursor;
    const at = this.#fixed(8, end);
    into.setWords(view.getUint32(at, true), view.getUint32(at + 4, true));
  }

  /** Where the fixed-size number at the cursor begins; the cursor goes behind it. */
  #fixed(bytes: number, end: number): number {
    const { at } = this.#cursor;
    if (at + bytes > end) malformed(`a fixed-size number is cut off at byte ${end}`);
    this.#cursor.at = at + bytes;
    return at;
  }
}
