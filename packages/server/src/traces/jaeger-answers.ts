/** The envelope of Jaeger's query API around what is answered. */

import type { Operation } from '@atalaya/model';
import type { WholeTrace } from '@atalaya/query';
import { jaegerTraceId, jaegerTraceJson, NO_SERVICE_NAME } from './jaeger-json.ts';

/** `data` is JSON. `total` counts lists of names; of traces Jaeger says 0. */
export function jaegerEnvelope(data: string, total = 0, errors = 'null'): string {
  return `{"data":${data},"total":${total},"limit":0,"offset":0,"errors":${errors}}`;
}

/** Traces; those that were asked for and are not known are told as errors. */
export function jaegerTracesAnswer(traces: readonly WholeTrace[], unknown: readonly string[] = []): string {
  const errors = unknown.map((id) => ({ msg: 'trace not found', traceID: jaegerTraceId(id) }));
  const data = `[${traces.map(({ traceId, spans }) => jaegerTraceJson(traceId, spans)).join(',')}]`;
  return jaegerEnvelope(data, 0, errors.length === 0 ? 'null' : JSON.stringify(errors));
}

/** Names of services; that of those without a name is Jaeger's. */
export function jaegerServicesAnswer(services: readonly string[]): string {
  const names = services.map((name) => (name === '' ? NO_SERVICE_NAME : name));
  return jaegerEnvelope(JSON.stringify(names), names.length);
}

/** Operations with their kinds, or each name once. */
export function jaegerOperationsAnswer(operations: readonly Operation[], withKinds: boolean): string {
  const data = withKinds
    ? operations.map(({ name, kind }) => ({ name, spanKind: kind === 'unspecified' ? '' : kind }))
    : [...new Set(operations.map(({ name }) => name))];
  return jaegerEnvelope(JSON.stringify(data), data.length);
}
