/**
 * Runs queries on worker threads, one at a time on each. Queries wait in two lines: those that are expected to cost much run on some of the
 * workers only, the cheapest first, so that a worker is always left for the others. A stuck or crashed worker is replaced.
 */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { AtalayaError, type Clock, formatDuration, type Logger, type Timer } from '@atalaya/model';
import type { EngineOptions, StepCacheState } from './contract.ts';
import { type QueryTask, signalOf, type TaskMessage, type TaskResult, type WorkerData } from './query-task.ts';
import { type WaitingJob, WaitingJobs } from './waiting-jobs.ts';

const ENTRY = new URL('./query-worker.ts', import.meta.url);
/** How long after its time limit, or after nobody wants it any more, a query may take to notice before its worker is ended. */
const GRACE_MS = 5000;
/** How long a worker that ended before its first answer is waited for. */
const RESPAWN_MS = 500;
/** Samples to read and points to compute from which on a query is costly: about a quarter of a second's work. */
const COSTLY = 5_000_000;
const LEAST_HEAP_MIB = 256;

export interface QueryPoolOptions {
  /** At least two. One of them takes cheap queries only. */
  readonly workers: number;
  readonly limits: EngineOptions['query'];
  readonly clock: Clock;
  readonly log: Logger;
  /** What the workers run, for tests. */
  readonly entry?: URL;
  /** Serves the store's data to a worker through this port. */
  serveReader(port: MessagePort): void;
  /** Serves the store's log lines to a worker through this port. */
  serveLogReader(port: MessagePort): void;
  /** Serves the store's spans to a worker through this port. */
  serveTraceReader(port: MessagePort): void;
}

/** A query on its way. */
interface Job extends WaitingJob {
  readonly enqueuedAt: number;
  /** Whether somebody still waits for the answer. */
  wanted: boolean;
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
  /** Called when a worker takes it. */
  onTurn(): void;
}

interface PoolWorker {
  readonly worker: Worker;
  readonly cancelled: Int32Array;
  readonly takesCostly: boolean;
  job: Job | undefined;
  /** Ends the worker unless it gives up an unwanted job in time. */
  grace: Timer | undefined;
  hasAnswered: boolean;
  /** Bytes of the steps that it keeps. */
  keptBytes: number;
  failure: Error | undefined;
}

/** The engine process' query workers. */
export class QueryPool {
  readonly #options: QueryPoolOptions;
  #workers: PoolWorker[] = [];
  readonly #waiting = new WaitingJobs<Job>();
  #closed = false;
  #cachedSteps = 0;
  #computedSteps = 0;

  constructor(options: QueryPoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.workers; i++) this.#workers.push(this.#spawn(i < options.workers - 1));
  }

  /** How many queries are under way, those that wait for their turn included. */
  get running(): number {
    return this.#waiting.all.length + this.#workers.filter(({ job }) => job !== undefined).length;
  }

  /** What is under way. */
  get tasks(): QueryTask[] {
    const running = this.#workers.flatMap(({ job }) => (job === undefined ? [] : [job]));
    return [...this.#waiting.all, ...running].map(({ task }) => task);
  }

  get stepCache(): StepCacheState {
    const bytes = this.#workers.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
    return { cachedSteps: this.#cachedSteps, computedSteps: this.#computedSteps, bytes };
  }

  /**
   * Runs one query; resolves with the answer's JSON text. Rejects with OVERLOADED when too many are under way, QUERY_TIMEOUT,
   * QUERY_CANCELED when the signal aborts, and as the engine does. `onTurn` is called whenever a worker takes it: twice where the first one finds
   * it too costly.
   */
  run(task: QueryTask, signal: AbortSignal, onTurn: () => void = () => undefined): Promise<Uint8Array> {
    const { clock, limits } = this.#options;
    if (signal.aborted) return Promise.reject(new AtalayaError('QUERY_CANCELED', { phase: 'queue' }));
    const of = signalOf(task);
    const [most, setting] = {
      metrics: [limits.concurrency, 'query.concurrency'] as const,
      logs: [limits.logConcurrency, 'query.log_concurrency'] as const,
      traces: [limits.traceConcurrency, 'query.trace_concurrency'] as const,
    }[of];
    if (this.tasks.filter((other) => signalOf(other) === of).length >= most) {
      const reason = `${most} queries are under way (${setting})`;
      return Promise.reject(new AtalayaError('OVERLOADED', { reason }, { retryAfterSeconds: 1 }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const job: Job = { task, enqueuedAt: clock.monotonic(), cost: undefined, wanted: true, resolve, reject, onTurn };
    const cancel = (): void => this.#drop(job, new AtalayaError('QUERY_CANCELED', { phase: 'execution' }));
    const deadline = clock.after(task.timeoutMs, () => {
      const limit = formatDuration(task.timeoutMs);
      this.#drop(job, new AtalayaError('QUERY_TIMEOUT', { phase: this.#workerOf(job) === undefined ? 'queue' : 'execution', limit }));
    });
    signal.addEventListener('abort', cancel, { once: true });
    this.#waiting.add(job);
    this.#dispatch();
    return promise.finally(() => {
      deadline.cancel();
      signal.removeEventListener('abort', cancel);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #workerOf(job: Job): PoolWorker | undefined {
    return this.#workers.find((worker) => worker.job === job);
  }

  /** Ends a job that nobody waits for any more. */
  #drop(job: Job, reason: AtalayaError): void {
    job.wanted = false;
    job.reject(reason);
    this.#waiting.remove(job);
    const worker = this.#workerOf(job);
    if (worker === undefined) return;
    Atomics.store(worker.cancelled, 0, 1);
    worker.grace ??= this.#options.clock.after(GRACE_MS, () => {
      this.#options.log.warn({ query: job.task.query }, 'a query did not end when it should; its worker is replaced');
      void worker.worker.terminate();
    });
  }

  /** Gives the idle workers something to do. */
  #dispatch(): void {
    if (this.#closed) return;
    for (const worker of this.#workers) {
      const costly = worker.job === undefined && worker.takesCostly ? this.#waiting.nextCostly() : undefined;
      if (costly !== undefined) this.#give(worker, costly);
    }
    for (;;) {
      const idle = this.#workers.filter(({ job }) => job === undefined);
      const job = idle.length === 0 ? undefined : this.#waiting.next();
      if (job === undefined) return;
      this.#give(this.#bestOf(idle, job), job);
    }
  }

  /**
   * The worker that had the same query before, if it is idle: it may have kept results. What a question about traces costs shows only when it
   * is asked; where any may be, it need not begin again.
   */
  #bestOf(idle: readonly PoolWorker[], { task }: Job): PoolWorker {
    const favourite = this.#favourite(task);
    const best = idle.find((worker) => (signalOf(task) === 'traces' ? worker.takesCostly : worker === favourite));
    return best ?? (idle[0] as PoolWorker);
  }

  #favourite({ query }: QueryTask): PoolWorker | undefined {
    let hash = 0;
    for (let i = 0; i < query.length; i++) hash = (hash * 31 + query.charCodeAt(i)) | 0;
    return this.#workers[Math.abs(hash) % this.#workers.length];
  }

  #give(worker: PoolWorker, job: Job): void {
    worker.job = job;
    job.onTurn();
    Atomics.store(worker.cancelled, 0, 0);
    const message: TaskMessage = {
      task: job.task,
      waitedMs: this.#options.clock.monotonic() - job.enqueuedAt,
      mostCost: worker.takesCostly ? Number.POSITIVE_INFINITY : COSTLY,
    };
    worker.worker.postMessage(message);
  }

  #take(worker: PoolWorker, result: TaskResult): void {
    const { job } = worker;
    worker.hasAnswered = true;
    worker.job = undefined;
    worker.grace?.cancel();
    worker.grace = undefined;
    if ('bytes' in result && result.steps !== undefined) {
      this.#cachedSteps += result.steps.cached;
      this.#computedSteps += result.steps.computed;
      worker.keptBytes = result.steps.keptBytes;
    }
    if (job?.wanted === true) {
      if ('bytes' in result) job.resolve(result.bytes);
      else if ('error' in result) job.reject(AtalayaError.fromData(result.error));
      else this.#waiting.addCostly(job, result.tooCostly);
    }
    this.#dispatch();
  }

  #spawn(takesCostly: boolean): PoolWorker {
    const { limits, log, entry = ENTRY } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const logs = new MessageChannel();
    const traces = new MessageChannel();
    const cancelled = new SharedArrayBuffer(4);
    const workerData: WorkerData = { limits, readerPort: port2, logReaderPort: logs.port2, traceReaderPort: traces.port2, cancelled };
    // Bounds label sets and the like. What typed arrays hold is counted by the query itself.
    const maxOldGenerationSizeMb = Math.max(LEAST_HEAP_MIB, Math.ceil(limits.memoryBytes / 1_048_576));
    const worker = new Worker(entry, {
      workerData,
      transferList: [port2, logs.port2, traces.port2],
      name: 'query',
      resourceLimits: { maxOldGenerationSizeMb },
    });
    const pooled: PoolWorker = {
      worker,
      cancelled: new Int32Array(cancelled),
      takesCostly,
      job: undefined,
      grace: undefined,
      hasAnswered: false,
      keptBytes: 0,
      failure: undefined,
    };
    this.#options.serveReader(port1);
    this.#options.serveLogReader(logs.port1);
    this.#options.serveTraceReader(traces.port1);
    worker.on('message', (result: TaskResult) => this.#take(pooled, result));
    worker.on('error', (error: Error) => {
      pooled.failure = error;
      log.error({ reason: error.message, query: pooled.job?.task.query }, 'a query worker failed');
    });
    worker.on('exit', () => {
      port1.close();
      logs.port1.close();
      traces.port1.close();
      this.#replace(pooled);
    });
    return pooled;
  }

  #replace(ended: PoolWorker): void {
    ended.grace?.cancel();
    ended.job?.reject(this.#whyEnded(ended.failure));
    ended.job = undefined;
    if (this.#closed) {
      for (const job of this.#waiting.all) job.reject(new AtalayaError('QUERY_CANCELED', { phase: 'queue' }));
      return;
    }
    const spawn = (): void => {
      if (this.#closed) return;
      this.#workers = [...this.#workers, this.#spawn(ended.takesCostly)];
      this.#dispatch();
    };
    this.#workers = this.#workers.filter((other) => other !== ended);
    // One that cannot even start would be started for ever.
    if (ended.hasAnswered || ended.failure === undefined) spawn();
    else this.#options.clock.after(RESPAWN_MS, spawn);
  }

  #whyEnded(failure: Error | undefined): AtalayaError {
    if ((failure as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      const { memoryBytes } = this.#options.limits;
      const reason = 'its worker ran out of memory; ask for fewer series, a shorter range or a larger step, or raise query.memory';
      return new AtalayaError('QUERY_LIMIT', { setting: 'query.memory', limit: memoryBytes, reason }, { cause: failure });
    }
    return new AtalayaError(
      'QUERY_FAILED',
      { reason: 'the query worker ended unexpectedly; ask again, or for less at once' },
      { cause: failure },
    );
  }
}
