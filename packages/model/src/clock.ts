/** Time as an argument: the only file that may touch the system clock and its timers. */

declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare function clearTimeout(handle: unknown): void;
declare const performance: { now(): number };

/** A pending call that can be taken back. Cancelling twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The part of an AbortSignal that rooms without a platform need; every AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Where every room gets the time from, so that tests can drive it. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. It may jump. */
  now(): number;
  /** Milliseconds since an arbitrary point; never goes back. For measuring durations. */
  monotonic(): number;
  /** Calls back once, not earlier than `milliseconds` from now. Does not keep the process alive. */
  after(milliseconds: number, callback: () => void): Timer;
  /** Calls back again and again; the next call is planned when the former one has returned. Does not keep the process alive. */
  every(milliseconds: number, callback: () => void): Timer;
  /** Resolves after `milliseconds`. */
  sleep(milliseconds: number): Promise<void>;
}

function startTimer(milliseconds: number, callback: () => void): unknown {
  const handle = setTimeout(callback, milliseconds);
  (handle as { unref?: () => void }).unref?.();
  return handle;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const handle = startTimer(milliseconds, callback);
    return { cancel: () => clearTimeout(handle) };
  },
  every(milliseconds, callback) {
    let cancelled = false;
    let handle: unknown;
    const turn = (): void => {
      callback();
      if (!cancelled) handle = startTimer(milliseconds, turn);
    };
    handle = startTimer(milliseconds, turn);
    return {
      cancel: () => {
        cancelled = true;
        clearTimeout(handle);
      },
    };
  },
  // Unlike the timers above a sleep keeps the process alive: somebody awaits it.
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

interface Waiting {
  at: number;
  sequence: number;
  callback: () => void;
}

/** A clock for tests: time stands still until `advance` moves it, then due calls run in order. */
export class ManualClock implements Clock {
  #now: number;
  #sequence = 0;
  #waiting: Waiting[] = [];

  /** @param start milliseconds since the epoch */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): Timer {
    const entry: Waiting = { at: this.#now + milliseconds, sequence: this.#sequence++, callback };
    this.#waiting.push(entry);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  every(milliseconds: number, callback: () => void): Timer {
    let cancelled = false;
    let timer: Timer;
    const turn = (): void => {
      callback();
      if (!cancelled) timer = this.after(milliseconds, turn);
    };
    timer = this.after(milliseconds, turn);
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /** Moves the time forward, running what falls due; awaits pending promise callbacks between calls. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settle();
      const due = this.#waiting.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at || a.sequence - b.sequence)[0];
      if (due === undefined) break;
      this.#waiting = this.#waiting.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
