/** A query worker: evaluates PromQL, LogQL and TraceQL on its own thread and answers with finished bytes, mostly JSON. */

import { parentPort, workerData } from 'node:worker_threads';
import { AtalayaError, type CancelSignal, systemClock } from '@atalaya/model';
import { warmUp } from '@atalaya/query';
import { connectLogReader, connectReader, connectTraceReader } from '@atalaya/store';
import { LogRunner } from './log-runner.ts';
import { isLogTask, isPromqlTask, type TaskMessage, type TaskResult, type TaskSuccess, type WorkerData } from './query-task.ts';
import { engineWithin, runTask } from './task-runner.ts';
import { TooCostly } from './too-costly.ts';
import { TraceRunner } from './trace-runner.ts';

const { limits, readerPort, logReaderPort, traceReaderPort, cancelled } = workerData as WorkerData;
const flag = new Int32Array(cancelled);
/** How often waiting calls look whether their task was cancelled; loops look themselves. */
const LOOK_EVERY_MS = 50;

const engine = engineWithin(limits, connectReader(readerPort));
const logs = new LogRunner(limits, connectLogReader(logReaderPort));
const traces = new TraceRunner(limits, connectTraceReader(traceReaderPort));

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

let running: TaskSignal | undefined;
systemClock.every(LOOK_EVERY_MS, () => running?.tell());

async function run({ task, waitedMs, mostCost }: TaskMessage, signal: TaskSignal): Promise<TaskSuccess> {
  if (isPromqlTask(task)) return runTask(engine, task, waitedMs, mostCost, signal);
  const bytes = isLogTask(task) ? logs.run(task, waitedMs, mostCost, signal) : traces.run(task, mostCost, signal);
  return { bytes: await bytes };
}

async function answer(message: TaskMessage): Promise<void> {
  const signal = new TaskSignal();
  running = signal;
  let result: TaskResult;
  const transfer: ArrayBuffer[] = [];
  try {
    const success = await run(message, signal);
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
const isBusy = (): boolean => running !== undefined;
const WARM_UP_AFTER_MS = 500;
const BREATH_MS = 3;
systemClock.after(WARM_UP_AFTER_MS, () => {
  void warmUp(systemClock, async () => {
    await systemClock.sleep(BREATH_MS);
    while (isBusy()) await systemClock.sleep(BREATH_MS);
    return true;
  });
});
