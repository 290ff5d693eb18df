/**
 * Remembers about the last million keys in four megabytes, so that each look-up touches one line of the processor's cache: a set-associative table,
 * in whose lines the newest key takes the place of the oldest.
 */

const LINES = 1 << 16;
/** Words of a line: fifteen keys, and where the next one goes. */
const LINE = 16;
const KEYS = LINE - 1;

export class RecentKeys {
  readonly #words: Uint32Array;
  readonly #mask: number;

  /** @param lines a power of two */
  constructor(lines: number = LINES) {
    this.#words = new Uint32Array(lines * LINE);
    this.#mask = lines - 1;
  }

  /**
   * Remembers a key, two words of a good hash; tells whether it was new. One of about 300 million keys is taken for another: a line knows its keys
   * by 32 bits.
   */
  add(low: number, high: number): boolean {
    const words = this.#words;
    const base = (low & this.#mask) * LINE;
    // 0 stands for an empty place.
    const key = high === 0 ? 1 : high >>> 0;
    for (let at = base; at < base + KEYS; at++) if (words[at] === key) return false;
    const next = words[base + KEYS] as number;
    words[base + next] = key;
    words[base + KEYS] = next === KEYS - 1 ? 0 : next + 1;
    return true;
  }
}
