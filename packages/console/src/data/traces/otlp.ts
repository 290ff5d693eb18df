/** Reads a trace from OTLP JSON (opentelemetry-proto 1.x), in the spellings that servers write it in. */

import type { AttributeTypeName } from '@atalaya/model';

import type { SpanAttribute, SpanEvent, SpanKind, SpanLink, SpanOrigin, Trace, TraceSpan } from './span.ts';

/** OTLP's AnyValue in JSON. */
export interface AnyValueJson {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly AnyValueJson[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValueJson[] };
  readonly bytesValue?: string;
}

/** OTLP's KeyValue in JSON. */
export interface KeyValueJson {
  readonly key: string;
  readonly value?: AnyValueJson;
}

interface SpanJson {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name?: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly KeyValueJson[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly { timeUnixNano?: string | number; name?: string; attributes?: readonly KeyValueJson[] }[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly { traceId?: string; spanId?: string; attributes?: readonly KeyValueJson[] }[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

interface ScopeSpansJson {
  readonly scope?: { readonly name?: string; readonly version?: string; readonly attributes?: readonly KeyValueJson[] };
  readonly spans?: readonly SpanJson[];
}

/** OTLP's TracesData in JSON. */
export interface TracesJson {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValueJson[] };
    readonly scopeSpans?: readonly ScopeSpansJson[];
  }[];
}

const KINDS: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The trace; `undefined` when there is no span in it. */
export function readTrace(id: string, json: TracesJson): Trace | undefined {
  const found: { span: SpanJson; origin: SpanOrigin; start: bigint }[] = [];
  let begin: bigint | undefined;
  let end = 0n;
  for (const { resource, scopeSpans = [] } of json.resourceSpans ?? []) {
    const attributes = readAttributes(resource?.attributes);
    const service = attributes.find(({ key }) => key === 'service.name')?.value ?? '';
    for (const { scope, spans = [] } of scopeSpans) {
      const origin: SpanOrigin = {
        service,
        resource: attributes,
        scopeName: scope?.name ?? '',
        scopeVersion: scope?.version ?? '',
        scope: readAttributes(scope?.attributes),
      };
      for (const span of spans) {
        const start = nanoseconds(span.startTimeUnixNano);
        const until = nanoseconds(span.endTimeUnixNano);
        if (begin === undefined || start < begin) begin = start;
        if (start > end) end = start;
        if (until > end) end = until;
        found.push({ span, origin, start });
      }
    }
  }
  if (begin === undefined) return undefined;
  const zero = begin;
  const spans = found.map(({ span, origin, start }) => readSpan(span, origin, start, zero)).sort((a, b) => a.start - b.start);
  return { id, begin, duration: Number(end - begin), spans };
}

function readSpan(json: SpanJson, origin: SpanOrigin, start: bigint, begin: bigint): TraceSpan {
  const end = nanoseconds(json.endTimeUnixNano);
  return {
    id: hexId(json.spanId),
    parentId: hexId(json.parentSpanId),
    origin,
    name: json.name ?? '',
    kind: readKind(json.kind),
    start: Number(start - begin),
    // A clock that was set back, or an end that nobody wrote.
    duration: end > start ? Number(end - start) : 0,
    status: readStatus(json.status?.code),
    statusMessage: json.status?.message ?? '',
    traceState: json.traceState ?? '',
    attributes: readAttributes(json.attributes),
    events: (json.events ?? [])
      .map(({ timeUnixNano, name = '', attributes }): SpanEvent => ({
        time: Number(nanoseconds(timeUnixNano) - begin),
        name,
        attributes: readAttributes(attributes),
      }))
      .sort((a, b) => a.time - b.time),
    links: (json.links ?? []).map(({ traceId, spanId, attributes }): SpanLink => ({
      traceId: hexId(traceId),
      spanId: hexId(spanId),
      attributes: readAttributes(attributes),
    })),
    dropped: (json.droppedAttributesCount ?? 0) + (json.droppedEventsCount ?? 0) + (json.droppedLinksCount ?? 0),
  };
}

function nanoseconds(value: string | number | undefined): bigint {
  if (value === undefined || value === '') return 0n;
  return typeof value === 'number' ? BigInt(Math.round(value)) : BigInt(value);
}

/** Ids are hexadecimal by OTLP's rules for JSON, and base64 where a server writes plain protobuf JSON. All zero is none. */
function hexId(text: string | undefined): string {
  if (text === undefined || text === '') return '';
  const hex = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(text)
    ? text.toLowerCase()
    : Array.from(atob(text), (letter) => (letter.codePointAt(0) as number).toString(16).padStart(2, '0')).join('');
  return /^0*$/.test(hex) ? '' : hex;
}

function readKind(kind: number | string | undefined): SpanKind {
  if (typeof kind === 'number') return KINDS[kind] ?? 'unspecified';
  const name = kind?.replace(/^SPAN_KIND_/, '').toLowerCase();
  return KINDS.find((known) => known === name) ?? 'unspecified';
}

function readStatus(code: number | string | undefined): TraceSpan['status'] {
  if (code === 2 || code === 'STATUS_CODE_ERROR') return 'error';
  return code === 1 || code === 'STATUS_CODE_OK' ? 'ok' : 'unset';
}

/** Attributes with their types. */
export function readAttributes(list: readonly KeyValueJson[] | undefined): SpanAttribute[] {
  return (list ?? []).map(({ key, value }) => ({ key, ...typedValue(value ?? {}) }));
}

/** A value's type and its text. */
export function typedValue(value: AnyValueJson): { readonly type: AttributeTypeName; readonly value: string } {
  if (value.stringValue !== undefined) return { type: 'string', value: value.stringValue };
  if (value.boolValue !== undefined) return { type: 'bool', value: String(value.boolValue) };
  if (value.intValue !== undefined) return { type: 'int', value: String(value.intValue) };
  if (value.doubleValue !== undefined) return { type: 'double', value: String(value.doubleValue) };
  if (value.bytesValue !== undefined) return { type: 'bytes', value: value.bytesValue };
  if (value.arrayValue !== undefined) return { type: 'array', value: JSON.stringify(plain(value)) };
  if (value.kvlistValue !== undefined) return { type: 'map', value: JSON.stringify(plain(value)) };
  return { type: 'empty', value: '' };
}

function plain(value: AnyValueJson): unknown {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue !== undefined) {
    return Object.fromEntries((value.kvlistValue.values ?? []).map(({ key, value: inner }) => [key, plain(inner ?? {})]));
  }
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue);
  }
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}
