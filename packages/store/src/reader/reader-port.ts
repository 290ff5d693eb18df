/** What the two ends of a reader talk through: a message port between threads, or the same without one. */

/** The part of a MessagePort that readers need. */
export interface ReaderPort {
  postMessage(message: unknown, options?: { transfer?: ArrayBuffer[] }): void;
  /** What arrives is what the other end posts: see protocol.ts. */
  on(event: 'message' | 'close', listener: (message: unknown) => void): unknown;
  close(): void;
}

class DirectPort implements ReaderPort {
  other: DirectPort | undefined;
  #message: ((message: unknown) => void) | undefined;
  readonly #early: unknown[] = [];
  readonly #closed: (() => void)[] = [];

  postMessage(message: unknown): void {
    this.other?.take(message);
  }

  on(event: 'message' | 'close', listener: (message: unknown) => void): void {
    if (event === 'close') {
      this.#closed.push(() => listener(undefined));
      return;
    }
    this.#message = listener;
    for (const message of this.#early.splice(0)) this.take(message);
  }

  take(message: unknown): void {
    if (this.#message === undefined) this.#early.push(message);
    else this.#message(message);
  }

  close(): void {
    const { other } = this;
    if (other === undefined) return;
    this.other = undefined;
    other.close();
    for (const listener of this.#closed) listener();
  }
}

/**
 * Two ends on the same thread. A message is there before `postMessage` returns, and is handed over as it is: whoever posts it must not use
 * afterwards what it would have transferred.
 */
export function directPorts(): [ReaderPort, ReaderPort] {
  const one = new DirectPort();
  const two = new DirectPort();
  one.other = two;
  two.other = one;
  return [one, two];
}
