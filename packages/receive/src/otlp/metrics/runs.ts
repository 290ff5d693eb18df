/** Places in a body: where runs of bytes begin and end. */

/** Growable pairs, reused from point to point. */
export class Runs {
  count = 0;
  #bounds = new Int32Array(8);

  from(index: number): number {
    return this.#bounds[index * 2] as number;
  }

  to(index: number): number {
    return this.#bounds[index * 2 + 1] as number;
  }

  add(from: number, to: number): void {
    const at = this.count++ * 2;
    if (at === this.#bounds.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#bounds);
      this.#bounds = larger;
    }
    this.#bounds[at] = from;
    this.#bounds[at + 1] = to;
  }

  /** Adds a run, as one with the last where it begins at its end. */
  extend(from: number, to: number): void {
    const last = this.count * 2 - 1;
    if (last > 0 && this.#bounds[last] === from) this.#bounds[last] = to;
    else this.add(from, to);
  }
}
