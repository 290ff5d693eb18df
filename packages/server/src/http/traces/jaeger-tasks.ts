/** Requests to Jaeger's routes as tasks of the query pool. All throw AtalayaError BAD_REQUEST with Jaeger's words. */

import type { SpanKind } from '@atalaya/model';
import type { TraceTask } from '../../engine/query-task.ts';
import type { TraceForm } from '../../engine/trace-contract.ts';
import type { Settings } from '../../settings/table.ts';
import { badRequest, nanoseconds } from '../loki/times.ts';
import { checkJaegerTraceParameters, jaegerSearch } from './jaeger-parameters.ts';
import { jaegerTraceIdOf } from './trace-ids.ts';

/** What every task is made from. */
export interface TraceTaskSource {
  readonly parameters: URLSearchParams;
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const KINDS: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
/** Services and operations are those of all that is kept, and of what clocks that run ahead have sent. */
const AHEAD_MS = 86_400_000;

const everUntil = (now: number): { readonly start: string; readonly end: string } => ({
  start: '0',
  end: String(nanoseconds(now + AHEAD_MS)),
});

/** One trace by its id, which must have been read already. */
export function traceByIdTask({ settings }: Pick<TraceTaskSource, 'settings'>, traceId: string, form: TraceForm): TraceTask {
  return { kind: 'trace-by-id', query: traceId, timeoutMs: settings['query.timeout'], traceId, form };
}

export function jaegerTraceTask(source: TraceTaskSource, id: string): TraceTask {
  const traceId = jaegerTraceIdOf(id);
  checkJaegerTraceParameters(source.parameters);
  return traceByIdTask(source, traceId, 'jaeger');
}

export function jaegerSearchTask({ parameters, settings, now }: TraceTaskSource): TraceTask {
  const search = jaegerSearch(parameters, now);
  const common = { query: String(parameters), timeoutMs: settings['query.timeout'] };
  if ('traceIds' in search) return { kind: 'trace-jaeger-traces', ...common, ...search };
  return { kind: 'trace-jaeger-search', ...common, ...search };
}

export function jaegerServicesTask({ settings, now }: TraceTaskSource): TraceTask {
  return { kind: 'trace-jaeger-services', query: 'services', timeoutMs: settings['query.timeout'], ...everUntil(now) };
}

/** @param service undefined for the newer route, which takes it as a parameter and tells kinds as well */
export function jaegerOperationsTask({ parameters, settings, now }: TraceTaskSource, service?: string): TraceTask {
  const name = service ?? parameters.get('service') ?? '';
  if (name === '') badRequest("parameter 'service' is required");
  const kindText = service === undefined ? (parameters.get('spanKind') ?? '') : '';
  const spanKind = KINDS.find((one) => one === kindText);
  return {
    kind: 'trace-jaeger-operations',
    query: `operations of ${name}`,
    timeoutMs: settings['query.timeout'],
    ...everUntil(now),
    service: name,
    ...(spanKind === undefined ? {} : { spanKind }),
    withKinds: service === undefined,
  };
}
