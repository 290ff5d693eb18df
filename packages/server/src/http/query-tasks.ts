/** The parameters of `/api/v1/query` and `/api/v1/query_range`, in Prometheus' order and words, as tasks of the query pool. */

import { AtalayaError } from '@atalaya/model';
import type { PromqlTask } from '../engine/query-task.ts';
import type { Settings } from '../settings/table.ts';
import { durationParameter, limitParameter, lookbackParameter, requiredDuration, requiredTime, timeParameter } from './parameters.ts';

/** The task of an instant query; `now` (milliseconds) stands for a missing time. @throws AtalayaError BAD_PARAMETER, BAD_REQUEST */
export function instantTask(parameters: URLSearchParams, settings: Settings, now: number): PromqlTask {
  limitParameter(parameters);
  const timeMs = timeParameter(parameters, 'time', now);
  return { kind: 'instant', ...common(parameters, settings), timeMs };
}

/** The task of a range query. @throws AtalayaError BAD_PARAMETER, BAD_REQUEST, BAD_QUERY */
export function rangeTask(parameters: URLSearchParams, settings: Settings): PromqlTask {
  limitParameter(parameters);
  const startMs = requiredTime(parameters, 'start');
  const endMs = requiredTime(parameters, 'end');
  if (endMs < startMs) throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before start time' });
  const stepMs = requiredDuration(parameters, 'step');
  if (stepMs <= 0) {
    throw new AtalayaError('BAD_PARAMETER', {
      parameter: 'step',
      reason: 'zero or negative query resolution step widths are not accepted. Try a positive integer',
    });
  }
  const points = settings['query.points'];
  if ((endMs - startMs) / stepMs > points) {
    throw new AtalayaError('BAD_QUERY', {
      reason: `exceeded maximum resolution of ${points.toLocaleString('en-US')} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    });
  }
  const fresh = parameters.get('nocache') === '1' ? { fresh: true } : {};
  return { kind: 'range', ...common(parameters, settings), startMs, endMs, stepMs, ...fresh };
}

function common(
  parameters: URLSearchParams,
  settings: Settings,
): Pick<PromqlTask, 'query' | 'timeoutMs' | 'lookbackMs' | 'limit' | 'stats'> {
  const limit = limitParameter(parameters);
  const timeoutMs = Math.min(durationParameter(parameters, 'timeout') ?? Number.POSITIVE_INFINITY, settings['query.timeout']);
  const lookbackMs = lookbackParameter(parameters);
  const stats = parameters.get('stats') ?? '';
  return {
    query: parameters.get('query') ?? '',
    timeoutMs,
    ...(lookbackMs === undefined ? {} : { lookbackMs }),
    ...(limit === undefined ? {} : { limit }),
    ...(stats === '' ? {} : { stats: stats === 'all' ? ('all' as const) : ('total' as const) }),
  };
}
