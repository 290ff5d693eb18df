/** Runs one query of PromQL and writes its answer, on whatever thread it is called. */

import { PROMQL_FEATURES } from '@atalaya/lang';
import { type CancelSignal, systemClock } from '@atalaya/model';
import { createPromqlEngine, encodeAnswer, type PromqlEngine, type QueryCost, type SampleReader } from '@atalaya/query';
import type { EngineOptions } from './contract.ts';
import type { PromqlTask, TaskSuccess } from './query-task.ts';
import { TooCostly } from './too-costly.ts';

/** The engine of a thread, within the limits of the settings. */
export function engineWithin(limits: EngineOptions['query'], reader: SampleReader): PromqlEngine {
  return createPromqlEngine(reader, {
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
}

/**
 * Runs a task that has waited so many milliseconds; resolves with the answer's JSON text. Rejects with {@link TooCostly} before anything
 * is read when it is expected to cost more than `mostCost`, and as the engine does.
 */
export async function runTask(
  engine: PromqlEngine,
  task: PromqlTask,
  waitedMs: number,
  mostCost: number,
  signal: CancelSignal,
): Promise<TaskSuccess> {
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
