/** Judges exemplars: their labels, their time, and whether the series' newest one is repeated, as scrapes do again and again. */

import { encodeLabels, labelsOf } from '@atalaya/model';
import type { Exemplar, ExemplarOutcome, ExemplarRejectReason, SeriesRef } from '../metric-writer.ts';

/** Characters of all names and values of an exemplar: OpenMetrics' limit. */
const MOST_CHARACTERS = 128;

/** The newest exemplar of a series. */
interface Newest {
  readonly timestamp: number;
  readonly value: number;
  readonly labels: string;
}

/** Remembers the newest exemplar of each series that has any. */
export class NewestExemplars {
  readonly #newest = new Map<SeriesRef, Newest>();

  /** What is to come of an exemplar; when it is to be written, its canonical labels. It is the newest one from then on. */
  judge(ref: SeriesRef, exemplar: Exemplar, earliest: number, latest: number): Exclude<ExemplarOutcome, 'written'> | Uint8Array {
    const { timestamp, value, labels: given, untimed = false } = exemplar;
    const pairs: [string, string][] = [];
    let characters = 0;
    for (let i = 0; i < given.length; i += 2) {
      const [name, text] = [given[i] as string, given[i + 1] as string];
      if (name === '' || !name.isWellFormed() || !text.isWellFormed()) return 'invalid_labels';
      characters += lengthOf(name) + lengthOf(text);
      if (characters > MOST_CHARACTERS) return 'too_long';
      if (pairs.some(([other]) => other === name)) return 'invalid_labels';
      pairs.push([name, text]);
    }
    // Written so that NaN is refused too.
    if (!(timestamp <= latest)) return 'too_far_in_future';
    if (timestamp < earliest) return 'too_old';
    const labels = labelsOf(pairs);
    const newest: Newest = { timestamp, value, labels: JSON.stringify(labels) };
    const last = this.#newest.get(ref);
    if (last !== undefined && Object.is(last.value, value) && last.labels === newest.labels) {
      if (untimed || last.timestamp === timestamp) return 'same';
    }
    if (last !== undefined && timestamp < last.timestamp) return 'out_of_order';
    this.#newest.set(ref, newest);
    return encodeLabels(labels);
  }

  /** Forgets the newest exemplar of a series, which may not have been written, or the series. */
  forget(ref: SeriesRef): void {
    this.#newest.delete(ref);
  }

  /** Forgets those of series that are not kept. */
  retain(keep: (ref: SeriesRef) => boolean): void {
    for (const ref of this.#newest.keys()) if (!keep(ref)) this.#newest.delete(ref);
  }
}

/** No exemplar refused yet. */
export function noExemplarsRejected(): Record<ExemplarRejectReason, number> {
  return { out_of_order: 0, too_old: 0, too_far_in_future: 0, invalid_labels: 0, too_long: 0 };
}

/** Characters of a text; counted only where they may be too many. */
function lengthOf(text: string): number {
  if (text.length > MOST_CHARACTERS * 2) return text.length;
  let characters = 0;
  for (const _ of text) characters++;
  return characters;
}
