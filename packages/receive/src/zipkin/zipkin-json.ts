/** Zipkin's spans, version 2 of its JSON, as spans of OTLP: names and rules are those of the OpenTelemetry Collector's translator. */

import type { SpanOrigin } from '@atalaya/journal';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { badField, type JsonObject, listField, objectField, textField } from '../otlp/json-fields.ts';
import type { Json } from '../otlp/json-text.ts';
import type { SpanCollector } from '../traces/span-collector.ts';
import { type Tags, takeTags } from './zipkin-tags.ts';
import { ZipkinIds } from './zipkin-ids.ts';

/** Others get their turn after so many spans. */
const SLICE_SPANS = 500;
const KINDS: ReadonlyMap<string, number> = new Map([
  ['SERVER', 2],
  ['CLIENT', 3],
  ['PRODUCER', 4],
  ['CONSUMER', 5],
]);
const NANOSECONDS = 1000n;
const LOW_WORD = 0xffff_ffffn;
/** Times of more microseconds would not fit into 64 bits of nanoseconds. */
const MOST_MICROSECONDS = 2 ** 53 - 1;
/** Says that the sender did not tell when the span began. */
const START_ABSENT = 'otel.zipkin.absentField.startTime';
/** Says that the span was the server's half of one that client and server had in common. */
const SHARED = 'zipkin.shared';

const ids = new ZipkinIds();

/**
 * Hands every span to the collector. Pauses now and then, so that a large body does not keep others waiting. `now` is when a span began whose
 * sender does not tell it, nor anything that happened in it: milliseconds.
 * @throws AtalayaError BAD_ENCODING
 */
export function* walkZipkinJson(root: Json, collector: SpanCollector, now: number): Generator<undefined, void> {
  let untilPause = SLICE_SPANS;
  if (!Array.isArray(root)) badField('the request', 'a list of spans', root);
  for (const span of root as readonly Json[]) {
    takeSpan(objectField('a span', span), collector, now);
    if (--untilPause > 0) continue;
    untilPause = SLICE_SPANS;
    yield;
  }
}

function takeSpan(fields: JsonObject, collector: SpanCollector, now: number): void {
  const { columns } = collector;
  const local = endpoint('localEndpoint', fields);
  const tags = takeTags(optional('tags', fields));
  collector.setOrigin(originOf(local.service, tags));
  collector.begin();
  takeIds(fields, collector);
  columns.name.set(textField('name', fields['name'] ?? null));
  const kind = textField('kind', fields['kind'] ?? null);
  columns.kind = KINDS.get(kind) ?? (tags.internal ? 1 : 0);
  columns.status = tags.status;
  columns.statusMessage.set(tags.statusMessage);
  columns.traceState.set(tags.traceState);
  for (const [name, value] of tags.attributes) columns.attributes.add(name, value, ATTRIBUTE_TYPE.string);
  takeEndpoint(collector, local, 'net.host');
  const remote = endpoint('remoteEndpoint', fields);
  if (remote.service !== '') columns.attributes.add('peer.service', remote.service, ATTRIBUTE_TYPE.string);
  takeEndpoint(collector, remote, 'net.peer');
  const firstEvent = takeAnnotations(fields, collector);
  takeTimes(fields, collector, firstEvent ?? BigInt(Math.round(now * 1000)));
  collector.end(columns.attributeBytes);
}

/**
 * Client and server may have a span in common, with one id: then the server's half gets an id of its own, made from the common one, which becomes
 * its parent's. OTLP knows nothing of two spans with one id, and what looks for who called whom would not find it.
 */
function takeIds(fields: JsonObject, { columns }: SpanCollector): void {
  ids.readTraceId(textField('traceId', fields['traceId'] ?? null));
  columns.setTraceId(ids.bytes, 0, ids.length);
  const id = textField('id', fields['id'] ?? null);
  if (fields['shared'] === true) {
    ids.readSpanId(id);
    columns.setParentSpanId(ids.bytes, 0, ids.length);
    ids.makeServersOwn();
    columns.setSpanId(ids.bytes, 0, ids.length);
    columns.attributes.add(SHARED, 'true', ATTRIBUTE_TYPE.bool);
    return;
  }
  ids.readSpanId(id);
  columns.setSpanId(ids.bytes, 0, ids.length);
  const parent = textField('parentId', fields['parentId'] ?? null);
  ids.readSpanId(parent === id ? '' : parent);
  columns.setParentSpanId(ids.bytes, 0, ids.length);
}

/** Adds the annotations as events; gives when the first one was, in microseconds. */
function takeAnnotations(fields: JsonObject, { columns: { events } }: SpanCollector): bigint | undefined {
  let first: bigint | undefined;
  for (const element of listField('annotations', fields['annotations'] ?? null)) {
    const annotation = objectField('an annotation', element);
    const at = microseconds('timestamp', annotation);
    const time = at * NANOSECONDS;
    events.timeLow = Number(time & LOW_WORD);
    events.timeHigh = Number(time >> 32n);
    events.name.set(textField('value', annotation['value'] ?? null));
    events.end();
    if (at > 0n && (first === undefined || at < first)) first = at;
  }
  return first;
}

function takeTimes(fields: JsonObject, { columns }: SpanCollector, otherwise: bigint): void {
  let start = microseconds('timestamp', fields);
  if (start === 0n) {
    start = otherwise;
    columns.attributes.add(START_ABSENT, 'true', ATTRIBUTE_TYPE.bool);
  }
  columns.setTimes(start * NANOSECONDS, (start + microseconds('duration', fields)) * NANOSECONDS);
}

function originOf(service: string, { scopeName, scopeVersion }: Tags): SpanOrigin {
  const resource = service === '' ? { names: [], values: [], types: '' } : { names: ['service.name'], values: [service], types: 's' };
  return {
    serviceName: service,
    resourceSchemaUrl: '',
    resource,
    resourceDropped: 0,
    scopeSchemaUrl: '',
    scopeName,
    scopeVersion,
    scope: { names: [], values: [], types: '' },
    scopeDropped: 0,
  };
}

interface Endpoint {
  readonly service: string;
  /** The last one that is told counts, as for the Collector: IPv6 before IPv4. */
  readonly ip: string;
  readonly port: number;
}

function endpoint(name: string, fields: JsonObject): Endpoint {
  const given = optional(name, fields);
  const port = given['port'] ?? 0;
  const ip = textField('ipv6', given['ipv6'] ?? null) || textField('ipv4', given['ipv4'] ?? null);
  return {
    service: textField('serviceName', given['serviceName'] ?? null),
    ip,
    port: typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 0xffff ? port : badField('port', 'a port', port),
  };
}

function takeEndpoint({ columns: { attributes } }: SpanCollector, { ip, port }: Endpoint, prefix: string): void {
  if (ip !== '') attributes.add(`${prefix}.ip`, ip, ATTRIBUTE_TYPE.string);
  if (port > 0) attributes.add(`${prefix}.port`, String(port), ATTRIBUTE_TYPE.int);
}

function optional(name: string, fields: JsonObject): JsonObject {
  const value = fields[name] ?? null;
  return value === null ? {} : objectField(name, value);
}

/** Whole microseconds; 0 where there are none. */
function microseconds(name: string, fields: JsonObject): bigint {
  const value = fields[name] ?? 0;
  const fits = typeof value === 'number' && value >= 0 && value <= MOST_MICROSECONDS;
  // Some senders count in fractions.
  return fits ? BigInt(Math.round(value)) : badField(name, 'a number of microseconds', value);
}
