/** The completion of PromQL: what fits at the cursor, ranked, each with its documentation. */

import type { Completion, CompletionSource } from '@codemirror/autocomplete';

import { type CardSource, metricCard } from '../card.ts';
import { type Place, placeAt } from '../text/place.ts';
import { labelText, matchText, metricText, type WrittenSelector } from '../text/selectors.ts';
import { applyLabel, applyValue } from './apply.ts';
import {
  afterCandidates,
  atCandidates,
  callCandidates,
  durationCandidates,
  matchOperatorCandidates,
  modifierCandidates,
} from './candidates.ts';
import { completionSource } from './source.ts';

/** What the completion is made with. */
export interface PromqlSource extends CardSource {
  readonly locale: string;
}

/** The completion for CodeMirror. */
export function promqlCompletion(source: PromqlSource): CompletionSource {
  const calls = callCandidates(source);

  async function candidatesFor(place: Extract<Place, { prefix: string }>, typed: string): Promise<Completion[]> {
    switch (place.kind) {
      case 'operand':
        return [...calls, ...modifierCandidates(place.afterOperator, source), ...(await metrics(typed))];
      case 'after':
        return afterCandidates(place, source);
      case 'label':
        return labelsAndNames(place);
      case 'match-operator':
        return matchOperatorCandidates(source);
      case 'value':
        return values(place, typed);
      case 'grouping':
        return groupingLabels(place.selectors);
      case 'duration':
        return durationCandidates(typed, source.locale);
      case 'at':
        return atCandidates(source);
    }
  }

  async function metrics(typed: string, quote = ''): Promise<Completion[]> {
    const { entries } = await source.live.metrics(typed);
    return entries.map((entry) => ({
      label: entry.name,
      detail: entry.type,
      type: 'variable',
      ...(quote === '' ? { apply: metricText(entry.name) } : {}),
      info: () => metricCard(entry, source),
    }));
  }

  async function labelsAndNames(place: Extract<Place, { kind: 'label' }>): Promise<Completion[]> {
    const match = place.selector && matchText(place.selector, place.from);
    const used = new Set(place.selector?.matchers.filter(({ start }) => start !== place.from).map(({ name }) => name));
    if (place.selector?.metric) used.add('__name__');
    const names = await source.live.labels(match === undefined ? [] : [match]);
    const labels = names
      .filter((name) => !used.has(name))
      .map((name): Completion => ({ label: name, type: 'property', ...(place.quote === '' ? { apply: applyLabel(name) } : {}) }));
    // In quotes the name of a metric may stand, too.
    return place.quote === '' ? labels : [...labels, ...(await metrics(place.prefix, place.quote))];
  }

  async function values(place: Extract<Place, { kind: 'value' }>, typed: string): Promise<Completion[]> {
    const match = place.selector && matchText(place.selector, place.from);
    const regular = place.operator.endsWith('~');
    const { values: found } = await source.live.values(place.label, match, typed);
    return found.map((value) => ({ label: value, type: 'text', apply: applyValue(value, place.quote, regular, place.to) }));
  }

  async function groupingLabels(selectors: readonly WrittenSelector[]): Promise<Completion[]> {
    const matches = selectors.map((selector) => matchText(selector)).filter((match) => match !== undefined);
    const names = await source.live.labels([...new Set(matches)]);
    return names.filter((name) => name !== '__name__').map((name) => ({ label: name, type: 'property', apply: labelText(name) }));
  }

  return completionSource<Extract<Place, { prefix: string }>>({
    placeAt: (text, position) => narrowed(placeAt(text, position), text),
    eager: new Set(['label', 'value', 'grouping', 'duration'] as const),
    optionsFor: async (place) => candidatesFor(place, place.prefix),
  });
}

/** In a regular expression the alternative under the cursor is completed. */
function narrowed(place: Place, text: string): Place {
  if (place.kind !== 'value' || !place.operator.endsWith('~') || place.quote === '') return place;
  const bar = place.prefix.lastIndexOf('|') + 1;
  const rest = text.slice(place.from + place.prefix.length, place.to).indexOf('|');
  return {
    ...place,
    from: place.from + bar,
    prefix: place.prefix.slice(bar),
    to: rest < 0 ? place.to : place.from + place.prefix.length + rest,
  };
}
