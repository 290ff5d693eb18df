/** What a set of labels is about: a service, a host, an instance, read from the names that each signal has for them. */

import type { LabelRecord } from '../prometheus.ts';

/** Names of the label that says which service it is, the surest first; `server` is the called end of an edge of the service graph. */
const SERVICE_NAMES = ['service_name', 'service.name', 'server', 'service', 'app', 'job'] as const;
/** Names of the label that says which host it is. `instance` is last: it is most often a host with a port. */
const HOST_NAMES = ['host_name', 'host.name', 'host', 'hostname', 'nodename', 'node', 'instance'] as const;

/** What labels are about; a part is missing where no label tells it. */
export interface Subject {
  readonly service?: string;
  readonly host?: string;
  readonly instance?: string;
}

/** Reads labels of a series, of a stream of lines, or attributes of a resource. */
export function subjectOf(labels: LabelRecord): Subject {
  const service = firstOf(labels, SERVICE_NAMES);
  const host = firstOf(labels, HOST_NAMES);
  const instance = labels['instance'] ?? labels['service_instance_id'] ?? labels['service.instance.id'];
  return {
    ...(service === undefined ? {} : { service: withoutNamespace(service, labels['job']) }),
    ...(host === undefined ? {} : { host: withoutPort(host) }),
    ...(instance === undefined || instance === '' ? {} : { instance }),
  };
}

function firstOf(labels: LabelRecord, names: readonly string[]): string | undefined {
  return names.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
}

/** What OTLP sends has the job `namespace/service`. */
function withoutNamespace(value: string, job: string | undefined): string {
  return value === job && /^[^/]+\/[^/]+$/.test(value) ? value.slice(value.indexOf('/') + 1) : value;
}

/** `edge-1.lan:9100` is the host `edge-1.lan`; an address in brackets keeps its colons. */
export function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text);
  if (bracketed !== null) return bracketed[1] as string;
  return /^[^:]+:\d+$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text;
}

/** Labels of log streams that may hold a service's name, and those that may hold a host's; the first that has the value is taken. */
export const LOG_LABELS = {
  service: ['service_name', 'job', 'app', 'service', 'compose_service', 'container', 'container_name'],
  host: ['host', 'host_name', 'hostname', 'nodename', 'node', 'instance'],
} as const;

/** Labels of series that may hold a service's name. */
export const SERIES_LABELS = ['job', 'service_name', 'service', 'app'] as const;
