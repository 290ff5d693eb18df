/** Bounds how often the same sentence is logged into the own log: if writing lines down makes the same line again, that ends here. */

import type { Clock } from '@atalaya/model';

/** So many at once, then one after each pause. */
const AT_ONCE = 100;
const ONE_EACH_MS = 10_000;
/** Sentences are constants of the program; should some not be, they take no more memory than this. */
const MOST_SENTENCES = 1000;

interface Bucket {
  level: number;
  countedAt: number;
}

/** A leaky bucket for each sentence. */
export class SentenceLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an occurrence; false when there were too many. */
  admits(sentence: string): boolean {
    const now = this.#clock.monotonic();
    let bucket = this.#buckets.get(sentence);
    if (bucket === undefined) {
      if (this.#buckets.size >= MOST_SENTENCES) this.#buckets.clear();
      bucket = { level: 0, countedAt: now };
      this.#buckets.set(sentence, bucket);
    }
    bucket.level = Math.max(0, bucket.level - (now - bucket.countedAt) / ONE_EACH_MS);
    bucket.countedAt = now;
    if (bucket.level + 1 > AT_ONCE) return false;
    bucket.level++;
    return true;
  }
}
