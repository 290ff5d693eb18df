/** Which of many candidates are shown, in which order, and which of their letters are marked. */

import type { Completion } from '@codemirror/autocomplete';

import { fuzzyScore } from '../../data/fuzzy.ts';

/** As many are offered at most; one that is wanted and not among them needs another letter. */
const SHOWN = 120;

/** The best candidates for what was typed, best first; `boost` is added to a candidate's score. */
export function ranked(typed: string, candidates: readonly Completion[]): Completion[] {
  if (typed === '') return candidates.toSorted((a, b) => (b.boost ?? 0) - (a.boost ?? 0)).slice(0, SHOWN);
  const scored: { completion: Completion; score: number }[] = [];
  for (const completion of candidates) {
    const score = fuzzyScore(typed, completion.label);
    if (score !== undefined) scored.push({ completion, score: score + (completion.boost ?? 0) });
  }
  scored.sort((a, b) => b.score - a.score || (a.completion.label < b.completion.label ? -1 : 1));
  return scored.slice(0, SHOWN).map(({ completion }) => completion);
}

/** The letters of a label that were typed, as `from, to, from, to, …`. */
export function matchedLetters(typed: string, label: string): number[] {
  if (typed === '') return [];
  const wanted = typed.toLowerCase();
  const given = label.toLowerCase();
  const whole = given.indexOf(wanted);
  if (whole >= 0) return [whole, whole + wanted.length];
  const found: number[] = [];
  let from = 0;
  for (const letter of wanted) {
    const at = given.indexOf(letter, from);
    if (at < 0) return [];
    if (found.at(-1) === at) found[found.length - 1] = at + 1;
    else found.push(at, at + 1);
    from = at + 1;
  }
  return found;
}
