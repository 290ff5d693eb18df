/**
 * Spans as Jaeger's query API tells them, made from OTLP by the rules of the Collector's translator: what Jaeger has no field for is a tag
 * (`span.kind`, `otel.status_code`, `otel.scope.name`, …), an event is a log, a link is a reference. Times are microseconds.
 */

import type { Span, SpanAttribute, SpanEvent, SpanLink, SpanOrigin } from '@atalaya/model';

/** What Jaeger calls a service that has no name. */
export const NO_SERVICE_NAME = 'OTLPResourceNoServiceName';

/** One trace, from spans that all belong to it. */
export function jaegerTraceJson(traceId: string, spans: readonly Span[]): string {
  const processes = new Processes();
  const told = spans.map((span) => spanJson(span, processes.idOf(span.origin)));
  return `{"traceID":"${jaegerTraceId(traceId)}","spans":[${told.join(',')}],"processes":${processes.json()},"warnings":null}`;
}

/** A trace id as Jaeger writes it: of one whose first half is 0 it tells the second only. */
export function jaegerTraceId(id: string): string {
  return id.startsWith('0000000000000000') ? id.slice(16) : id;
}

/** The processes of a trace: `p1`, `p2`, … in the order in which they come. */
class Processes {
  readonly #byOrigin = new Map<SpanOrigin, string>();
  readonly #byContent = new Map<string, string>();

  idOf(origin: SpanOrigin): string {
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) return known;
    const tags = origin.resource.filter(({ name }) => name !== 'service.name');
    const name = origin.serviceName === '' ? NO_SERVICE_NAME : origin.serviceName;
    const content = `{"serviceName":${JSON.stringify(name)},"tags":${tagsJson(tags)}}`;
    const id = this.#byContent.get(content) ?? `p${this.#byContent.size + 1}`;
    this.#byContent.set(content, id);
    this.#byOrigin.set(origin, id);
    return id;
  }

  json(): string {
    return `{${[...this.#byContent].map(([content, id]) => `"${id}":${content}`).join(',')}}`;
  }
}

function spanJson(span: Span, processId: string): string {
  const traceId = jaegerTraceId(span.traceId);
  // The lower 8 bits are W3C's, of which the lowest means the same as Jaeger's.
  const flags = span.flags & 0xff;
  const parent = span.parentSpanId === '' ? [] : [referenceJson('CHILD_OF', traceId, span.parentSpanId)];
  const references = [...parent, ...span.links.map(linkJson)];
  return [
    `{"traceID":"${traceId}","spanID":"${span.spanId}"`,
    flags === 0 ? '' : `,"flags":${flags}`,
    `,"operationName":${JSON.stringify(span.name)},"references":[${references.join(',')}]`,
    `,"startTime":${microseconds(span.start)},"duration":${microseconds(span.duration)}`,
    `,"tags":${tagsJson(tagsOf(span))},"logs":[${span.events.map(logJson).join(',')}]`,
    `,"processID":"${processId}","warnings":null}`,
  ].join('');
}

function referenceJson(type: 'CHILD_OF' | 'FOLLOWS_FROM', traceId: string, spanId: string): string {
  return `{"refType":"${type}","traceID":"${traceId}","spanID":"${spanId}"}`;
}

/** A link follows from what it names, unless it says that it came from a reference of OpenTracing to a parent. */
function linkJson({ traceId, spanId, attributes }: SpanLink): string {
  const isChild = attributes.some(({ name, value }) => name === 'opentracing.ref_type' && value === 'child_of');
  return referenceJson(isChild ? 'CHILD_OF' : 'FOLLOWS_FROM', jaegerTraceId(traceId), spanId);
}

function logJson({ time, name, attributes }: SpanEvent): string {
  const fields = name === '' ? attributes : [textTag('event', name), ...attributes];
  return `{"timestamp":${microseconds(time)},"fields":${tagsJson(fields)}}`;
}

function tagsOf(span: Span): SpanAttribute[] {
  const { scopeName, scopeVersion } = span.origin;
  const tags: SpanAttribute[] = [];
  if (scopeName !== '') tags.push(textTag('otel.scope.name', scopeName));
  if (scopeVersion !== '') tags.push(textTag('otel.scope.version', scopeVersion));
  tags.push(...span.attributes);
  if (span.kind !== 'unspecified') tags.push(textTag('span.kind', span.kind));
  if (span.status !== 'unset') tags.push(textTag('otel.status_code', span.status.toUpperCase()));
  if (span.status === 'error') tags.push({ name: 'error', type: 'bool', value: 'true' });
  if (span.statusMessage !== '') tags.push(textTag('otel.status_description', span.statusMessage));
  if (span.traceState !== '') tags.push(textTag('w3c.tracestate', span.traceState));
  return tags;
}

const textTag = (name: string, value: string): SpanAttribute => ({ name, type: 'string', value });

function tagsJson(tags: readonly SpanAttribute[]): string {
  return `[${tags.map((tag) => `{"key":${JSON.stringify(tag.name)},${typedValue(tag)}}`).join(',')}]`;
}

/** Lists, maps and nothing are strings: Jaeger has no types for them. */
function typedValue({ type, value }: SpanAttribute): string {
  switch (type) {
    case 'bool':
      return `"type":"bool","value":${value === 'true'}`;
    case 'int':
      // What a number of JavaScript does not hold is told as a text, as Jaeger does for its page.
      return `"type":"int64","value":${Number.isSafeInteger(Number(value)) ? value : `"${value}"`}`;
    case 'double':
      return `"type":"float64","value":${/^[-\d]/.test(value) && value !== '-Inf' ? value : `"${value}"`}`;
    case 'bytes':
      return `"type":"binary","value":"${value}"`;
    case 'string':
    case 'array':
    case 'map':
    case 'empty':
      return `"type":"string","value":${JSON.stringify(value)}`;
  }
}

/** Whole microseconds of nanoseconds. */
const microseconds = (nanoseconds: bigint): string => String(nanoseconds / 1000n);
