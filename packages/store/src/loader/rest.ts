/** The sleeps of a loop that works when there is news. */

import type { Clock, Timer } from '@atalaya/model';

/** One sleep at a time. */
export class Rest {
  readonly #clock: Clock;
  #end: (() => void) | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after a time, milliseconds, or, without one, when there is news; at once when that time is over, or after {@link stop}. */
  async sleep(milliseconds?: number): Promise<void> {
    if (this.#stopped || (milliseconds !== undefined && milliseconds <= 0)) return;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (milliseconds !== undefined) this.#timer = this.#clock.after(milliseconds, resolve);
    });
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#end = undefined;
  }

  /** Tells of something to do: ends a sleep that waits for it, but none that has its time. */
  news(): void {
    if (this.#timer === undefined) this.#end?.();
  }

  /** Ends a sleep, whatever it waits for. */
  wake(): void {
    this.#end?.();
  }

  /** Ends a sleep, and there will be no other. */
  stop(): void {
    this.#stopped = true;
    this.wake();
  }
}
