/**
 * How log lines that came by OTLP look to LogQL: which of what OTLP says of them are stream labels, which structured metadata, and by what names.
 * The receiver makes streams by it, the store reads lines back by it. The mapping is that of Loki 3:
 *
 * | OTLP | LogQL |
 * | --- | --- |
 * | resource attributes of {@link OTLP_INDEX_ATTRIBUTES} | stream labels, named by {@link otlpLabelName} |
 * | other resource attributes, scope attributes, log attributes | structured metadata, named by {@link otlpLabelName} |
 * | scope name, scope version | `scope_name`, `scope_version` |
 * | severity text, severity number | `severity_text`, `severity_number` (decimal, not where 0) |
 * | trace id, span id | `trace_id`, `span_id` (lower-case hexadecimal digits) |
 * | flags | `flags` (decimal, not where 0) |
 *
 * Attributes that are maps have been flattened when they were received (`{http: {method: …}}` is `http.method`). What OTLP says besides, and the
 * table has no column for, has been made an attribute when it was received: `observed_timestamp` (nanoseconds; only where the line has a time of its
 * own), `dropped_attributes_count`, `event_name`, `scope_dropped_attributes_count`.
 */

import type { Labels } from './labels.ts';

/** Resource attributes that become stream labels: Loki's default list. */
export const OTLP_INDEX_ATTRIBUTES: ReadonlySet<string> = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'deployment.environment',
  'deployment.environment.name',
  'cloud.region',
  'cloud.availability_zone',
  'container.name',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'k8s.replicaset.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.job.name',
]);

/**
 * The label name of an attribute: every character but `[a-zA-Z0-9_]` is an underscore; `key_` is put before a name that begins with a digit, `key`
 * before one that begins with a single underscore. The empty name stays empty.
 */
export function otlpLabelName(attribute: string): string {
  const name = /^\w*$/.test(attribute) ? attribute : attribute.replaceAll(/\W/gu, '_');
  if (/^\d/.test(name)) return `key_${name}`;
  return /^_(?!_)/.test(name) ? `key${name}` : name;
}

/** What the lines of an origin share, as it is stored: names of attributes as they came. */
export interface OtlpOrigin {
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Readonly<Record<string, string>>;
}

/** What is stored of one line. */
export interface OtlpLine {
  /** Names as they came and values, alternating. */
  readonly attributes: readonly string[];
  readonly severityText: string;
  /** 1 to 24; 0 where nobody said. */
  readonly severityNumber: number;
  /** Hexadecimal digits; empty where there is none. */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** The structured metadata that all lines of an origin have: the same for each, so that it need not be made for each. */
export function otlpOriginMetadata(origin: OtlpOrigin): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(origin.resourceAttributes)) {
    if (!OTLP_INDEX_ATTRIBUTES.has(name)) put(metadata, otlpLabelName(name), value);
  }
  for (const [name, value] of Object.entries(origin.scopeAttributes)) put(metadata, otlpLabelName(name), value);
  put(metadata, 'scope_name', origin.scopeName);
  put(metadata, 'scope_version', origin.scopeVersion);
  return metadata;
}

/**
 * The structured metadata of a line, names and values alternating, sorted by name. Of equal names that of the line wins over its origin's, and a
 * field of OTLP over an attribute.
 */
export function otlpLineMetadata(origin: ReadonlyMap<string, string>, line: OtlpLine): Labels {
  const metadata = new Map(origin);
  const { attributes } = line;
  for (let i = 0; i < attributes.length; i += 2) put(metadata, otlpLabelName(attributes[i] as string), attributes[i + 1] as string);
  put(metadata, 'severity_text', line.severityText);
  if (line.severityNumber !== 0) metadata.set('severity_number', String(line.severityNumber));
  put(metadata, 'trace_id', line.traceId);
  put(metadata, 'span_id', line.spanId);
  if (line.traceFlags !== 0) metadata.set('flags', String(line.traceFlags));
  const labels: string[] = [];
  for (const name of [...metadata.keys()].sort()) labels.push(name, metadata.get(name) as string);
  return labels;
}

/**
 * The structured metadata of a line that came in any other way: names made valid, sorted. Of equal names the last one wins. Unlike OTLP's it
 * keeps empty values, as Loki does.
 */
export function plainLineMetadata(attributes: readonly string[]): Labels {
  const metadata = new Map<string, string>();
  for (let i = 0; i < attributes.length; i += 2) {
    const name = otlpLabelName(attributes[i] as string);
    if (name !== '') metadata.set(name, attributes[i + 1] as string);
  }
  return [...metadata.keys()].sort().flatMap((name) => [name, metadata.get(name) as string]);
}

/** An empty value means that there is no such label. */
function put(metadata: Map<string, string>, name: string, value: string): void {
  if (name !== '' && value !== '') metadata.set(name, value);
}
