/** What follows from the label sets that were read, kept as long as they are: dashboards read the same series again and again. */

import type { Aggregation } from '@atalaya/lang';
import { compareLabels, type Labels } from '@atalaya/model';
import { type Grouping, groupSeries } from './grouping.ts';
import { withoutMetrics } from './names.ts';

/** Label sets in order, and where each of them was before. */
export interface OrderedLabels {
  readonly labels: readonly Labels[];
  readonly order: Uint32Array;
}

/** Selections that begin with the same series and are remembered besides each other. */
const SELECTIONS_KEPT = 4;
const orders = new WeakMap<Labels, { readonly given: readonly Labels[]; readonly ordered: OrderedLabels }[]>();

/** Orders label sets. The very same sets give the very same answer, for which {@link derivedOf} keeps what follows from it. */
export function orderLabels(given: readonly Labels[]): OrderedLabels {
  const [first] = given;
  if (first === undefined) return { labels: given, order: new Uint32Array(0) };
  let known = orders.get(first);
  if (known === undefined) orders.set(first, (known = []));
  const found = known.find((entry) => areSame(entry.given, given));
  if (found !== undefined) return found.ordered;
  const order = Uint32Array.from(given.keys()).sort((a, b) => compareLabels(given[a] as Labels, given[b] as Labels));
  const ordered = { labels: Array.from(order, (place) => given[place] as Labels), order };
  known.unshift({ given, ordered });
  known.length = Math.min(known.length, SELECTIONS_KEPT);
  return ordered;
}

function areSame(a: readonly Labels[], b: readonly Labels[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** What follows from an array of label sets; each part is computed when it is first asked for. */
export class DerivedLabels {
  readonly #labels: readonly Labels[];
  #nameless: ReturnType<typeof withoutMetrics> | undefined;
  readonly #groupings = new Map<string, Grouping>();

  constructor(labels: readonly Labels[]) {
    this.#labels = labels;
  }

  /** The sets without metric names; `undefined` where some of them may be equal then. */
  nameless(): readonly Labels[] | undefined {
    this.#nameless ??= withoutMetrics(this.#labels);
    return this.#nameless.differ ? this.#nameless.labels : undefined;
  }

  /** As {@link groupSeries}. */
  grouping(by: Pick<Aggregation, 'without' | 'grouping'>): Grouping {
    const key = JSON.stringify([by.without, ...by.grouping]);
    let grouping = this.#groupings.get(key);
    if (grouping === undefined) {
      grouping = groupSeries(this.#labels, by);
      this.#groupings.set(key, grouping);
    }
    return grouping;
  }
}

const derived = new WeakMap<readonly Labels[], DerivedLabels>();

/** What follows from these label sets, the same object for the same array. */
export function derivedOf(labels: readonly Labels[]): DerivedLabels {
  let found = derived.get(labels);
  if (found === undefined) derived.set(labels, (found = new DerivedLabels(labels)));
  return found;
}
