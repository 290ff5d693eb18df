/** Traces what a request asks of the engine process. */

import type { Answer } from '../../engine/channel.ts';
import type { QueryTask } from '../../engine/query-task.ts';
import type { OwnAttributes } from './own-span.ts';
import type { OwnTraces } from './own-traces.ts';

const MOST_CHARACTERS = 4096;

/** Asks by `ask`, as a span of the request for which that is done; the engine goes on with the trace of a query. */
export function traceEngineCall(
  traces: OwnTraces,
  method: string,
  params: unknown,
  ask: (params: unknown) => Promise<Answer>,
): Promise<Answer> {
  const trace = traces.current;
  if (trace === undefined) return ask(params);
  if (method !== 'query') return trace.during(`engine ${method}`, {}, () => ask(params));
  const task = params as QueryTask;
  return trace.during(`query ${task.kind}`, attributesOf(task), (context) => ask({ ...task, trace: context }));
}

function attributesOf(task: QueryTask): OwnAttributes {
  return { 'db.query.text': task.query.slice(0, MOST_CHARACTERS), 'atalaya.query.timeout_ms': task.timeoutMs };
}
