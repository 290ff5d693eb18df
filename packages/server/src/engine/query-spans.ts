/** Tells what a traced query went through in the engine process: how long it waited for its turn, how long it was evaluated. */

import type { Clock } from '@atalaya/model';
import type { EngineSpan } from '../telemetry/own-traces/own-span.ts';
import type { QueryTask } from './query-task.ts';

/** Of queries that are not to be told otherwise, those are told that took so long: the request may come to be kept for it. */
const SLOW_MS = 500;

/** What is told, and when it was. */
interface Telling {
  readonly clock: Clock;
  readonly tell: (spans: readonly EngineSpan[]) => void;
}

/** Runs a query; `run` calls its argument when the query's turn has come, each time should it come again. */
export async function tellOfQuery(
  { trace }: QueryTask,
  { clock, tell }: Telling,
  run: (onTurn: () => void) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (trace === undefined) return run(() => undefined);
  const beganMs = clock.now();
  const beganAt = clock.monotonic();
  let turnAt = beganAt;
  let waited = false;
  const end = (attributes: EngineSpan['attributes'], failure?: string): void => {
    if (!trace.sampled && failure === undefined && clock.monotonic() - beganAt < SLOW_MS) return;
    const wait = { parent: trace, name: 'wait for a worker', startMs: beganMs, durationMs: turnAt - beganAt, attributes: {} };
    const startMs = beganMs + turnAt - beganAt;
    const evaluation = { parent: trace, name: 'evaluate', startMs, durationMs: clock.monotonic() - turnAt, attributes, failure };
    tell(waited ? [wait, evaluation] : [evaluation]);
  };
  try {
    const bytes = await run(() => {
      waited = true;
      turnAt = clock.monotonic();
    });
    end({ 'atalaya.answer.bytes': bytes.length });
    return bytes;
  } catch (error) {
    end({}, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Does a piece of the engine process' own work, and tells of it. */
export async function tellOfWork<Result>(name: string, { clock, tell }: Telling, work: () => Promise<Result>): Promise<Result> {
  const startMs = clock.now();
  const beganAt = clock.monotonic();
  const end = (failure?: string): void => tell([{ name, startMs, durationMs: clock.monotonic() - beganAt, attributes: {}, failure }]);
  try {
    const result = await work();
    end();
    return result;
  } catch (error) {
    end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
