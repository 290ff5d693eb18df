/** Runs queries on worker threads, each with a bounded number of slots; a stuck or crashed worker is replaced. */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { AtalayaError, type Clock, formatDuration, type Logger, type Timer } from '@atalaya/model';
import type { EngineOptions } from './contract.ts';
import type { QueryTask, TaskMessage, TaskResult, WorkerData } from './query-task.ts';

const ENTRY = new URL('./query-worker.ts', import.meta.url);
/** How long after its time limit a query may take to notice before its worker is ended. */
const GRACE_MS = 5000;

export interface QueryPoolOptions {
  readonly workers: number;
  readonly limits: EngineOptions['query'];
  readonly clock: Clock;
  readonly log: Logger;
  /** Serves the store's data to a worker through this port. */
  serveReader(port: MessagePort): void;
}

interface Running {
  readonly task: QueryTask;
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
  readonly deadline: Timer;
}

interface PoolWorker {
  readonly worker: Worker;
  readonly cancelled: Int32Array;
  readonly running: (Running | undefined)[];
  load: number;
}

/** The engine process' query workers. */
export class QueryPool {
  readonly #options: QueryPoolOptions;
  #workers: PoolWorker[] = [];
  #closed = false;

  constructor(options: QueryPoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.workers; i++) this.#workers.push(this.#spawn());
  }

  /** How many queries are under way. */
  get running(): number {
    return this.#workers.reduce((sum, { load }) => sum + load, 0);
  }

  /** Runs one query; resolves with the answer's JSON text. Rejects with OVERLOADED when too many are under way. */
  run(task: QueryTask, signal: AbortSignal): Promise<Uint8Array> {
    const { concurrency } = this.#options.limits;
    if (this.running >= concurrency) {
      return Promise.reject(
        new AtalayaError('OVERLOADED', { reason: `${concurrency} queries are under way (query.concurrency)` }, { retryAfterSeconds: 1 }),
      );
    }
    const target = this.#workers.reduce((least, other) => (other.load < least.load ? other : least));
    const slot = target.running.indexOf(undefined);
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        Atomics.store(target.cancelled, slot, 1);
      };
      const deadline = this.#options.clock.after(task.timeoutMs, () => {
        cancel();
        const limit = formatDuration(task.timeoutMs);
        this.#settle(target, slot)?.reject(new AtalayaError('QUERY_TIMEOUT', { phase: 'execution', limit }));
        // The slot stays taken until the worker answers; one that never does is ended.
        target.running[slot] = { task, resolve: () => undefined, reject: () => undefined, deadline: this.#replaceLater(target) };
        target.load++;
      });
      Atomics.store(target.cancelled, slot, 0);
      target.running[slot] = { task, resolve, reject, deadline };
      target.load++;
      signal.addEventListener('abort', cancel, { once: true });
      target.worker.postMessage({ slot, task } satisfies TaskMessage);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #spawn(): PoolWorker {
    const { limits, log } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const cancelled = new SharedArrayBuffer(limits.concurrency * 4);
    const workerData: WorkerData = { limits, readerPort: port2, cancelled };
    const worker = new Worker(ENTRY, { workerData, transferList: [port2], name: 'query' });
    const entry: PoolWorker = {
      worker,
      cancelled: new Int32Array(cancelled),
      running: Array.from({ length: limits.concurrency }, () => undefined),
      load: 0,
    };
    this.#options.serveReader(port1);
    worker.on('message', (result: TaskResult) => {
      const waiting = this.#settle(entry, result.slot);
      if ('bytes' in result) waiting?.resolve(result.bytes);
      else waiting?.reject(AtalayaError.fromData(result.error));
    });
    worker.on('error', (error: Error) => log.error({ reason: error.message }, 'a query worker failed'));
    worker.on('exit', () => {
      port1.close();
      this.#replace(entry);
    });
    return entry;
  }

  #settle(worker: PoolWorker, slot: number): Running | undefined {
    const running = worker.running[slot];
    if (running === undefined) return undefined;
    worker.running[slot] = undefined;
    worker.load--;
    running.deadline.cancel();
    return running;
  }

  #replaceLater(entry: PoolWorker): Timer {
    return this.#options.clock.after(GRACE_MS, () => {
      this.#options.log.warn({}, 'a query did not end at its time limit; its worker is replaced');
      void entry.worker.terminate();
    });
  }

  #replace(entry: PoolWorker): void {
    for (let slot = 0; slot < entry.running.length; slot++) {
      this.#settle(entry, slot)?.reject(
        new AtalayaError('QUERY_FAILED', { reason: 'the query worker ended, probably out of memory; ask for less at once' }),
      );
    }
    if (this.#closed) return;
    this.#workers = this.#workers.map((other) => (other === entry ? this.#spawn() : other));
  }
}
