/** Request parameters of the query routes as tasks for the engine. */

import { AtalayaError } from '@atalaya/model';
import type { QueryTask } from '../engine/query-task.ts';
import type { Settings } from '../settings/table.ts';
import { durationParameter, limitParameter, requiredText, timeParameter } from './parameters.ts';

/** The task of `/api/v1/query`. @throws AtalayaError BAD_PARAMETER. */
export function instantTask(parameters: URLSearchParams, settings: Settings, now: number): QueryTask {
  return { kind: 'instant', ...common(parameters, settings), timeMs: timeParameter(parameters, 'time', now) };
}

/** The task of `/api/v1/query_range`. @throws AtalayaError BAD_PARAMETER, BAD_QUERY. */
export function rangeTask(parameters: URLSearchParams, settings: Settings): QueryTask {
  requiredText(parameters, 'start');
  requiredText(parameters, 'end');
  requiredText(parameters, 'step');
  const startMs = timeParameter(parameters, 'start', 0);
  const endMs = timeParameter(parameters, 'end', 0);
  const stepMs = durationParameter(parameters, 'step') ?? 0;
  if (endMs < startMs) throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before start time' });
  if (stepMs <= 0) {
    throw new AtalayaError('BAD_PARAMETER', {
      parameter: 'step',
      reason: 'zero or negative query resolution step widths are not accepted. Try a positive integer',
    });
  }
  if ((endMs - startMs) / stepMs > settings['query.points']) {
    throw new AtalayaError('BAD_QUERY', {
      reason: `exceeded maximum resolution of ${settings['query.points']} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    });
  }
  return { kind: 'range', ...common(parameters, settings), startMs, endMs, stepMs };
}

function common(parameters: URLSearchParams, settings: Settings): Pick<QueryTask, 'query' | 'timeoutMs' | 'lookbackMs' | 'limit'> {
  const lookbackMs = durationParameter(parameters, 'lookback_delta');
  const limit = limitParameter(parameters);
  return {
    query: requiredText(parameters, 'query'),
    timeoutMs: Math.min(durationParameter(parameters, 'timeout') ?? Number.POSITIVE_INFINITY, settings['query.timeout']),
    ...(lookbackMs === undefined ? {} : { lookbackMs }),
    ...(limit === undefined ? {} : { limit }),
  };
}
