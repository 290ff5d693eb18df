/** Answers that are read in pieces: finds the series, lets a thread of its own write them down, piece by piece as they are wanted. */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { AtalayaError, type Logger } from '@atalaya/model';
import type { MetricStore } from '@atalaya/store';
import type { SeriesPiece, SeriesRequest } from './contract.ts';
import type { FoundSeries, SeriesCommand, SeriesResult, SeriesWorkerData } from './series-task.ts';

const ENTRY = new URL('./series-worker.ts', import.meta.url);
/** Answers under way at most, as many as Prometheus allows: each one holds a portion in memory. */
const MOST_OPEN = 10;

export interface SeriesReadsOptions {
  readonly store: Pick<MetricStore, 'matching' | 'labels' | 'holdHistograms'>;
  readonly limits: { readonly series: number; readonly samples: number };
  readonly log: Logger;
  /** Serves the store's data to a thread through this port. */
  serveReader(port: MessagePort): void;
}

interface Waiting {
  resolve(piece: SeriesPiece): void;
  reject(error: Error): void;
}

/** The engine process' answers in pieces. */
export class SeriesReads {
  readonly #options: SeriesReadsOptions;
  /** Cursors under way; with what waits for a piece, where something does. */
  readonly #open = new Map<number, Waiting | undefined>();
  #worker: Worker | undefined;
  #last = 0;

  constructor(options: SeriesReadsOptions) {
    this.#options = options;
  }

  /** Begins an answer and names it. @throws AtalayaError QUERY_LIMIT, OVERLOADED, BAD_QUERY. */
  open(request: SeriesRequest): number {
    if (this.#open.size >= MOST_OPEN) {
      throw new AtalayaError('OVERLOADED', { reason: `${MOST_OPEN} remote reads are under way` }, { retryAfterSeconds: 1 });
    }
    const found = this.#find(request);
    const cursor = ++this.#last;
    this.#open.set(cursor, undefined);
    this.#send({ kind: 'open', cursor, found }, [found.slots.buffer, found.ends.buffer, found.labels.buffer]);
    return cursor;
  }

  /** The next piece of an answer. Aborting ends the whole answer. */
  next(cursor: number, signal: AbortSignal): Promise<SeriesPiece> {
    if (!this.#open.has(cursor)) return Promise.reject(ended());
    return new Promise((resolve, reject) => {
      const abort = (): void => this.close(cursor);
      const settle = <Value>(then: (value: Value) => void) => {
        return (value: Value): void => {
          signal.removeEventListener('abort', abort);
          then(value);
        };
      };
      this.#open.set(cursor, { resolve: settle(resolve), reject: settle(reject) });
      signal.addEventListener('abort', abort, { once: true });
      this.#send({ kind: 'next', cursor });
    });
  }

  /** Ends an answer, finished or not. */
  close(cursor: number): void {
    const waiting = this.#open.get(cursor);
    if (!this.#open.delete(cursor)) return;
    waiting?.reject(new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' }));
    this.#send({ kind: 'close', cursor });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Whether one of the series that a request is about has had native histograms. */
  holdHistograms(request: SeriesRequest): boolean {
    return this.#options.store.holdHistograms(this.#match(request));
  }

  #match({ matcherSets, startMs, endMs }: SeriesRequest): Uint32Array {
    const { store, limits } = this.#options;
    const sets = matcherSets.map((matchers) => store.matching({ matchers, start: startMs, end: endMs }));
    const only = sets[0] ?? new Uint32Array(0);
    const slots = sets.length === 1 ? only.slice() : Uint32Array.from(new Set(sets.flatMap((set) => [...set])));
    if (slots.length > limits.series) {
      const reason = `${slots.length} series match; add matchers, or raise query.series`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.series', limit: limits.series, reason });
    }
    return slots;
  }

  #find(request: SeriesRequest): FoundSeries {
    const { store, limits } = this.#options;
    const { startMs, endMs, form } = request;
    const slots = this.#match(request);
    const { ends, bytes } = store.labels(slots);
    // What is sent while it is made is not held, and needs no bound.
    const mostInAll = form.kind === 'samples' ? limits.samples : Number.POSITIVE_INFINITY;
    return { form, slots: Uint32Array.from(slots), ends, labels: bytes, startMs, endMs, mostSamples: limits.samples, mostInAll };
  }

  #send(command: SeriesCommand, transfer: ArrayBuffer[] = []): void {
    this.#worker ??= this.#spawn();
    this.#worker.postMessage(command, transfer);
  }

  #spawn(): Worker {
    const { log } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const workerData: SeriesWorkerData = { readerPort: port2 };
    const worker = new Worker(ENTRY, { workerData, transferList: [port2], name: 'series' });
    this.#options.serveReader(port1);
    worker.on('message', (result: SeriesResult) => {
      const waiting = this.#open.get(result.cursor);
      if (waiting === undefined) return;
      this.#open.set(result.cursor, undefined);
      if ('bytes' in result) waiting.resolve(result);
      else waiting.reject(AtalayaError.fromData(result.error));
    });
    worker.on('error', (error: Error) => log.error({ reason: error.message }, 'the thread for remote reads failed'));
    worker.on('exit', () => {
      port1.close();
      this.#worker = undefined;
      for (const waiting of this.#open.values()) waiting?.reject(ended());
      this.#open.clear();
    });
    return worker;
  }
}

function ended(): AtalayaError {
  return new AtalayaError('QUERY_FAILED', { reason: 'the thread for remote reads ended, probably out of memory; ask for less at once' });
}
