/** Shares sessions of the embedded engine between callers: each runs one statement at a time, callers wait in order. */

import { AtalayaError, type CancelSignal } from '@atalaya/model';
import type { Session } from 'chdb';

interface Waiting {
  readonly resolve: (session: Session) => void;
  readonly reject: (error: AtalayaError) => void;
}

export class SessionPool {
  readonly #all: readonly Session[];
  readonly #idle: Session[];
  #waiting: Waiting[] = [];
  #closed = false;
  #allIdle: (() => void) | undefined;

  constructor(sessions: readonly Session[]) {
    this.#all = sessions;
    this.#idle = [...sessions];
  }

  /** Runs `work` on a session as soon as one is free. Aborting while waiting rejects with QUERY_CANCELED. */
  async use<T>(signal: CancelSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take(signal);
    try {
      return await work(session);
    } finally {
      this.#give(session);
    }
  }

  /** Rejects who waits, lets finish what runs, then closes the sessions. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.reject(closedError());
    this.#waiting = [];
    if (this.#idle.length < this.#all.length) {
      await new Promise<void>((resolve) => {
        this.#allIdle = resolve;
      });
    }
    for (const session of this.#all) session.close();
  }

  async #take(signal: CancelSignal | undefined): Promise<Session> {
    if (this.#closed) throw closedError();
    if (signal?.aborted === true) throw canceledError();
    const session = this.#idle.pop();
    if (session !== undefined) return session;
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const waiting: Waiting = { resolve, reject };
    const abort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(canceledError());
    };
    this.#waiting.push(waiting);
    signal?.addEventListener('abort', abort);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #give(session: Session): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return next.resolve(session);
    this.#idle.push(session);
    if (this.#closed && this.#idle.length === this.#all.length) this.#allIdle?.();
  }
}

const closedError = (): AtalayaError => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'it is closed' });
const canceledError = (): AtalayaError => new AtalayaError('QUERY_CANCELED', { phase: 'waiting for the engine' });
