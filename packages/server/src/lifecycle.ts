/** A stack of named clean-ups, undone in reverse order, each in bounded time. */

import type { Clock, Logger } from '@atalaya/model';

interface Cleanup {
  readonly name: string;
  readonly limitMs: number;
  readonly run: () => Promise<void> | void;
}

/** What has been started and must be stopped, last in first out. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stack: Cleanup[] = [];
  #stopped: Promise<void> | undefined;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Notes how to undo what was just started. One that takes longer than `limitMs` is left behind with a warning. */
  onStop(name: string, run: () => Promise<void> | void, limitMs = 3000): void {
    this.#stack.push({ name, limitMs, run });
  }

  /** Undoes everything. A clean-up that fails is logged and does not keep the others from running. Calling twice gives the same promise. */
  stop(): Promise<void> {
    this.#stopped ??= this.#unwind();
    return this.#stopped;
  }

  async #unwind(): Promise<void> {
    for (let cleanup = this.#stack.pop(); cleanup !== undefined; cleanup = this.#stack.pop()) {
      const { name, limitMs, run } = cleanup;
      const tooLong = Promise.withResolvers<'late'>();
      const timer = this.#clock.after(limitMs, () => tooLong.resolve('late'));
      try {
        const outcome = await Promise.race([Promise.resolve(run()), tooLong.promise]);
        if (outcome === 'late') this.#log.warn({ part: name, limitMs }, 'a part did not stop in time');
      } catch (error) {
        this.#log.error({ part: name, error: String(error) }, 'a part failed to stop');
      } finally {
        timer.cancel();
      }
    }
  }
}
