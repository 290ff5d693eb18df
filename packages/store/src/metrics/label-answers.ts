/** Answers questions about labels from the index alone: names, values, series. */

import type { Labels, Matcher } from '@atalaya/model';
import { Bitmap } from '../series-index/bitmap.ts';
import { matchSeries } from '../series-index/match.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { dayOf } from './day.ts';

/** A question about labels. Times in milliseconds, both inclusive; no matcher sets means all series. */
export interface LabelQuestion {
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly start: number;
  readonly end: number;
  readonly limit: number | undefined;
}

/** The series that fulfil one of the matcher sets, ascending. */
export function slotsOf(index: SeriesIndex, question: LabelQuestion): Uint32Array {
  const [from, to] = [dayOf(question.start), dayOf(question.end)];
  const [only, ...more] = question.matcherSets;
  if (more.length === 0) return matchSeries(index, only ?? [], from, to);
  const union = new Bitmap(index.size);
  for (const matchers of question.matcherSets) union.addAll(matchSeries(index, matchers, from, to));
  return union.items();
}

function limited<T>(items: T[], limit: number | undefined): T[] {
  return limit === undefined ? items : items.slice(0, limit);
}

function hasActive(index: SeriesIndex, pair: number, from: number, to: number): boolean {
  return index.isActive(index.pairs.first(pair), from, to) || index.pairs.rest(pair).some((slot) => index.isActive(slot, from, to));
}

/** Names of labels, sorted. */
export function labelNames(index: SeriesIndex, question: LabelQuestion): string[] {
  const found = new Set<number>();
  if (question.matcherSets.length === 0) {
    const [from, to] = [dayOf(question.start), dayOf(question.end)];
    for (const name of index.pairs.names()) {
      if (index.pairs.ofName(name).some((pair) => hasActive(index, pair, from, to))) found.add(name);
    }
  } else {
    for (const slot of slotsOf(index, question)) for (const pair of index.pairsOf(slot)) found.add(index.pairs.nameOf(pair));
  }
  return limited(Array.from(found, (name) => index.symbols.text(name)).sort(), question.limit);
}

/** Values of one label, sorted. */
export function labelValues(index: SeriesIndex, name: string, question: LabelQuestion): string[] {
  const symbol = index.symbols.find(name);
  if (symbol < 0) return [];
  const found = new Set<number>();
  if (question.matcherSets.length === 0) {
    const [from, to] = [dayOf(question.start), dayOf(question.end)];
    for (const pair of index.pairs.ofName(symbol)) if (hasActive(index, pair, from, to)) found.add(index.pairs.valueOf(pair));
  } else {
    for (const slot of slotsOf(index, question)) {
      for (const pair of index.pairsOf(slot)) if (index.pairs.nameOf(pair) === symbol) found.add(index.pairs.valueOf(pair));
    }
  }
  return limited(Array.from(found, (value) => index.symbols.text(value)).sort(), question.limit);
}

/** Label sets of series, in no particular order. */
export function seriesLabels(index: SeriesIndex, question: LabelQuestion): Labels[] {
  const slots = slotsOf(index, question);
  return Array.from(question.limit === undefined ? slots : slots.subarray(0, question.limit), (slot) => index.labels(slot));
}
