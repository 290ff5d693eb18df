/**
 * Queries that cost next to nothing are answered on the engine's own thread: waking another one, twice for each question to the store,
 * takes longer than they do.
 */

import { AtalayaError, type CancelSignal, type Clock, formatDuration } from '@atalaya/model';
import { type PromqlEngine, type SampleReader, warmUp } from '@atalaya/query';
import type { EngineOptions, StepCacheState } from './contract.ts';
import { isPromqlTask, type QueryTask } from './query-task.ts';
import { engineWithin, runTask } from './task-runner.ts';
import { TooCostly } from './too-costly.ts';

/** Samples to read and points to compute at most: about a millisecond's work, for which nobody else has to wait long. */
const MOST_COST = 100_000;
/** Longer texts may take long to parse. */
const LONGEST_QUERY = 2000;
/** Queries under way at once; what comes on top goes to the workers, so that others get their turn in between. */
const MOST_AT_ONCE = 4;
/** Texts that were too costly are not tried again, as far as so many are remembered. */
const REMEMBERED = 1000;
const WARM_UP_AFTER_MS = 1500;
const BREATH_MS = 5;

export interface QuickQueriesOptions {
  readonly limits: EngineOptions['query'];
  readonly clock: Clock;
  readonly reader: SampleReader;
}

export class QuickQueries {
  readonly #clock: Clock;
  readonly #engine: PromqlEngine;
  readonly #tooCostly = new Set<string>();
  #running = 0;
  #cachedSteps = 0;
  #computedSteps = 0;
  #closed = false;

  constructor({ limits, clock, reader }: QuickQueriesOptions) {
    this.#clock = clock;
    this.#engine = engineWithin(limits, reader);
    clock.after(WARM_UP_AFTER_MS, () => void this.#warmUp());
  }

  get running(): number {
    return this.#running;
  }

  get stepCache(): StepCacheState {
    return { cachedSteps: this.#cachedSteps, computedSteps: this.#computedSteps, bytes: this.#engine.cachedBytes };
  }

  /** Answers a query, or resolves with `undefined` when it is nothing for this thread. Rejects as the engine does. */
  async run(task: QueryTask, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { query } = task;
    if (!isPromqlTask(task)) return undefined;
    if (this.#running >= MOST_AT_ONCE || task.explain === true || query.length > LONGEST_QUERY || this.#tooCostly.has(query)) {
      return undefined;
    }
    const ended = new AbortController();
    const abort = (): void => ended.abort();
    signal.addEventListener('abort', abort, { once: true });
    let late = false;
    const deadline = this.#clock.after(task.timeoutMs, () => {
      late = true;
      abort();
    });
    this.#running++;
    try {
      if (signal.aborted) abort();
      const { bytes, steps } = await runTask(this.#engine, task, 0, MOST_COST, ended.signal satisfies CancelSignal);
      this.#cachedSteps += steps?.cached ?? 0;
      this.#computedSteps += steps?.computed ?? 0;
      return bytes;
    } catch (error) {
      if (late) throw new AtalayaError('QUERY_TIMEOUT', { phase: 'execution', limit: formatDuration(task.timeoutMs) });
      if (!(error instanceof TooCostly)) throw error;
      this.#remember(query);
      return undefined;
    } finally {
      this.#running--;
      deadline.cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends what still goes on by itself. */
  close(): void {
    this.#closed = true;
  }

  #remember(query: string): void {
    if (this.#tooCostly.size >= REMEMBERED) this.#tooCostly.clear();
    this.#tooCostly.add(query);
  }

  async #warmUp(): Promise<void> {
    await warmUp(this.#clock, async () => {
      await this.#clock.sleep(BREATH_MS);
      return !this.#closed;
    });
  }
}
