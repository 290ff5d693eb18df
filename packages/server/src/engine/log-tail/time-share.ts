/** Bounds the time that some work takes of its thread, so that others get theirs. */

import type { Clock } from '@atalaya/model';

export class TimeShare {
  readonly #clock: Clock;
  readonly #share: number;
  readonly #most: number;
  /** Milliseconds that may be spent at `#filledAt`. */
  #left: number;
  #filledAt: number;
  #startedAt = 0;

  /**
   * @param share part of all time, above 0 and at most 1
   * @param most milliseconds that may be spent at once after a rest
   */
  constructor(clock: Clock, share: number, most: number) {
    this.#clock = clock;
    this.#share = share;
    this.#most = most;
    this.#left = most;
    this.#filledAt = clock.monotonic();
  }

  /** The work begins, or goes on after a rest. */
  begin(): void {
    const now = this.#clock.monotonic();
    this.#left = Math.min(this.#most, this.#left + (now - this.#filledAt) * this.#share);
    this.#filledAt = now;
    this.#startedAt = now;
  }

  /** Whether the work that was begun may go on. */
  get isLeft(): boolean {
    return this.#clock.monotonic() - this.#startedAt < this.#left;
  }

  /** The work rests. */
  end(): void {
    this.#left -= this.#clock.monotonic() - this.#startedAt;
  }
}
