/** Range queries by way of the step cache: what was computed before is taken from there, the rest is run. */

import type { CancelSignal, Clock } from '@atalaya/model';
import type { SampleReader } from '../reader.ts';
import type { QueryAnswer, QueryStats } from './answer.ts';
import { evaluateQuestion, finished, type Question } from './run.ts';
import { assembled, type Grid, missing, type Part, type Span, type StepCache } from './step-cache.ts';
import { inputsOf, type StepInputs } from './step-inputs.ts';

/** Fewer steps are not worth keeping. */
const LEAST_STEPS = 10;
/** With more gaps than this between kept steps everything is computed anew. */
const MOST_RUNS = 16;
/** A query that has something to say is computed in about so many blocks, because only whole ones can be used again. */
const BLOCKS = 8;

/** Where a range query stands in the cache. */
interface Place {
  readonly cache: StepCache;
  readonly key: string;
  readonly inputs: StepInputs;
  readonly grid: Grid;
  readonly wanted: Span;
  readonly blockSteps: number;
}

/** Answers a range query; the statistics tell how many steps came from the cache. Rejects as the engine's methods do. */
export async function runWithCache(
  question: Question,
  cache: StepCache,
  reader: SampleReader,
  clock: Clock,
  startedAt: number,
  signal: CancelSignal,
): Promise<QueryAnswer> {
  const place = placeOf(question, cache);
  if (place === undefined || reader.changes === undefined) {
    return finished(question, await evaluateQuestion(question, reader, clock, startedAt, signal));
  }
  const { key, grid, wanted, blockSteps } = place;
  // Asked before anything is read: what is computed from now on is at least as new as this version.
  const changes = await reader.changes(cache.versionOf(key) ?? -1);
  let kept = cache.usable(key, wanted, grid, place.inputs, changes);
  let gaps = missing(wanted, kept, cache.isAnnotated(key) ? blockSteps : undefined);
  if (gaps.length > MOST_RUNS) [kept, gaps] = [[], [wanted]];

  const computed: Part[] = [];
  const runs: QueryStats[] = [];
  for (const gap of gaps) {
    const begunAt = runs.length === 0 ? startedAt : clock.monotonic();
    const run = await evaluateQuestion(onlySteps(question, gap, grid), reader, clock, startedAt, signal, undefined, begunAt);
    if (!run.stepsStandAlone || run.result.resultType !== 'matrix') {
      const whole = gaps.length === 1 && kept.length === 0;
      return finished(question, whole ? run : await evaluateQuestion(question, reader, clock, startedAt, signal));
    }
    computed.push({ ...gap, matrix: run.result, warnings: run.warnings, infos: run.infos });
    runs.push(run.stats);
  }
  const parts = [...kept, ...computed].sort((a, b) => a.first - b.first);
  const { matrix, warnings, infos } = assembled(parts);
  if (computed.length > 0) cache.keep(key, parts, changes.version, blockSteps);
  const cachedSteps = kept.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const stats: QueryStats = { ...addedUp(runs, clock.monotonic() - startedAt), cachedSteps };
  return finished(question, {
    result: { resultType: 'matrix', ...matrix, grid: question.steps },
    warnings: [...warnings].sort(),
    infos: [...infos].sort(),
    stats,
  });
}

/** How many steps of a range query could be taken from the cache now. */
export async function stepsInCache(question: Question, cache: StepCache, reader: SampleReader): Promise<number> {
  const place = placeOf(question, cache);
  const version = place === undefined ? undefined : cache.versionOf(place.key);
  if (place === undefined || version === undefined || reader.changes === undefined) return 0;
  const kept = cache.usable(place.key, place.wanted, place.grid, place.inputs, await reader.changes(version));
  return kept.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Undefined for queries that cannot be kept step by step. */
function placeOf({ kind, query, expression, steps, lookbackMs }: Question, cache: StepCache): Place | undefined {
  if (kind !== 'range' || steps.count < LEAST_STEPS || !Number.isInteger(steps.start) || !Number.isInteger(steps.step)) return undefined;
  const inputs = inputsOf(expression, steps.step, lookbackMs);
  if (inputs === undefined) return undefined;
  const { start, step, count } = steps;
  const phase = ((start % step) + step) % step;
  const first = (start - phase) / step;
  const blockSteps = 2 ** Math.max(3, Math.ceil(Math.log2(count / BLOCKS)));
  // Limits are not part of the key: they decide whether there is an answer, not what it is.
  const key = JSON.stringify([query, step, phase, lookbackMs]);
  return { cache, key, inputs, grid: { phase, step }, wanted: { first, last: first + count - 1 }, blockSteps };
}

/** The question for some of its steps. */
function onlySteps(question: Question, { first, last }: Span, { phase, step }: Grid): Question {
  const startMs = phase + first * step;
  const endMs = phase + last * step;
  return { ...question, window: { startMs, endMs, stepMs: step }, steps: { start: startMs, step, count: last - first + 1 } };
}

/** The statistics of several runs; the time that no run accounts for was spent on putting their results together. */
function addedUp(runs: readonly QueryStats[], elapsedMs: number): QueryStats {
  const sum = (of: (run: QueryStats) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const parse = sum(({ timings }) => timings.parse);
  const read = sum(({ timings }) => timings.read);
  return {
    seriesRead: sum(({ seriesRead }) => seriesRead),
    samplesRead: sum(({ samplesRead }) => samplesRead),
    timings: { parse, read, evaluate: Math.max(0, elapsedMs - parse - read) },
  };
}
