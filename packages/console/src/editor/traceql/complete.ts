/** The completion of TraceQL: attributes and values of the spans at hand, intrinsics, stages and functions with their documentation. */

import { TRACEQL_WORDS, type TraceqlWord, type TraceqlWordKind } from '@atalaya/lang';
import { type Completion, type CompletionSource, startCompletion } from '@codemirror/autocomplete';
import type { TFunction } from 'i18next';

import { quote } from '../../data/traces/traceql-words.ts';
import { card, sentence } from '../card.ts';
import { type Apply, applyPattern, write } from '../complete/apply.ts';
import { completionSource, oncePerLabel } from '../complete/source.ts';
import type { TraceqlLive } from './live.ts';
import { type TraceqlPlace, traceqlPlace } from './place.ts';

/** What a word means, by the word; a word that has none is told by the language's own English sentence. */
export type TraceqlTexts = Readonly<Record<string, string>>;

/** What the completion is made with. */
export interface TraceqlSource {
  readonly t: TFunction;
  readonly texts: TraceqlTexts;
  readonly live: TraceqlLive;
}

const COMPARISONS = ['=', '!=', '=~', '!~', '>', '>=', '<', '<='];

const KINDS: Readonly<Record<TraceqlWordKind, 'intrinsic' | 'scope' | 'value' | 'aggregate' | 'metric' | 'operator' | 'stage'>> = {
  intrinsic: 'intrinsic',
  scope: 'scope',
  value: 'value',
  aggregate: 'aggregate',
  metrics: 'metric',
  series: 'metric',
  operator: 'operator',
  stage: 'stage',
  hint: 'stage',
};

/** The card of a word. */
export function traceqlCard(text: string, { t, texts }: Pick<TraceqlSource, 't' | 'texts'>): HTMLElement | undefined {
  const word = TRACEQL_WORDS.find((known) => known.text === text);
  return word === undefined ? undefined : card(word.text, t(`traceql.kind.${KINDS[word.kind]}`), sentence(texts[word.text] ?? word.help));
}

/** The completion for CodeMirror. */
export function traceqlCompletion(source: TraceqlSource): CompletionSource {
  const { t, live } = source;
  const wordsOf = (...kinds: TraceqlWordKind[]): TraceqlWord[] => TRACEQL_WORDS.filter(({ kind }) => kinds.includes(kind));
  const option = (word: TraceqlWord, more: Partial<Completion> = {}): Completion => ({
    label: word.text,
    detail: t(`traceql.kind.${KINDS[word.kind]}`),
    type: 'keyword',
    info: () => traceqlCard(word.text, source) ?? null,
    ...more,
  });
  const call = (word: TraceqlWord, boost: number): Completion =>
    option(word, { boost, apply: writing(word.insert ?? word.text, word.insert?.endsWith('()') === true ? 1 : 0) });

  async function optionsFor(place: Extract<TraceqlPlace, { prefix: string }>): Promise<Completion[]> {
    switch (place.kind) {
      case 'begin':
        return [{ label: '{ }', detail: 'spans', type: 'text', boost: 40, apply: applyPattern('{ ${} }') }];
      case 'field':
        return [
          ...(await live.fields()).map((label): Completion => ({ label, type: 'property', boost: 20, apply: reopening(`${label} `) })),
          ...wordsOf('intrinsic').map((word, i) => option(word, { boost: 30 - i, apply: reopening(`${word.text} `) })),
          ...wordsOf('scope')
            .filter(({ text }) => text !== '.')
            .map((word) => option(word, { apply: reopening(word.text) })),
        ];
      case 'comparison':
        return COMPARISONS.map((label, i) => ({ label, type: 'keyword', boost: 10 - i, apply: reopening(`${label} `) }));
      case 'value': {
        const known = await live.values(place.field);
        const found = known
          .filter(({ type }) => place.quote === '' || type === 'string')
          .map(({ type, value }): Completion => {
            const literal = type === 'string' ? quote(value) : value;
            return {
              label: value,
              type: 'text',
              boost: 20,
              apply: place.quote === '' ? writing(literal) : finishing(literal.slice(1, -1), place),
            };
          });
        const words = place.quote === '' ? wordsOf('value').filter(({ text }) => suits(text, place.field)) : [];
        return [...found, ...words.map((word) => option(word))];
      }
      case 'logic':
        return ['&&', '||'].map((label) => ({ label, type: 'keyword', apply: reopening(`${label} `) }));
      case 'behind':
        return [
          { label: '|', detail: t('traceql.kind.stage'), type: 'keyword', boost: 40, apply: reopening('| ') },
          ...wordsOf('operator').map((word) => option(word, { apply: writing(`${word.text} `) })),
        ];
      case 'stage':
        return wordsOf('metrics', 'aggregate', 'stage', 'series').map((word, i) => call(word, -i));
    }
  }

  return completionSource<Extract<TraceqlPlace, { prefix: string }>>({
    placeAt: traceqlPlace,
    eager: new Set(['field', 'value', 'stage', 'comparison'] as const),
    optionsFor: async (place) => oncePerLabel(await optionsFor(place)),
  });
}

/** Whether a word can be what a field is. */
function suits(word: string, field: string): boolean {
  if (field.endsWith('kind')) return /^(?:server|client|producer|consumer|internal|unspecified)$/.test(word);
  if (field.endsWith('status')) return /^(?:error|ok|unset)$/.test(word);
  return /^(?:true|false|nil)$/.test(word);
}

/** Writes a text, with the cursor so many letters before its end. */
function writing(text: string, back = 0): Apply {
  return (view, completion, from, to) => write(view, completion, from, to, text, text.length - back);
}

/** Writes a text and offers at once what may follow. */
function reopening(text: string): Apply {
  return (view, completion, from, to) => {
    const follows = /^\s/.test(view.state.sliceDoc(to, to + 1)) ? text.trimEnd() : text;
    write(view, completion, from, to, follows, follows.length);
    startCompletion(view);
  };
}

/** Writes the rest of a string that is open, and steps over its end. */
function finishing(text: string, { quote: mark, to: end }: { readonly quote: string; readonly to: number }): Apply {
  return (view, completion, from) => {
    const closed = view.state.sliceDoc(end, end + 1) === mark;
    write(view, completion, from, end, closed ? text : text + mark, text.length + 1);
  };
}
