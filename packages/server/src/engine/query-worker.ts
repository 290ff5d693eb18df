/** A query worker: evaluates PromQL on its own thread and answers with finished JSON text. */

import { parentPort, workerData } from 'node:worker_threads';
import { PROMQL_FEATURES } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, systemClock } from '@atalaya/model';
import { createPromqlEngine, encodeAnswer } from '@atalaya/query';
import { connectReader } from '@atalaya/store';
import type { QueryTask, TaskMessage, TaskResult, WorkerData } from './query-task.ts';

const { limits, readerPort, cancelled } = workerData as WorkerData;
const flags = new Int32Array(cancelled);
/** How often waiting calls look whether their task was cancelled; loops look themselves. */
const LOOK_EVERY_MS = 50;

const engine = createPromqlEngine(connectReader(readerPort), {
  lookbackMs: limits.lookbackMs,
  clock: systemClock,
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
class SlotSignal implements CancelSignal {
  readonly #slot: number;
  readonly #listeners = new Set<() => void>();

  constructor(slot: number) {
    this.#slot = slot;
  }

  get aborted(): boolean {
    return Atomics.load(flags, this.#slot) === 1;
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

const running = new Set<SlotSignal>();
systemClock.every(LOOK_EVERY_MS, () => {
  for (const signal of running) signal.tell();
});

async function evaluate(task: QueryTask, signal: CancelSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (task.explain === true) {
    const explanation = await engine.explain(task, 0, signal);
    return Uint8Array.from(Buffer.from(JSON.stringify(explanation)));
  }
  const answer = task.kind === 'instant' ? await engine.instant(task, signal) : await engine.range(task, signal);
  return encodeAnswer(answer);
}

parentPort?.on('message', ({ slot, task }: TaskMessage) => {
  const signal = new SlotSignal(slot);
  running.add(signal);
  void evaluate(task, signal)
    .then(
      (bytes): [TaskResult, ArrayBuffer[]] => [{ slot, bytes }, [bytes.buffer]],
      (error: unknown): [TaskResult, ArrayBuffer[]] => [{ slot, error: AtalayaError.from(error).toData() }, []],
    )
    .then(([result, transfer]) => parentPort?.postMessage(result, transfer))
    .finally(() => running.delete(signal));
});
