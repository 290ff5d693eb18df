/** A query worker: evaluates PromQL on its own thread and answers with finished JSON text. */

import { parentPort, workerData } from 'node:worker_threads';
import { PROMQL_FEATURES } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, systemClock } from '@atalaya/model';
import { createPromqlEngine, encodeAnswer, type QueryCost, warmUp } from '@atalaya/query';
import { connectReader } from '@atalaya/store';
import type { TaskMessage, TaskResult, WorkerData } from './query-task.ts';

const { limits, readerPort, cancelled } = workerData as WorkerData;
const flag = new Int32Array(cancelled);
/** How often waiting calls look whether their task was cancelled; loops look themselves. */
const LOOK_EVERY_MS = 50;

const engine = createPromqlEngine(connectReader(readerPort), {
  lookbackMs: limits.lookbackMs,
  clock: systemClock,
  stepCacheBytes: limits.stepCacheBytes,
  limits: {
    series: limits.series,
    samples: limits.samples,
    points: limits.points,
    timeMs: limits.timeoutMs,
    memoryBytes: limits.memoryBytes,
    answerBytes: limits.answerBytes,
  },
  features: new Set(PROMQL_FEATURES.filter((feature) => limits.features.includes(feature))),
});

/** A signal that reads the shared flag whenever it is asked, and tells its listeners from a timer. */
class TaskSignal implements CancelSignal {
  readonly #listeners = new Set<() => void>();

  get aborted(): boolean {
    return Atomics.load(flag, 0) === 1;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  tell(): void {
    if (this.aborted) for (const listener of this.#listeners) listener();
  }
}

/** Thrown into a query that is expected to cost more than this worker should spend on one now. */
class TooCostly extends Error {
  readonly cost: number;

  constructor(cost: number) {
    super('the query is too costly for this worker');
    this.cost = cost;
  }
}

let running: TaskSignal | undefined;
systemClock.every(LOOK_EVERY_MS, () => running?.tell());

async function evaluate({ task, waitedMs, mostCost }: TaskMessage, signal: CancelSignal): Promise<Extract<TaskResult, { bytes: unknown }>> {
  const admit = ({ samples, points }: QueryCost): void => {
    if (samples + points > mostCost) throw new TooCostly(samples + points);
  };
  if (task.explain === true) {
    const explanation = await engine.explain(task, waitedMs, signal, admit);
    return { bytes: Uint8Array.from(Buffer.from(JSON.stringify(explanation))) };
  }
  if (task.kind === 'instant') return { bytes: encodeAnswer(await engine.instant(task, signal, admit), waitedMs) };
  const answer = await engine.range(task, signal, admit);
  const { cachedSteps: cached = 0 } = answer.stats;
  const computed = Math.floor((task.endMs - task.startMs) / task.stepMs) + 1 - cached;
  return { bytes: encodeAnswer(answer, waitedMs), steps: { cached, computed, keptBytes: engine.cachedBytes } };
}

async function answer(message: TaskMessage): Promise<void> {
  const signal = new TaskSignal();
  running = signal;
  let result: TaskResult;
  const transfer: ArrayBuffer[] = [];
  try {
    const success = await evaluate(message, signal);
    transfer.push(success.bytes.buffer);
    result = success;
  } catch (error) {
    result = error instanceof TooCostly ? { tooCostly: error.cost } : { error: AtalayaError.from(error).toData() };
  }
  running = undefined;
  parentPort?.postMessage(result, transfer);
}

parentPort?.on('message', (message: TaskMessage) => void answer(message));

/** Asked queries come first: in between, and only in between, the worker runs itself warm. */
const WARM_UP_AFTER_MS = 500;
const BREATH_MS = 3;
systemClock.after(WARM_UP_AFTER_MS, () => {
  void warmUp(systemClock, async () => {
    do await systemClock.sleep(BREATH_MS);
    while (running !== undefined);
    return true;
  });
});
