/**
 * Spans as OTLP's JSON (opentelemetry-proto, "JSON Protobuf Encoding"): ids as hexadecimal digits, enumerations as numbers, 64-bit numbers
 * as texts. Fields that are empty or 0 are left out.
 */

import type { Span, SpanAttribute, SpanEvent, SpanLink, SpanOrigin } from '@atalaya/model';
import { asSent, groupSpans, KIND_NUMBER, STATUS_NUMBER } from './group-spans.ts';
import { type NestedValue, readDouble, readNested } from './nested-value.ts';

/** `ResourceSpans` as a JSON list. */
export function resourceSpansJson(spans: readonly Span[]): string {
  return list(
    groupSpans(spans).map(({ origin, scopes }) =>
      object(
        `"resource":${object(attributes(origin.resource), count('droppedAttributesCount', origin.resourceDropped))}`,
        `"scopeSpans":${list(
          scopes.map((scope) =>
            object(
              `"scope":${scopeJson(scope.origin)}`,
              `"spans":${list(scope.spans.map(spanJson))}`,
              text('schemaUrl', scope.origin.scopeSchemaUrl),
            ),
          ),
        )}`,
        text('schemaUrl', origin.resourceSchemaUrl),
      ),
    ),
  );
}

function scopeJson({ scopeName, scopeVersion, scope, scopeDropped }: SpanOrigin): string {
  return object(text('name', scopeName), text('version', scopeVersion), attributes(scope), count('droppedAttributesCount', scopeDropped));
}

function spanJson(span: Span): string {
  const status = object(text('message', span.statusMessage), count('code', STATUS_NUMBER[span.status]));
  return object(
    `"traceId":"${span.traceId}","spanId":"${span.spanId}"`,
    text('parentSpanId', span.parentSpanId),
    text('traceState', span.traceState),
    count('flags', span.flags),
    `"name":${JSON.stringify(span.name)},"kind":${KIND_NUMBER[span.kind]}`,
    `"startTimeUnixNano":"${span.start}","endTimeUnixNano":"${span.start + span.duration}"`,
    attributes(span.attributes),
    count('droppedAttributesCount', span.droppedAttributes),
    span.events.length === 0 ? '' : `"events":${list(span.events.map(eventJson))}`,
    count('droppedEventsCount', span.droppedEvents),
    span.links.length === 0 ? '' : `"links":${list(span.links.map(linkJson))}`,
    count('droppedLinksCount', span.droppedLinks),
    `"status":${status}`,
  );
}

function eventJson(event: SpanEvent): string {
  return object(`"timeUnixNano":"${event.time}","name":${JSON.stringify(event.name)}`, attributesAsSent(event.attributes));
}

function linkJson(link: SpanLink): string {
  const ids = `"traceId":"${link.traceId}","spanId":"${link.spanId}"`;
  return object(ids, text('traceState', link.traceState), attributesAsSent(link.attributes));
}

function attributesAsSent(all: readonly SpanAttribute[]): string {
  const sent = asSent(all);
  return [attributes(sent.attributes), count('droppedAttributesCount', sent.dropped)].filter((field) => field !== '').join(',');
}

function attributes(all: readonly SpanAttribute[]): string {
  if (all.length === 0) return '';
  return `"attributes":${list(all.map((attribute) => `{"key":${JSON.stringify(attribute.name)},"value":${valueJson(attribute)}}`))}`;
}

/** An attribute's value as an AnyValue. */
export function valueJson({ type, value }: Pick<SpanAttribute, 'type' | 'value'>): string {
  switch (type) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value)}}`;
    case 'bool':
      return `{"boolValue":${value === 'true'}}`;
    case 'int':
      return `{"intValue":"${value}"}`;
    case 'double':
      return `{"doubleValue":${double(readDouble(value))}}`;
    case 'bytes':
      return `{"bytesValue":"${value}"}`;
    case 'array':
    case 'map':
      return nestedJson(readNested(value));
    case 'empty':
      return '{}';
  }
}

function nestedJson(value: NestedValue): string {
  switch (value.type) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value.value)}}`;
    case 'bool':
      return `{"boolValue":${value.value}}`;
    case 'int':
      return `{"intValue":"${value.value}"}`;
    case 'double':
      return `{"doubleValue":${double(value.value)}}`;
    case 'array':
      return `{"arrayValue":{"values":${list(value.value.map(nestedJson))}}}`;
    case 'map':
      return `{"kvlistValue":{"values":${list(value.value.map(([name, inner]) => `{"key":${JSON.stringify(name)},"value":${nestedJson(inner)}}`))}}}`;
    case 'empty':
      return '{}';
  }
}

/** JSON has no word for numbers that are none: those are texts. */
function double(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return `"${value}"`;
}

const object = (...fields: readonly string[]): string => `{${fields.filter((field) => field !== '').join(',')}}`;
const list = (elements: readonly string[]): string => `[${elements.join(',')}]`;
const text = (name: string, value: string): string => (value === '' ? '' : `"${name}":${JSON.stringify(value)}`);
const count = (name: string, value: number): string => (value === 0 ? '' : `"${name}":${value}`);
