/** Bounds how often something is done: so many a second, a few at once. */

import type { Clock } from '@atalaya/model';

/** A bucket of tokens, full at first. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #most: number;
  #tokens: number;
  #filledAt: number;

  /** @param most how many may be taken at once after a rest */
  constructor(clock: Clock, perSecond: number, most: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#most = most;
    this.#tokens = most;
    this.#filledAt = clock.monotonic();
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
