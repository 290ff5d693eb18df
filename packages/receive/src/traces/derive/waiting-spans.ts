/** Spans whose other side has not come yet, by the hash of what both sides know. Each waits for one to two times the wait, and there is room for so many. */

import { KeyIndex } from '../../metrics/key-index.ts';

/** One side of a request. */
export interface WaitingSpan {
  readonly service: string;
  readonly seconds: number;
  readonly failed: boolean;
  /** Whether it asked (client, producer) or was asked (server, consumer). */
  readonly asked: boolean;
  readonly messaging: boolean;
  /** What a client calls the other side; empty where it does not say. */
  readonly peer: string;
  /** Whether the other side came. */
  paired: boolean;
  /** The next one under the same key. */
  readonly next: WaitingSpan | undefined;
}

interface Generation {
  readonly index: KeyIndex;
  /** Heads of lists, by the index' slots. */
  readonly heads: WaitingSpan[];
  spans: number;
}

const emptyGeneration = (): Generation => ({ index: new KeyIndex(), heads: [], spans: 0 });

export class WaitingSpans {
  readonly #limit: number;
  #current = emptyGeneration();
  #previous = emptyGeneration();

  /** @param limit spans that wait at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#current.spans + this.#previous.spans;
  }

  /** The asking span under a key, whenever it came. */
  asking(low: number, high: number): WaitingSpan | undefined {
    for (const { index, heads } of [this.#current, this.#previous]) {
      const slot = index.find(low, high);
      // The asking one is put in front of all others.
      if (slot >= 0 && heads[slot]?.asked === true) return heads[slot];
    }
    return undefined;
  }

  /** Calls back for each span under a key that was asked and waits. */
  eachAsked(low: number, high: number, tell: (span: WaitingSpan) => void): void {
    for (const { index, heads } of [this.#current, this.#previous]) {
      const slot = index.find(low, high);
      for (let span = slot < 0 ? undefined : heads[slot]; span !== undefined; span = span.next) if (!span.asked && !span.paired) tell(span);
    }
  }

  /** Lets a span wait; false when there is no room. One that asks takes the place of those before it, which have been paired with it. */
  add(low: number, high: number, span: Omit<WaitingSpan, 'next'>): boolean {
    if (this.size >= this.#limit) return false;
    const { index, heads } = this.#current;
    const slot = index.find(low, high);
    const entry: WaitingSpan = { ...span, next: span.asked || slot < 0 ? undefined : heads[slot] };
    if (slot >= 0) heads[slot] = entry;
    else {
      index.set(low, high, heads.length);
      heads.push(entry);
    }
    this.#current.spans++;
    return true;
  }

  /** Begins a new generation; calls back for each span of the last but one that nothing was paired with. */
  rotate(tell: (span: WaitingSpan) => void): void {
    const { heads } = this.#previous;
    this.#previous = this.#current;
    this.#current = emptyGeneration();
    for (const head of heads)
      for (let span: WaitingSpan | undefined = head; span !== undefined; span = span.next) if (!span.paired) tell(span);
  }
}
