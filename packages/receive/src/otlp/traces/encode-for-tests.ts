/** Writes OTLP trace requests for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';
import {
  attributes,
  bytes,
  encodeRequest,
  fixed32,
  fixed64,
  id,
  type TestAttribute,
  type TestResource,
  type TestScope,
  text,
  varint,
} from '../encode-for-tests.ts';

export interface TestEvent {
  timeUnixNano?: string;
  name?: string;
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
}
export interface TestLink {
  traceId?: string;
  spanId?: string;
  traceState?: string;
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
}
export interface TestSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  traceState?: string;
  flags?: number;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
  events?: TestEvent[];
  droppedEventsCount?: number;
  links?: TestLink[];
  droppedLinksCount?: number;
  status?: { code?: number; message?: string };
}
export interface TestScopeSpans {
  scope?: TestScope;
  spans?: TestSpan[];
  schemaUrl?: string;
}
export interface TestResourceSpans {
  resource?: TestResource;
  scopeSpans?: TestScopeSpans[];
  schemaUrl?: string;
}
export interface TestRequest {
  resourceSpans?: TestResourceSpans[];
}

/** One resource with one scope and these spans. */
export function requestOf(spans: TestSpan[], attributesOfResource: TestAttribute[] = []): TestRequest {
  return { resourceSpans: [{ resource: { attributes: attributesOfResource }, scopeSpans: [{ spans }] }] };
}

/** The request as protobuf. */
export function encodeTraces({ resourceSpans = [] }: TestRequest): Uint8Array {
  return encodeRequest(
    resourceSpans.map(({ scopeSpans = [], ...group }) => ({
      ...group,
      scopes: scopeSpans.map(({ spans = [], ...scope }) => ({ ...scope, records: spans.map(encodeSpan) })),
    })),
  );
}

/** A span as protobuf. */
export function encodeSpan(span: TestSpan): Uint8Array {
  const { events = [], links = [], status } = span;
  return Buffer.concat([
    id(1, span.traceId),
    id(2, span.spanId),
    text(3, span.traceState),
    id(4, span.parentSpanId),
    text(5, span.name),
    varint(6, span.kind),
    fixed64(7, span.startTimeUnixNano),
    fixed64(8, span.endTimeUnixNano),
    attributes(9, span.attributes),
    varint(10, span.droppedAttributesCount),
    ...events.map((event) => bytes(11, encodeEvent(event))),
    varint(12, span.droppedEventsCount),
    ...links.map((link) => bytes(13, encodeLink(link))),
    varint(14, span.droppedLinksCount),
    status === undefined ? new Uint8Array() : bytes(15, Buffer.concat([text(2, status.message), varint(3, status.code)])),
    // Field 16 is the first one whose tag takes two bytes.
    span.flags === undefined ? new Uint8Array() : Buffer.concat([Buffer.from([0x85, 0x01]), fixed32(0, span.flags).subarray(1)]),
  ]);
}

function encodeEvent(event: TestEvent): Uint8Array {
  return Buffer.concat([
    fixed64(1, event.timeUnixNano),
    text(2, event.name),
    attributes(3, event.attributes),
    varint(4, event.droppedAttributesCount),
  ]);
}

function encodeLink(link: TestLink): Uint8Array {
  return Buffer.concat([
    id(1, link.traceId),
    id(2, link.spanId),
    text(3, link.traceState),
    attributes(4, link.attributes),
    varint(5, link.droppedAttributesCount),
  ]);
}
