/** The one place that makes links between the signals: log line, trace, metric, service, host. */

import type { Exemplar } from '../exemplars.ts';
import type { LogLine } from '../logs/line.ts';
import { toMilliseconds } from '../logs/nanoseconds.ts';
import type { LabelRecord } from '../prometheus.ts';
import type { TimeRangeText } from '../time-range.ts';
import { around, type Place, spanning } from './place.ts';
import { subjectOf, withoutPort } from './subject.ts';

const quoted = (text: string) => JSON.stringify(text);
const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Every stream has this label; a selector must name one. */
const ALL_STREAMS = '{service_name=~".+"}';

/** The trace with this id, at one of its spans if one is named. */
export function placeOfTrace(traceId: string, range?: TimeRangeText, spanId?: string): Place {
  return { to: '/traces/$traceId', params: { traceId }, search: { ...range, ...(spanId === undefined ? {} : { span: spanId }) } };
}

/** The traces that a TraceQL question finds. */
export function placeOfTraces(query: string, range?: TimeRangeText): Place {
  return { to: '/traces', search: { q: query, ...range } };
}

/** The lines that a LogQL question finds. */
export function placeOfLogs(query: string, range?: TimeRangeText): Place {
  return { to: '/logs', search: { q: query, ...range } };
}

/** Expressions in the metrics explorer. */
export function placeOfMetrics(queries: readonly string[], range?: TimeRangeText): Place {
  return { to: '/explore', search: { q: [...queries], ...range } };
}

/** A service's page, with one of its operations chosen if one is named. */
export function placeOfService(service: string, range?: TimeRangeText, operation?: string): Place {
  return { to: '/services/$name', params: { name: service }, search: { ...range, ...(operation === undefined ? {} : { op: operation }) } };
}

/** Lines of a stream label's value. */
export function logqlOf(name: string, value: string): string {
  return `{${name}=${quoted(value)}}`;
}

/** Lines of a trace, of any service; or those of one span. */
export function logqlOfTrace(traceId: string, spanId?: string): string {
  return `${ALL_STREAMS} | trace_id=${quoted(traceId)}${spanId === undefined ? '' : ` | span_id=${quoted(spanId)}`}`;
}

/** Lines of all streams. */
export const logqlOfAll = ALL_STREAMS;

/** How busy a host's processors are, from whatever watches it with node_exporter's names. */
export function promqlOfHost(host: string): string {
  return `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",${instanceOf(host)}}[5m]))`;
}

/** Instances are most often a host with a port. */
function instanceOf(host: string): string {
  return `instance=~${quoted(`${literal(host)}(:.*)?`)}`;
}

/** A span as far as links need it. Milliseconds since the epoch. */
export interface LinkedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly start: number;
  readonly end: number;
  /** Attributes of its resource, as text. */
  readonly resource: LabelRecord;
}

/** From a span to what else is known of it; a place is missing where the resource does not say enough. */
export interface SpanPlaces {
  readonly logsOfSpan: Place;
  readonly logsOfTrace: Place;
  readonly logsOfService?: Place;
  readonly service?: Place;
  readonly host?: Place;
}

/** The places of a span; all at the time of the span. */
export function placesOfSpan({ traceId, spanId, start, end, resource }: LinkedSpan): SpanPlaces {
  const range = spanning(start, end);
  const { service, host } = subjectOf(resource);
  return {
    logsOfSpan: placeOfLogs(logqlOfTrace(traceId, spanId), range),
    logsOfTrace: placeOfLogs(logqlOfTrace(traceId), range),
    ...(service === undefined
      ? {}
      : { logsOfService: placeOfLogs(logqlOf('service_name', service), range), service: placeOfService(service, around(start)) }),
    ...(host === undefined ? {} : { host: placeOfMetrics([promqlOfHost(host)], around(start)) }),
  };
}

const TRACE_NAMES = ['trace_id', 'traceid', 'traceID', 'traceId', 'TraceId', 'trace'];
const SPAN_NAMES = ['span_id', 'spanid', 'spanID', 'spanId', 'SpanId'];

/** The trace that labels name; `undefined` when they name none. */
export function traceIdIn(labels: LabelRecord): string | undefined {
  for (const name of TRACE_NAMES) {
    const value = labels[name];
    if (value !== undefined && /^[0-9a-f]{16,32}$/i.test(value) && !/^0+$/.test(value)) return value;
  }
  return undefined;
}

/** The span that labels name. */
export function spanIdIn(labels: LabelRecord): string | undefined {
  return SPAN_NAMES.map((name) => labels[name]).find((value) => value !== undefined && /^[0-9a-f]{16}$/i.test(value));
}

/** The trace that a line belongs to, from its attributes, its labels, or the fields of its text; `undefined` when it names none. */
export function traceIdOf(line: LogLine): string | undefined {
  return traceIdIn(line.metadata) ?? traceIdIn(line.stream) ?? traceIdIn(line.parsed);
}

/** The trace of a line, at the span that wrote it. */
export function traceOfLine(line: LogLine): Place | undefined {
  const traceId = traceIdOf(line);
  if (traceId === undefined) return undefined;
  const spanId = spanIdIn(line.metadata) ?? spanIdIn(line.parsed);
  return placeOfTrace(traceId, around(toMilliseconds(line.time)), spanId);
}

/** The place of an exemplar's trace, at the span that was measured; `undefined` for one that names no trace. */
export function placeOfExemplar({ labels, time }: Exemplar): Place | undefined {
  const traceId = traceIdIn(labels);
  return traceId === undefined ? undefined : placeOfTrace(traceId, around(time * 1000), spanIdIn(labels));
}

/** A query for what is measured of the line's instance, host or job; `undefined` when its stream names none. */
export function promqlOfLine({ stream }: LogLine): string | undefined {
  const { instance, job } = stream;
  if (instance !== undefined && instance !== '') return `up{instance=${quoted(instance)}}`;
  const host = stream['host'] ?? stream['hostname'] ?? stream['nodename'] ?? stream['host_name'];
  if (host !== undefined && host !== '') return `node_load1{${instanceOf(withoutPort(host))}}`;
  return job === undefined || job === '' ? undefined : `up{job=${quoted(job)}}`;
}

const STATUS: Readonly<Record<string, string>> = { STATUS_CODE_ERROR: 'error', STATUS_CODE_OK: 'ok', STATUS_CODE_UNSET: 'unset' };
const KINDS: Readonly<Record<string, string>> = {
  SPAN_KIND_SERVER: 'server',
  SPAN_KIND_CLIENT: 'client',
  SPAN_KIND_PRODUCER: 'producer',
  SPAN_KIND_CONSUMER: 'consumer',
  SPAN_KIND_INTERNAL: 'internal',
};

/** The attributes in which a caller names what it calls, when that sends no spans of its own. */
const PEER_NAMES = [
  'peer.service',
  'db.namespace',
  'db.name',
  'db.system.name',
  'db.system',
  'server.address',
  'messaging.destination.name',
];

/** Traces with a call from one service to another. What is no service of its own is known by the names that callers give it. */
export function traceqlOfEdge(client: string, server: string, connection: string): string {
  if (connection === 'database') return `{${ofService(client)} && (${named(server)})}`;
  if (connection === 'virtual_node') return `{${ofService(client)} && (${named(server)})} || {${ofService(server)} && nestedSetParent<0}`;
  return `{${ofService(client)}} > {${ofService(server)}}`;
}

const ofService = (service: string) => `resource.service.name=${quoted(service)}`;
const named = (name: string) => PEER_NAMES.map((attribute) => `span.${attribute}=${quoted(name)}`).join(' || ');

/** The traces behind a series, as TraceQL; `undefined` when its labels name neither a service nor an edge between two. */
export function traceqlOf(labels: LabelRecord): string | undefined {
  const { client, server } = labels;
  if (client !== undefined && server !== undefined) return traceqlOfEdge(client, server, labels['connection_type'] ?? '');
  const { service } = subjectOf(labels);
  if (service === undefined) return undefined;
  const conditions = [ofService(service)];
  if (labels['span_name'] !== undefined) conditions.push(`name=${quoted(labels['span_name'])}`);
  const kind = KINDS[labels['span_kind'] ?? ''];
  if (kind !== undefined) conditions.push(`kind=${kind}`);
  const status = STATUS[labels['status_code'] ?? ''];
  if (status !== undefined) conditions.push(`status=${status}`);
  return `{${conditions.join(' && ')}}`;
}

/** Traces of a service, with further conditions. */
export function traceqlOfService(service: string, ...conditions: string[]): string {
  return `{${[ofService(service), ...conditions].join(' && ')}}`;
}
