/** Sums and means of many histograms, with what rounding would lose kept aside, as Prometheus computes them. */

import type { CounterResetHint, NativeHistogram } from '@atalaya/model';
import { addTo, type Outcome } from './add.ts';
import type { Side } from './sides.ts';
import { divide, multiply, open, type Working } from './working.ts';

/** A copy that keeps errors. */
function openWithErrors(histogram: NativeHistogram): Working {
  const working = open(histogram);
  for (const side of [working.positive, working.negative]) side.errors = side.counts.map(() => 0);
  return working;
}

function copyOf(working: Working): Working {
  const sideCopy = ({ indexes, counts, errors }: Side): Side => ({
    indexes: [...indexes],
    counts: [...counts],
    errors: errors && [...errors],
  });
  return { ...working, positive: sideCopy(working.positive), negative: sideCopy(working.negative) };
}

/** Adds the errors to what they were lost from. */
function settle(working: Working): Working {
  for (const side of [working.positive, working.negative]) {
    const { counts, errors } = side;
    if (errors === undefined) continue;
    for (let i = 0; i < counts.length; i++) counts[i]! += errors[i]!;
    side.errors = undefined;
  }
  working.zeroCount += working.zeroError;
  working.count += working.countError;
  working.sum += working.sumError;
  return working;
}

function overflows({ zeroCount, count, sum, positive, negative }: Working): boolean {
  const infinite = (value: number): boolean => value === Infinity || value === -Infinity;
  return infinite(zeroCount) || infinite(count) || infinite(sum) || positive.counts.some(infinite) || negative.counts.some(infinite);
}

/** What has been seen while histograms were added up. */
export class Seen {
  #reset = false;
  #noReset = false;
  boundsReconciled = false;

  hint(hint: CounterResetHint): void {
    if (hint === 'reset') this.#reset = true;
    else if (hint === 'no-reset') this.#noReset = true;
  }

  /** Some histograms were known to follow a reset, others known not to. */
  get resetsConflict(): boolean {
    return this.#reset && this.#noReset;
  }
}

/** A running sum, or mean, of histograms. */
export class HistogramSum {
  readonly seen = new Seen();
  readonly #mean: boolean;
  #sum: Working;
  #count = 1;
  /** The mean is moved by every histogram, because the sum would not fit into a number. */
  #incremental = false;

  constructor(first: NativeHistogram, mean: boolean) {
    this.#sum = openWithErrors(first);
    this.#mean = mean;
    this.seen.hint(first.counterReset);
  }

  /** Adds one; false, and nothing more is to be added, when exponential and custom buckets meet. */
  add(histogram: NativeHistogram): boolean {
    this.seen.hint(histogram.counterReset);
    const count = ++this.#count;
    if (!this.#mean) return this.#note(addTo(this.#sum, histogram));
    if (!this.#incremental) {
      const before = copyOf(this.#sum);
      if (!this.#note(addTo(this.#sum, histogram))) return false;
      if (!overflows(this.#sum)) return true;
      this.#sum = before;
      this.#incremental = true;
      divide(this.#sum, count - 1);
    }
    multiply(this.#sum, (count - 1) / count);
    const part = open(histogram);
    divide(part, count);
    return this.#note(addTo(this.#sum, part));
  }

  #note(outcome: Outcome | undefined): boolean {
    if (outcome?.boundsReconciled === true) this.seen.boundsReconciled = true;
    return outcome !== undefined;
  }

  /** The sum, or the mean. To be asked for once, at the end. */
  finish(): Working {
    if (this.#mean && !this.#incremental) divide(this.#sum, this.#count);
    return settle(this.#sum);
  }
}
