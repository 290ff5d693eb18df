/** A query worker: evaluates PromQL and LogQL on its own thread and answers with finished JSON text. */

import { parentPort, workerData } from 'node:worker_threads';
import { AtalayaError, type CancelSignal, systemClock } from '@atalaya/model';
import { warmUp } from '@atalaya/query';
import { connectLogReader, connectReader } from '@atalaya/store';
import { LogRunner } from './log-runner.ts';
import { isLogTask, type TaskMessage, type TaskResult, type TaskSuccess, type WorkerData } from './query-task.ts';
import { engineWithin, runTask } from './task-runner.ts';
import { TooCostly } from './too-costly.ts';

const { limits, readerPort, logReaderPort, cancelled } = workerData as WorkerData;
const flag = new Int32Array(cancelled);
/** How often waiting calls look whether their task was cancelled; loops look themselves. */
const LOOK_EVERY_MS = 50;

const engine = engineWithin(limits, connectReader(readerPort));
const logs = new LogRunner(limits, connectLogReader(logReaderPort));

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

async function answer({ task, waitedMs, mostCost }: TaskMessage): Promise<void> {
  const signal = new TaskSignal();
  running = signal;
  let result: TaskResult;
  const transfer: ArrayBuffer[] = [];
  try {
    const success: TaskSuccess = isLogTask(task)
      ? { bytes: await logs.run(task, waitedMs, mostCost, signal) }
      : await runTask(engine, task, waitedMs, mostCost, signal);
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
