/** ExportTraceServiceRequest as protobuf, walked in place (opentelemetry/proto/collector/trace/v1). */

import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { fixed32Tag, fixed64Tag, messageTag, varintTag } from '../../protobuf/tags.ts';
import type { FieldColumn } from '../../columns/field-column.ts';
import type { ValueReader } from '../any-value.ts';
import { walkProtobuf } from '../walk-protobuf.ts';
import { AttributePacker } from './attribute-packer.ts';
import { noteDropped } from './dropped-attributes.ts';
import type { SpanTaker } from './span-taker.ts';

const TRACE_ID = messageTag(1);
const SPAN_ID = messageTag(2);
const TRACE_STATE = messageTag(3);
const PARENT_SPAN_ID = messageTag(4);
const NAME = messageTag(5);
const KIND = varintTag(6);
const START = fixed64Tag(7);
const END = fixed64Tag(8);
const ATTRIBUTES = messageTag(9);
const DROPPED_ATTRIBUTES = varintTag(10);
const EVENTS = messageTag(11);
const DROPPED_EVENTS = varintTag(12);
const LINKS = messageTag(13);
const DROPPED_LINKS = varintTag(14);
const STATUS = messageTag(15);
const FLAGS = fixed32Tag(16);

const EVENT_TIME = fixed64Tag(1);
const EVENT_NAME = messageTag(2);
const EVENT_ATTRIBUTES = messageTag(3);
const EVENT_DROPPED = varintTag(4);

const LINK_TRACE_ID = messageTag(1);
const LINK_SPAN_ID = messageTag(2);
const LINK_TRACE_STATE = messageTag(3);
const LINK_ATTRIBUTES = messageTag(4);
const LINK_DROPPED = varintTag(5);

const STATUS_MESSAGE = messageTag(2);
const STATUS_CODE = varintTag(3);

/** Hands every span to the taker; gives the taker. @throws AtalayaError BAD_ENCODING */
export function walkTracesProtobuf(body: Uint8Array, taker: SpanTaker): Generator<undefined, SpanTaker> {
  return walkProtobuf(body, taker, (cursor, values) => {
    const reader = new SpanReader(cursor, values, taker);
    return (end) => reader.read(end);
  });
}

class SpanReader {
  readonly #cursor: ProtobufCursor;
  readonly #attributes: AttributePacker;
  readonly #taker: SpanTaker;

  constructor(cursor: ProtobufCursor, values: ValueReader, taker: SpanTaker) {
    this.#cursor = cursor;
    this.#attributes = new AttributePacker(cursor, values);
    this.#taker = taker;
  }

  read(end: number): void {
    const cursor = this.#cursor;
    const taker = this.#taker;
    const { columns } = taker;
    const start = cursor.at;
    taker.begin();
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      switch (tag) {
        case ATTRIBUTES:
          this.#attributes.attributeField(end, columns.attributes);
          break;
        case TRACE_ID: {
          const to = cursor.lengthDelimited(end);
          columns.setTraceId(cursor.bytes, cursor.at, to);
          cursor.at = to;
          break;
        }
        case SPAN_ID: {
          const to = cursor.lengthDelimited(end);
          columns.setSpanId(cursor.bytes, cursor.at, to);
          cursor.at = to;
          break;
        }
        case PARENT_SPAN_ID: {
          const to = cursor.lengthDelimited(end);
          columns.setParentSpanId(cursor.bytes, cursor.at, to);
          cursor.at = to;
          break;
        }
        case TRACE_STATE:
          this.#text(end, columns.traceState);
          break;
        case NAME:
          this.#text(end, columns.name);
          break;
        case KIND:
          columns.kind = cursor.int64(end);
          break;
        case START: {
          const at = cursor.fixed(8, end);
          columns.startLow = cursor.view.getUint32(at, true);
          columns.startHigh = cursor.view.getUint32(at + 4, true);
          break;
        }
        case END: {
          const at = cursor.fixed(8, end);
          columns.endLow = cursor.view.getUint32(at, true);
          columns.endHigh = cursor.view.getUint32(at + 4, true);
          break;
        }
        case EVENTS:
          this.#event(cursor.lengthDelimited(end));
          break;
        case LINKS:
          this.#link(cursor.lengthDelimited(end));
          break;
        case STATUS:
          this.#status(cursor.lengthDelimited(end));
          break;
        case FLAGS:
          columns.flags = cursor.view.getUint32(cursor.fixed(4, end), true);
          break;
        case DROPPED_ATTRIBUTES:
          columns.droppedAttributes = cursor.uint32(end);
          break;
        case DROPPED_EVENTS:
          columns.droppedEvents = cursor.uint32(end);
          break;
        case DROPPED_LINKS:
          columns.droppedLinks = cursor.uint32(end);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    taker.end(end - start);
  }

  #event(end: number): void {
    const cursor = this.#cursor;
    const { events } = this.#taker.columns;
    let dropped = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === EVENT_ATTRIBUTES) this.#attributes.attributeField(end, events.attributes);
      else if (tag === EVENT_NAME) this.#text(end, events.name);
      else if (tag === EVENT_TIME) {
        const at = cursor.fixed(8, end);
        events.timeLow = cursor.view.getUint32(at, true);
        events.timeHigh = cursor.view.getUint32(at + 4, true);
      } else if (tag === EVENT_DROPPED) dropped = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
    noteDropped(dropped, events.attributes);
    events.end();
  }

  #link(end: number): void {
    const cursor = this.#cursor;
    const { links } = this.#taker.columns;
    let dropped = 0;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === LINK_ATTRIBUTES) this.#attributes.attributeField(end, links.attributes);
      else if (tag === LINK_TRACE_STATE) this.#text(end, links.traceState);
      else if (tag === LINK_TRACE_ID) {
        const to = cursor.lengthDelimited(end);
        links.setTraceId(cursor.bytes, cursor.at, to);
        cursor.at = to;
      } else if (tag === LINK_SPAN_ID) {
        const to = cursor.lengthDelimited(end);
        links.setSpanId(cursor.bytes, cursor.at, to);
        cursor.at = to;
      } else if (tag === LINK_DROPPED) dropped = cursor.uint32(end);
      else cursor.skip(tag, end);
    }
    noteDropped(dropped, links.attributes);
    links.end();
  }

  #status(end: number): void {
    const cursor = this.#cursor;
    const { columns } = this.#taker;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === STATUS_MESSAGE) this.#text(end, columns.statusMessage);
      else if (tag === STATUS_CODE) columns.status = cursor.int64(end);
      else cursor.skip(tag, end);
    }
  }

  /** Sets a field to the text that begins at the cursor with its length. */
  #text(end: number, field: FieldColumn): void {
    const cursor = this.#cursor;
    const to = cursor.lengthDelimited(end);
    field.setSlice(cursor.view, cursor.at, to);
    cursor.at = to;
  }
}
