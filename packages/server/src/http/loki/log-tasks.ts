/** Requests to Loki's query routes as tasks of the query pool. All throw AtalayaError BAD_REQUEST with Loki's words. */

import type { FastifyRequest } from 'fastify';
import type { LogTask } from '../../engine/query-task.ts';
import type { Settings } from '../../settings/table.ts';
import {
  aggregateByParameter,
  boundsOf,
  directionParameter,
  intervalParameter,
  limitParameter,
  orderedBoundsOf,
  queryParameter,
  stepParameter,
  targetLabelsParameter,
  timeParameter,
  type TimeRange,
  volumeLimitParameter,
} from './parameters.ts';
import { nanoseconds } from './times.ts';

/** Lines that detected fields are looked for in, unless the request says it, and fields that are told. */
const FIELD_LINES = 1000;
const FIELDS = 1000;

/** What every task is made from. */
export interface LogTaskSource {
  readonly parameters: URLSearchParams;
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whether the client wants labels told by where they came from. */
export function wantsCategories(request: FastifyRequest): boolean {
  const header = request.headers['x-loki-response-encoding-flags'];
  const flags = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return flags.some((flag) => flag.trim() === 'categorize-labels');
}

const asked = ({ parameters, settings }: LogTaskSource): { readonly query: string; readonly timeoutMs: number } => ({
  query: queryParameter(parameters),
  timeoutMs: settings['query.timeout'],
});

const told = ({ start, end }: TimeRange): { readonly start: string; readonly end: string } => ({ start: String(start), end: String(end) });

export function logInstantTask(source: LogTaskSource, categorised: boolean): LogTask {
  const { parameters, now } = source;
  const limit = limitParameter(parameters);
  const time = timeParameter(parameters, 'time', nanoseconds(now));
  return { kind: 'log-instant', ...asked(source), time: String(time), limit, direction: directionParameter(parameters), categorised };
}

export function logRangeTask(source: LogTaskSource, categorised: boolean): LogTask {
  const { parameters, now } = source;
  const range = orderedBoundsOf(parameters, now);
  const limit = limitParameter(parameters);
  const direction = directionParameter(parameters);
  const step = String(stepParameter(parameters, range));
  const interval = String(intervalParameter(parameters));
  return { kind: 'log-range', ...asked(source), ...told(range), step, interval, limit, direction, categorised };
}

export function logPatternsTask(source: LogTaskSource): LogTask {
  const range = boundsOf(source.parameters, source.now);
  return { kind: 'log-patterns', ...asked(source), ...told(range), step: String(stepParameter(source.parameters, range)) };
}

/** The task of detected fields, or of the values of one of them. */
export function logFieldsTask(source: LogTaskSource, field: string | undefined): LogTask {
  const { parameters, now } = source;
  const range = orderedBoundsOf(parameters, now);
  const lineLimit = Math.min(limitParameter(parameters, 'line_limit', FIELD_LINES), source.settings['query.log_entries']);
  const limit = limitParameter(parameters, parameters.has('limit') ? 'limit' : 'field_limit', FIELDS);
  return { kind: 'log-fields', ...asked(source), ...told(range), lineLimit, limit, ...(field === undefined ? {} : { field }) };
}

/** The task of a volume: in all, or by steps. */
export function logVolumeTask(source: LogTaskSource, inSteps: boolean): LogTask {
  const { parameters, now } = source;
  const limit = volumeLimitParameter(parameters);
  const aggregateBy = aggregateByParameter(parameters);
  const targetLabels = targetLabelsParameter(parameters);
  const range = orderedBoundsOf(parameters, now);
  const step = inSteps ? { step: String(stepParameter(parameters, range)) } : {};
  return { kind: 'log-volume', ...asked(source), ...told(range), ...step, limit, targetLabels, aggregateBy };
}
