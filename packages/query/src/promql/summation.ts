/** Sums that keep what rounding would lose (Kahan summation in Neumaier's form), as Prometheus sums. */

/**
 * Zero, to begin sums with in loops over samples: V8 takes a variable that begins as the literal 0 for a small integer, and
 * then keeps all that is added to it outside registers.
 */
export const ZERO = new Float64Array(1);

/**
 * What rounding took from `next`, the sum of the two numbers: exactly that, unless something overflows. Has no branches, because it
 * is asked for once for every sample of every window.
 */
export function roundedOff(sum: number, value: number, next: number): number {
  const added = next - sum;
  return sum - (next - added) + (value - added);
}

/** A running sum. One object is used for many sums: `reset`, `add`, `total`. */
export class CompensatedSum {
  sum = 0;
  compensation = 0;

  reset(): void {
    this.sum = 0;
    this.compensation = 0;
  }

  add(value: number): void {
    const { sum } = this;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) this.compensation = 0;
    else if (Math.abs(sum) >= Math.abs(value)) this.compensation += sum - next + value;
    else this.compensation += value - next + sum;
    this.sum = next;
  }

  get total(): number {
    const { sum } = this;
    return sum === Infinity || sum === -Infinity ? sum : sum + this.compensation;
  }
}

/** A running mean: a plain sum divided at the end; where that sum would overflow, a mean that is moved by each value. */
export class CompensatedMean {
  #count = 0;
  #incremental = false;
  readonly #state = new CompensatedSum();

  reset(): void {
    this.#count = 0;
    this.#incremental = false;
    this.#state.reset();
  }

  add(value: number): void {
    const state = this.#state;
    const count = ++this.#count;
    if (count === 1) {
      state.sum = value;
      return;
    }
    if (!this.#incremental) {
      const { sum, compensation } = state;
      state.add(value);
      if (state.sum !== Infinity && state.sum !== -Infinity) return;
      this.#incremental = true;
      state.sum = sum / (count - 1);
      state.compensation = compensation / (count - 1);
    }
    const kept = (count - 1) / count;
    state.sum *= kept;
    state.compensation *= kept;
    state.add(value / count);
  }

  get mean(): number {
    const { sum, compensation } = this.#state;
    return this.#incremental ? sum + compensation : sum / this.#count + compensation / this.#count;
  }
}

/** A running population variance (Welford's method, compensated). */
export class CompensatedVariance {
  #count = 0;
  readonly #mean = new CompensatedSum();
  readonly #squares = new CompensatedSum();

  reset(): void {
    this.#count = 0;
    this.#mean.reset();
    this.#squares.reset();
  }

  add(value: number): void {
    const mean = this.#mean;
    this.#count++;
    const delta = value - (mean.sum + mean.compensation);
    mean.add(delta / this.#count);
    this.#squares.add(delta * (value - (mean.sum + mean.compensation)));
  }

  get variance(): number {
    return (this.#squares.sum + this.#squares.compensation) / this.#count;
  }
}
