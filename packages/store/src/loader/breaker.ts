/** A circuit breaker with exponential back-off: how long to leave a failing engine alone, and when to try it again. */

import { type Clock, type Timer } from '@atalaya/model';

/** `closed`: all is well. `open`: waiting before the next try. `half-open`: a try is under way. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  readonly clock: Clock;
  /** The first wait, milliseconds; every further failure doubles it. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Numbers from 0 to below 1: waits are spread over their upper half, so that many do not come back at once. */
  readonly random: () => number;
}

export class Breaker {
  readonly #options: BreakerOptions;
  #state: BreakerState = 'closed';
  #failures = 0;
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  success(): void {
    this.#state = 'closed';
    this.#failures = 0;
  }

  /** Opens, and resolves when it is time for another try (then half-open) or {@link cancel} is called. Tells the wait by `announce`. */
  failure(announce: (delayMs: number) => void): Promise<void> {
    const { clock, firstDelayMs, maxDelayMs, random } = this.#options;
    const full = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(this.#failures, 30));
    const delay = full / 2 + (random() * full) / 2;
    this.#failures++;
    this.#state = 'open';
    announce(delay);
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = clock.after(delay, () => {
        this.#state = 'half-open';
        resolve();
      });
    });
  }

  /** Ends a wait at once. */
  cancel(): void {
    this.#timer?.cancel();
    this.#wake?.();
  }
}
