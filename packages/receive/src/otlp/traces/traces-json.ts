/** ExportTraceServiceRequest as OTLP's JSON: lowerCamelCase names, ids in hexadecimal digits, enumerations as numbers. */

import { addAttributes } from '../any-value-json.ts';
import { uint64Field, enumField, ignoreField, listField, objectField, smallNumberField, textField } from '../json-fields.ts';
import type { Json } from '../json-text.ts';
import { walkJson } from '../walk-json.ts';
import { noteDropped } from './dropped-attributes.ts';
import { HexId } from '../../traces/hex-id.ts';
import type { SpanTaker } from './span-taker.ts';

const NAMES = { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' };
const LOW_WORD = 0xffff_ffffn;

const KINDS = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const STATUS_CODES = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

const id = new HexId();

/** Hands every span to the taker that `open` makes; gives the taker. @throws AtalayaError BAD_ENCODING */
export const walkTracesJson = (text: string, open: () => SpanTaker): Generator<undefined, SpanTaker> =>
  walkJson(text, NAMES, open, takeSpan);

function takeSpan(value: Json, taker: SpanTaker): void {
  const { columns } = taker;
  const fields = objectField('spans', value);
  let start = 0n;
  let end = 0n;
  taker.begin();
  for (const name in fields) {
    const field = fields[name] as Json;
    switch (name) {
      case 'traceId':
        id.read(textField(name, field));
        columns.setTraceId(id.bytes, 0, id.length);
        break;
      case 'spanId':
        id.read(textField(name, field));
        columns.setSpanId(id.bytes, 0, id.length);
        break;
      case 'parentSpanId':
        id.read(textField(name, field));
        columns.setParentSpanId(id.bytes, 0, id.length);
        break;
      case 'traceState':
        columns.traceState.set(textField(name, field));
        break;
      case 'flags':
        columns.flags = smallNumberField(name, field);
        break;
      case 'name':
        columns.name.set(textField(name, field));
        break;
      case 'kind':
        columns.kind = enumField(name, field, KINDS);
        break;
      case 'startTimeUnixNano':
        start = time(name, field);
        break;
      case 'endTimeUnixNano':
        end = time(name, field);
        break;
      case 'attributes':
        addAttributes(name, field, columns.attributes);
        break;
      case 'droppedAttributesCount':
        columns.droppedAttributes = smallNumberField(name, field);
        break;
      case 'events':
        for (const event of listField(name, field)) takeEvent(event, taker);
        break;
      case 'droppedEventsCount':
        columns.droppedEvents = smallNumberField(name, field);
        break;
      case 'links':
        for (const link of listField(name, field)) takeLink(link, taker);
        break;
      case 'droppedLinksCount':
        columns.droppedLinks = smallNumberField(name, field);
        break;
      case 'status':
        if (field !== null) takeStatus(field, taker);
        break;
      default:
        ignoreField(name);
    }
  }
  columns.setTimes(start, end);
  taker.end(columns.attributeBytes);
}

function takeEvent(value: Json, { columns: { events } }: SpanTaker): void {
  const fields = objectField('events', value);
  let dropped = 0;
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'timeUnixNano') {
      const nanoseconds = time(name, field);
      events.timeLow = Number(nanoseconds & LOW_WORD);
      events.timeHigh = Number(nanoseconds >> 32n);
    } else if (name === 'name') events.name.set(textField(name, field));
    else if (name === 'attributes') addAttributes(name, field, events.attributes);
    else if (name === 'droppedAttributesCount') dropped = smallNumberField(name, field);
    else ignoreField(name);
  }
  noteDropped(dropped, events.attributes);
  events.end();
}

function takeLink(value: Json, { columns: { links } }: SpanTaker): void {
  const fields = objectField('links', value);
  let dropped = 0;
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'traceId') {
      id.read(textField(name, field));
      links.setTraceId(id.bytes, 0, id.length);
    } else if (name === 'spanId') {
      id.read(textField(name, field));
      links.setSpanId(id.bytes, 0, id.length);
    } else if (name === 'traceState') links.traceState.set(textField(name, field));
    else if (name === 'attributes') addAttributes(name, field, links.attributes);
    else if (name === 'droppedAttributesCount') dropped = smallNumberField(name, field);
    else ignoreField(name);
  }
  noteDropped(dropped, links.attributes);
  links.end();
}

function takeStatus(value: Json, { columns }: SpanTaker): void {
  const fields = objectField('status', value);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'code') columns.status = enumField(name, field, STATUS_CODES);
    else if (name === 'message') columns.statusMessage.set(textField(name, field));
    else ignoreField(name);
  }
}

const time = (field: string, value: Json): bigint => BigInt(uint64Field(field, value));
