/** The key of a series out of the bytes that make it what it is: resource, metric, attributes, as they arrived. */

import { type HashSeed, hashRange } from '../../remote-write/keyed-hash.ts';

/** A key that grows part by part. Parts do not run into one another: `ab`, `c` and `a`, `bc` are two keys. */
export class RawKey {
  low = 0;
  high = 0;
  readonly #seed: HashSeed;
  /** The key so far, and what is added to it. */
  readonly #words = new Int32Array(4);
  readonly #view = new DataView(this.#words.buffer);
  readonly #result = new Int32Array(2);

  constructor(seed: HashSeed) {
    this.#seed = seed;
  }

  /** Begins anew, with two words. */
  restart(first: number, second: number): this {
    this.low = this.high = 0;
    return this.addWords(first, second);
  }

  /** Begins where another key ends. */
  follow({ low, high }: { readonly low: number; readonly high: number }): this {
    this.low = low;
    this.high = high;
    return this;
  }

  addBytes(view: DataView, from: number, to: number): this {
    hashRange(view, from, to, this.#seed, this.#words, 2);
    return this.#mix();
  }

  addWords(first: number, second: number): this {
    this.#words[2] = first;
    this.#words[3] = second;
    return this.#mix();
  }

  #mix(): this {
    this.#words[0] = this.low;
    this.#words[1] = this.high;
    hashRange(this.#view, 0, 16, this.#seed, this.#result, 0);
    this.low = this.#result[0] as number;
    this.high = this.#result[1] as number;
    return this;
  }
}
