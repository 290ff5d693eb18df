/** Spans as OTLP's protobuf (opentelemetry/proto/trace/v1: TracesData), typed as they came. Comments name the fields by their numbers. */

import type { Span, SpanAttribute, SpanEvent, SpanLink, SpanOrigin } from '@atalaya/model';
import { ProtobufOutput } from '../remote-read/protobuf-output.ts';
import { asSent, groupSpans, KIND_NUMBER, STATUS_NUMBER } from './group-spans.ts';
import { type NestedValue, readDouble, readNested } from './nested-value.ts';

/** A `TracesData`, which is also Tempo's `Trace`. */
export function tracesProtobuf(spans: readonly Span[]): Uint8Array<ArrayBuffer> {
  const out = new ProtobufOutput();
  writeTraces(out, spans);
  return out.content.slice();
}

/** Tempo's `TraceByIDResponse`: 1 trace; 3 status and 4 message are left out, as the trace is complete. */
export function traceByIdProtobuf(spans: readonly Span[]): Uint8Array<ArrayBuffer> {
  const out = new ProtobufOutput();
  out.message(1, () => writeTraces(out, spans));
  return out.content.slice();
}

function writeTraces(out: ProtobufOutput, spans: readonly Span[]): void {
  for (const { origin, scopes } of groupSpans(spans)) {
    out.message(1, () => {
      // ResourceSpans: 1 resource, 2 scope_spans, 3 schema_url.
      out.message(1, () => {
        writeAttributes(out, 1, origin.resource);
        writeCount(out, 2, origin.resourceDropped);
      });
      for (const scope of scopes) {
        out.message(2, () => {
          // ScopeSpans: 1 scope, 2 spans, 3 schema_url.
          out.message(1, () => writeScope(out, scope.origin));
          for (const span of scope.spans) out.message(2, () => writeSpan(out, span));
          writeText(out, 3, scope.origin.scopeSchemaUrl);
        });
      }
      writeText(out, 3, origin.resourceSchemaUrl);
    });
  }
}

/** InstrumentationScope: 1 name, 2 version, 3 attributes, 4 dropped_attributes_count. */
function writeScope(out: ProtobufOutput, { scopeName, scopeVersion, scope, scopeDropped }: SpanOrigin): void {
  writeText(out, 1, scopeName);
  writeText(out, 2, scopeVersion);
  writeAttributes(out, 3, scope);
  writeCount(out, 4, scopeDropped);
}

function writeSpan(out: ProtobufOutput, span: Span): void {
  out.bytes(1, Buffer.from(span.traceId, 'hex'));
  out.bytes(2, Buffer.from(span.spanId, 'hex'));
  writeText(out, 3, span.traceState);
  if (span.parentSpanId !== '') out.bytes(4, Buffer.from(span.parentSpanId, 'hex'));
  writeText(out, 5, span.name);
  writeCount(out, 6, KIND_NUMBER[span.kind]);
  out.fixed64(7, span.start);
  out.fixed64(8, span.start + span.duration);
  writeAttributes(out, 9, span.attributes);
  writeCount(out, 10, span.droppedAttributes);
  for (const event of span.events) out.message(11, () => writeEvent(out, event));
  writeCount(out, 12, span.droppedEvents);
  for (const link of span.links) out.message(13, () => writeLink(out, link));
  writeCount(out, 14, span.droppedLinks);
  if (span.status !== 'unset' || span.statusMessage !== '') {
    // Status: 2 message, 3 code.
    out.message(15, () => {
      writeText(out, 2, span.statusMessage);
      writeCount(out, 3, STATUS_NUMBER[span.status]);
    });
  }
  if (span.flags !== 0) out.fixed32(16, span.flags);
}

/** Event: 1 time_unix_nano, 2 name, 3 attributes, 4 dropped_attributes_count. */
function writeEvent(out: ProtobufOutput, { time, name, attributes: all }: SpanEvent): void {
  const { attributes, dropped } = asSent(all);
  out.fixed64(1, time);
  writeText(out, 2, name);
  writeAttributes(out, 3, attributes);
  writeCount(out, 4, dropped);
}

/** Link: 1 trace_id, 2 span_id, 3 trace_state, 4 attributes, 5 dropped_attributes_count. */
function writeLink(out: ProtobufOutput, { traceId, spanId, traceState, attributes: all }: SpanLink): void {
  const { attributes, dropped } = asSent(all);
  out.bytes(1, Buffer.from(traceId, 'hex'));
  out.bytes(2, Buffer.from(spanId, 'hex'));
  writeText(out, 3, traceState);
  writeAttributes(out, 4, attributes);
  writeCount(out, 5, dropped);
}

/** KeyValues: 1 key, 2 value. */
function writeAttributes(out: ProtobufOutput, field: number, attributes: readonly SpanAttribute[]): void {
  for (const attribute of attributes) {
    out.message(field, () => {
      writeText(out, 1, attribute.name);
      out.message(2, () => writeValue(out, attribute));
    });
  }
}

/** AnyValue: 1 string, 2 bool, 3 int, 4 double, 5 array, 6 map, 7 bytes. */
function writeValue(out: ProtobufOutput, { type, value }: SpanAttribute): void {
  switch (type) {
    case 'string':
      out.text(1, value);
      return;
    case 'bool':
      out.uint(2, value === 'true' ? 1 : 0);
      return;
    case 'int':
      out.int64(3, BigInt(value));
      return;
    case 'double':
      out.double(4, readDouble(value));
      return;
    case 'bytes':
      out.bytes(7, Buffer.from(value, 'base64'));
      return;
    case 'array':
    case 'map':
      writeNested(out, readNested(value));
      return;
    case 'empty':
  }
}

function writeNested(out: ProtobufOutput, value: NestedValue): void {
  switch (value.type) {
    case 'string':
      out.text(1, value.value);
      return;
    case 'bool':
      out.uint(2, value.value ? 1 : 0);
      return;
    case 'int':
      out.int64(3, value.value);
      return;
    case 'double':
      out.double(4, value.value);
      return;
    case 'array':
      out.message(5, () => {
        for (const element of value.value) out.message(1, () => writeNested(out, element));
      });
      return;
    case 'map':
      out.message(6, () => {
        for (const [name, inner] of value.value) {
          out.message(1, () => {
            writeText(out, 1, name);
            out.message(2, () => writeNested(out, inner));
          });
        }
      });
      return;
    case 'empty':
  }
}

/** Fields that are empty or 0 are left out. */
function writeText(out: ProtobufOutput, field: number, text: string): void {
  if (text !== '') out.text(field, text);
}

function writeCount(out: ProtobufOutput, field: number, count: number): void {
  if (count !== 0) out.uint(field, count);
}
