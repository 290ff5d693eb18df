/** Answers matchers from the index: which series fulfil all of them. */

import { AtalayaError, compileMatcher, type CompiledMatcher, type Matcher, PatternError } from '@atalaya/model';
import { Bitmap } from './bitmap.ts';
import type { SeriesIndex } from './series-index.ts';
import { quickPattern } from './quick-pattern.ts';

/** A matcher made ready for the index. */
interface Prepared {
  readonly matcher: CompiledMatcher;
  readonly name: number;
  readonly test: (value: string) => boolean;
  /** Whether a series without the label fulfils it. */
  readonly absentMatches: boolean;
}

/** From which share of the series on a set is worked on as a bitmap, and below which one by one. */
const FEW = 1 / 64;

/**
 * The slots of all series that fulfil every matcher and have samples between two days (both inclusive), ascending.
 * @throws AtalayaError BAD_QUERY for an invalid regular expression.
 */
export function matchSeries(index: SeriesIndex, matchers: readonly Matcher[], fromDay: number, toDay: number): Uint32Array<ArrayBuffer> {
  const prepared = matchers.map((matcher) => prepare(index, matcher));
  if (prepared.some(({ absentMatches, name }) => !absentMatches && name < 0)) return new Uint32Array(0);
  // A label that no series has is absent everywhere, and such a matcher has been found to accept that: nothing to do.
  const known = prepared.filter(({ name }) => name >= 0);
  // Equalities first: they are cheap, and expressions then need to look at the values of what is left only.
  const ordered = known.toSorted((a, b) => cost(index, a) - cost(index, b));
  let candidates: Uint32Array<ArrayBuffer> | undefined;
  let bitmap: Bitmap | undefined;
  for (const matcher of ordered) {
    if (candidates !== undefined) {
      candidates = filterOneByOne(index, candidates, matcher);
      continue;
    }
    const exact = singlePair(index, matcher);
    if (exact === -1) return new Uint32Array(0);
    if (exact !== undefined && index.pairs.count(exact) < index.size * FEW) {
      candidates = postings(index, exact);
      if (bitmap !== undefined) candidates = candidates.filter((slot) => (bitmap as Bitmap).has(slot));
      continue;
    }
    const set = new Bitmap(index.size);
    for (const pair of index.pairs.ofName(matcher.name)) {
      // Positive matchers collect what fits, those that accept absence collect what does not.
      if (exact === undefined ? matcher.test(index.symbols.text(index.pairs.valueOf(pair))) !== matcher.absentMatches : pair === exact) {
        set.add(index.pairs.first(pair));
        set.addAll(index.pairs.rest(pair));
      }
    }
    if (matcher.absentMatches) {
      bitmap ??= Bitmap.full(index.size);
      bitmap.subtract(set);
    } else if (bitmap === undefined) {
      bitmap = set;
    } else {
      bitmap.intersect(set);
    }
  }
  const slots = candidates ?? (bitmap ?? Bitmap.full(index.size)).items();
  return index.keepActive(slots, fromDay, toDay);
}

function prepare(index: SeriesIndex, matcher: Matcher): Prepared {
  try {
    const compiled = compileMatcher(matcher);
    const test = quickPattern(matcher) ?? ((value: string) => compiled.matches(value));
    return { matcher: compiled, name: index.symbols.find(matcher.name), test, absentMatches: compiled.matches('') };
  } catch (error) {
    if (error instanceof PatternError) throw new AtalayaError('BAD_QUERY', { reason: error.message }, { cause: error });
    throw error;
  }
}

/** About how much work a matcher is: the number of values whose text it has to look at, or of series to collect. */
function cost(index: SeriesIndex, prepared: Prepared): number {
  const exact = singlePair(index, prepared);
  if (exact !== undefined) return exact < 0 ? 0 : index.pairs.count(exact) / 100;
  return index.size + index.pairs.ofName(prepared.name).length * 10;
}

/** The one pair that a matcher asks for, -1 when no series has it, `undefined` when it asks for something else. */
function singlePair(index: SeriesIndex, { matcher, name }: Prepared): number | undefined {
  const literals = matcher.pattern?.literals;
  let value: string;
  if (matcher.operator === '=') value = matcher.value;
  else if (matcher.operator === '=~' && literals?.length === 1) value = literals[0] as string;
  else return undefined;
  if (value === '') return undefined;
  const symbol = index.symbols.find(value);
  return symbol < 0 ? -1 : index.pairs.find(name, symbol);
}

/** The series of a pair, ascending. */
function postings(index: SeriesIndex, pair: number): Uint32Array<ArrayBuffer> {
  const rest = index.pairs.rest(pair);
  const slots = new Uint32Array(rest.length + 1);
  slots[0] = index.pairs.first(pair);
  slots.set(rest, 1);
  return slots;
}

/** Keeps the series whose value fits, remembering what was decided of each value. */
function filterOneByOne(index: SeriesIndex, slots: Uint32Array<ArrayBuffer>, prepared: Prepared): Uint32Array<ArrayBuffer> {
  const decided = new Map<number, boolean>();
  return slots.filter((slot) => {
    for (const pair of index.pairsOf(slot)) {
      if (index.pairs.nameOf(pair) !== prepared.name) continue;
      let fits = decided.get(pair);
      if (fits === undefined) decided.set(pair, (fits = prepared.test(index.symbols.text(index.pairs.valueOf(pair)))));
      return fits;
    }
    return prepared.absentMatches;
  });
}
