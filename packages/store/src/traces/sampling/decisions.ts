/** What was decided about the last traces, for their late spans. */

/** Traces of one generation; two are kept. */
const GENERATION = 100_000;

export class Decisions {
  readonly #capacity: number;
  #current = new Map<bigint, number>();
  #previous = new Map<bigint, number>();

  /** @param capacity decisions that are remembered at least */
  constructor(capacity: number = GENERATION) {
    this.#capacity = capacity;
  }

  /** The decision about a trace, one of SPAN_VERDICT (`open`: left out); undefined when there is none. Who is asked for is remembered longer. */
  of(trace: bigint): number | undefined {
    const known = this.#current.get(trace);
    if (known !== undefined) return known;
    const before = this.#previous.get(trace);
    if (before !== undefined) this.set(trace, before);
    return before;
  }

  set(trace: bigint, verdict: number): void {
    if (this.#current.size >= this.#capacity) {
      this.#previous = this.#current;
      this.#current = new Map();
    }
    this.#current.set(trace, verdict);
  }
}
