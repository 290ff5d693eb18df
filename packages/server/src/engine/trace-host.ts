/** Traces in the engine process: spans for the threads that answer questions about them, and how many there are. */

import type { MessagePort } from 'node:worker_threads';
import { serveTraceReader, type TraceSampling, type TraceStore } from '@atalaya/store';
import type { TraceState } from './trace-contract.ts';

export interface TraceHostOptions {
  readonly store: TraceStore;
  /** Undefined when no traces are sampled here. */
  readonly sampling: TraceSampling | undefined;
  /** Resolves when what was acknowledged before is taken in. */
  readonly taken: () => Promise<unknown>;
}

export class TraceHost {
  readonly #options: TraceHostOptions;

  constructor(options: TraceHostOptions) {
    this.#options = options;
  }

  /** Serves spans to a thread through this port. */
  serve(port: MessagePort): void {
    const { store, taken } = this.#options;
    serveTraceReader(store, port, async () => {
      await taken();
      await store.readable();
    });
  }

  /** `queriesRunning` is the caller's to tell. */
  state(): Omit<TraceState, 'queriesRunning'> {
    const { store, sampling } = this.#options;
    const { known, waitingRows, counters } = store;
    return { ...known, waitingSpans: waitingRows, repeated: counters.repeated, sampling: sampling?.counters };
  }
}
