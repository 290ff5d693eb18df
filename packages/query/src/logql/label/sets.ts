/** One object for equal label sets, so that lines are grouped by looking up an object. */

import type { Labels } from '@atalaya/model';

/** How many sets are kept; more of them are no groups of lines any more, but lines. */
const LIMIT = 20_000;

/** The label sets that a pipeline has given out. */
export class LabelSets {
  readonly #sets = new Map<string, Labels>();

  /** The set equal to this one that is kept, or else this one, which is kept from now on. */
  kept(labels: Labels): Labels {
    const key = keyOf(labels);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size >= LIMIT) this.#sets.clear();
    this.#sets.set(key, labels);
    return labels;
  }
}

/** Lengths keep texts apart, whatever they contain. */
function keyOf(labels: Labels): string {
  let key = '';
  for (const text of labels) key += `${text.length}:${text}`;
  return key;
}
