/** ExportLogsServiceRequest as protobuf, walked in place (opentelemetry/proto/collector/logs/v1). */

import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { fixed32Tag, fixed64Tag, messageTag, varintTag } from '../../protobuf/tags.ts';
import type { ValueReader } from '../any-value.ts';
import { walkProtobuf } from '../walk-protobuf.ts';
import type { RecordTime } from './log-record.ts';
import type { RecordTaker } from './take-records.ts';

const TIME = fixed64Tag(1);
const SEVERITY_NUMBER = varintTag(2);
const SEVERITY_TEXT = messageTag(3);
const BODY = messageTag(5);
const ATTRIBUTES = messageTag(6);
const DROPPED = varintTag(7);
const FLAGS = fixed32Tag(8);
const TRACE_ID = messageTag(9);
const SPAN_ID = messageTag(10);
const OBSERVED_TIME = fixed64Tag(11);
const EVENT_NAME = messageTag(12);

/** Hands every record to the taker; gives the taker. @throws AtalayaError BAD_ENCODING */
export function walkLogsProtobuf(body: Uint8Array, taker: RecordTaker): Generator<undefined, RecordTaker> {
  return walkProtobuf(body, taker, (cursor, values) => {
    const reader = new LogRecordReader(cursor, values, taker);
    return (end) => reader.read(end);
  });
}

class LogRecordReader {
  readonly #cursor: ProtobufCursor;
  readonly #values: ValueReader;
  readonly #taker: RecordTaker;

  constructor(cursor: ProtobufCursor, values: ValueReader, taker: RecordTaker) {
    this.#cursor = cursor;
    this.#values = values;
    this.#taker = taker;
  }

  read(end: number): void {
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
          record.flags = cursor.view.getUint32(cursor.fixed(4, end), true);
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

  #time(into: RecordTime, end: number): void {
    const { view } = this.#cursor;
    const at = this.#cursor.fixed(8, end);
    into.setWords(view.getUint32(at, true), view.getUint32(at + 4, true));
  }
}
