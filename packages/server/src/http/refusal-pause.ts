/** Slows down clients that ask for too much in a loop: even refusing them takes time that others need. */

import type { Clock } from '@atalaya/model';

/** Refusals that are answered at once; one more is forgiven each second. */
const AT_ONCE = 5;
/** How long the answers to further ones are held back. */
const PAUSE_MS = 1000;

/** Decides how long a refusal waits. */
export class RefusalPause {
  readonly #clock: Clock;
  #level = 0;
  #countedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a refusal, and resolves when it may be answered. */
  async wait(): Promise<void> {
    const now = this.#clock.monotonic();
    this.#level = Math.max(0, this.#level - (now - this.#countedAt) / 1000) + 1;
    this.#countedAt = now;
    if (this.#level > AT_ONCE) {
      // More than this would have to be forgiven long after the loop has ended.
      this.#level = Math.min(this.#level, 2 * AT_ONCE);
      await this.#clock.sleep(PAUSE_MS);
    }
  }
}
