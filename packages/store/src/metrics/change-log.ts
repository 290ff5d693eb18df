/** What changed in the stored samples, and how far back in time: so that results computed earlier can be trusted or not. */

/** Entries that are kept; when there are more, every second one is merged into its neighbour. */
const KEPT = 4096;

/**
 * Versions of the data, and for each the oldest timestamp that was written since. A change is noted when questions can see it, before anybody
 * is told that it is there.
 */
export class ChangeLog {
  #version = 0;
  /** Ascending in both: behind an entry only later versions count, so one that reaches as far back replaces those before it. */
  #versions: number[] = [];
  #oldest: number[] = [];

  /** Counts changes. Ask for it before reading: what is read then is at least this new. */
  get version(): number {
    return this.#version;
  }

  /** Notes that samples from `oldest` on (milliseconds) may have changed; minus infinity says that all may have. */
  note(oldest: number): void {
    this.#version++;
    while (this.#oldest.length > 0 && (this.#oldest.at(-1) as number) >= oldest) {
      this.#oldest.pop();
      this.#versions.pop();
    }
    this.#versions.push(this.#version);
    this.#oldest.push(oldest);
    if (this.#oldest.length > KEPT) this.#thin();
  }

  /** The oldest timestamp that changed after a version; infinity when nothing did. A version that never was counts as the beginning. */
  oldestSince(version: number): number {
    let low = 0;
    let high = this.#versions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#versions[middle] as number) <= version) low = middle + 1;
      else high = middle;
    }
    return this.#oldest[low] ?? Number.POSITIVE_INFINITY;
  }

  /** Merges pairs of the older half: the later version with the earlier time, which is further back than need be but never wrong. */
  #thin(): void {
    const half = this.#versions.length >>> 1;
    const versions: number[] = [];
    const oldest: number[] = [];
    for (let i = 0; i < half; i += 2) {
      versions.push(this.#versions[i + 1] as number);
      oldest.push(this.#oldest[i] as number);
    }
    const rest = half + (half % 2);
    this.#versions = [...versions, ...this.#versions.slice(rest)];
    this.#oldest = [...oldest, ...this.#oldest.slice(rest)];
  }
}
