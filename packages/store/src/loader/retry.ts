/** Repeats what fails, with growing pauses, until it works or its owner is stopped. */

import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { Breaker, type BreakerState } from './breaker.ts';

export class Retry {
  readonly #log: Logger;
  readonly #breaker: Breaker;
  #failures = 0;
  #lastError: string | undefined;
  #stopped = false;

  /** @param random numbers from 0 to below 1, for the back-off */
  constructor(clock: Clock, log: Logger, random: () => number) {
    this.#log = log;
    this.#breaker = new Breaker({ clock, firstDelayMs: 500, maxDelayMs: 30_000, random });
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** Failed tries since the start. */
  get failures(): number {
    return this.#failures;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Ends a wait at once; what fails from now on is not tried again. */
  stop(): void {
    this.#stopped = true;
    this.#breaker.cancel();
  }

  /** Repeats `work` until it works; `undefined` when stopped meanwhile. One call at a time. */
  async untilItWorks<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        const result = await work();
        if (this.#breaker.state !== 'closed') this.#log.info({ failures: this.#breaker.failures }, `${what} works again`);
        this.#breaker.success();
        return result;
      } catch (thrown) {
        const error = AtalayaError.from(thrown);
        this.#failures++;
        this.#lastError = `${what}: ${error.message}`;
        if (this.#stopped) return undefined;
        await this.#breaker.failure((delayMs) => {
          this.#log.warn({ code: error.code, reason: error.message, retryInMs: Math.round(delayMs) }, `${what} failed`);
        });
        if (this.#stopped) return undefined;
      }
    }
  }
}
