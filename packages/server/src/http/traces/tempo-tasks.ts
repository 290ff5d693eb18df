/** Requests to Tempo's routes as tasks of the query pool. All throw AtalayaError BAD_REQUEST with Tempo's words. */

import type { FastifyRequest } from 'fastify';
import type { TraceTask } from '../../engine/query-task.ts';
import type { TraceForm } from '../../engine/trace-contract.ts';
import type { TimeRange } from '../loki/parameters.ts';
import { traceByIdTask, type TraceTaskSource } from './jaeger-tasks.ts';
import {
  exemplarsOf,
  limitOf,
  metricsQueryOf,
  metricsRangeOf,
  queryOf,
  rangeOf,
  scopeOf,
  searchQueryOf,
  spansPerSetOf,
  stepOf,
  tagsLimitOf,
} from './tempo-parameters.ts';
import { tempoTraceIdOf } from './trace-ids.ts';

const PROTOBUF = 'application/protobuf';

/** Whether the client takes protobuf: Grafana's Tempo data source says so and nothing else. */
export function wantsProtobuf(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes(PROTOBUF);
}

/** The media type of a trace. */
export function traceType(form: TraceForm): string {
  return form.endsWith('protobuf') ? PROTOBUF : 'application/json';
}

const told = ({ start, end }: TimeRange): { readonly start: string; readonly end: string } => ({ start: String(start), end: String(end) });

/** The times that such a request may name narrow nothing: a trace is always whole. */
export function tempoTraceTask(source: TraceTaskSource, id: string, form: TraceForm): TraceTask {
  rangeOf(source.parameters, source.now);
  return traceByIdTask(source, tempoTraceIdOf(id), form);
}

export function tempoSearchTask({ parameters, settings, now }: TraceTaskSource): TraceTask {
  return {
    kind: 'trace-search',
    query: searchQueryOf(parameters),
    timeoutMs: settings['query.timeout'],
    ...told(rangeOf(parameters, now)),
    limit: limitOf(parameters),
    spansPerSet: spansPerSetOf(parameters),
  };
}

export function tempoTagsTask({ parameters, settings, now }: TraceTaskSource, byScope: boolean): TraceTask {
  return {
    kind: 'trace-tags',
    query: 'tags',
    timeoutMs: settings['query.timeout'],
    ...told(rangeOf(parameters, now)),
    scope: scopeOf(parameters),
    limit: tagsLimitOf(parameters),
    byScope,
  };
}

export function tempoTagValuesTask({ parameters, settings, now }: TraceTaskSource, tag: string, typed: boolean): TraceTask {
  return {
    kind: 'trace-tag-values',
    query: typed ? queryOf(parameters) : '',
    timeoutMs: settings['query.timeout'],
    ...told(rangeOf(parameters, now)),
    tag,
    limit: tagsLimitOf(parameters),
    typed,
  };
}

export function tempoMetricsTask({ parameters, settings, now }: TraceTaskSource, overTime: boolean): TraceTask {
  const query = metricsQueryOf(parameters);
  const range = metricsRangeOf(parameters, now);
  const step = overTime ? { step: String(stepOf(parameters, range)) } : {};
  const exemplars = overTime ? exemplarsOf(parameters) : 0;
  return { kind: 'trace-metrics', query, timeoutMs: settings['query.timeout'], ...told(range), ...step, exemplars };
}
