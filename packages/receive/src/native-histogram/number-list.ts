/** A growing list of numbers, bounded and reused from message to message. */

/** More buckets or bounds than any histogram may have, whatever is configured: what lies beyond is counted, not kept. */
export const MOST_BUCKETS = 65_536;

export class NumberList {
  /** Numbers that were added; those beyond {@link MOST_BUCKETS} are not in `values`. */
  count = 0;
  values = new Float64Array(32);

  add(value: number): void {
    const at = this.count++;
    if (at >= MOST_BUCKETS) return;
    if (at === this.values.length) {
      const larger = new Float64Array(at * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[at] = value;
  }

  copy(): Float64Array {
    return this.values.slice(0, Math.min(this.count, MOST_BUCKETS));
  }
}
