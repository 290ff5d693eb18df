/** How fast a counter grows, over the last few seconds. */

interface Reading {
  readonly at: number;
  readonly value: number;
}

/** Fed with a counter's readings; gives its growth per second over the window. */
export class RateMeter {
  readonly #windowMs: number;
  #readings: Reading[] = [];

  constructor(windowMs = 15_000) {
    this.#windowMs = windowMs;
  }

  /** @param at monotonic milliseconds */
  read(at: number, value: number): void {
    this.#readings.push({ at, value });
    // One reading older than the window is kept: the growth since then is what the window has seen.
    while (this.#readings.length > 2 && at - (this.#readings[1] as Reading).at >= this.#windowMs) this.#readings.shift();
  }

  /** Growth per second; 0 until there are two readings. */
  get perSecond(): number {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return (1000 * (last.value - first.value)) / (last.at - first.at);
  }
}
