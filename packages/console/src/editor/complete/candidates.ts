/** The words that fit a place, without the live data: functions, aggregations, operators, modifiers, durations, patterns. */

import { AGGREGATION_OPERATORS, COMPARISON_OPERATORS, FUNCTIONS } from '@atalaya/lang';
import type { Completion } from '@codemirror/autocomplete';

import { type CardSource, snippetCard, wordCard } from '../card.ts';
import { WORD_OPERATORS } from '../text/grammar.ts';
import type { Place } from '../text/place.ts';
import { AGGREGATION_PARAMETERS } from '../words/signatures.ts';
import { SNIPPETS } from '../words/words.ts';
import { applyCall, applyMatchOperator, applyPattern, callFields } from './apply.ts';

/** A function's beginning typed is meant more often than a metric's. */
const WORD_WEIGHT = 50;
/** Those that nearly every query is made of come before others that begin alike. */
const FREQUENT = new Set([
  'rate',
  'increase',
  'histogram_quantile',
  'sum',
  'avg',
  'max',
  'topk',
  'label_replace',
  'avg_over_time',
  'max_over_time',
]);
const COMPARISONS = new Set<string>(COMPARISON_OPERATORS);

const infoOf = (word: string, source: CardSource) => () => wordCard(word, source) ?? null;

/** Functions, aggregations and, where nothing is typed or their titles match, patterns. */
export function callCandidates(source: CardSource): Completion[] {
  const { t, words } = source;
  const functions = [...FUNCTIONS.values()].map((signature): Completion => {
    const { name } = signature;
    return {
      label: name,
      detail: t('editor.kind.function'),
      type: 'function',
      boost: WORD_WEIGHT + (FREQUENT.has(name) ? 2 : 0),
      apply: applyCall(name, callFields(signature)),
      info: infoOf(name, source),
    };
  });
  const aggregations = AGGREGATION_OPERATORS.map((name): Completion => {
    const parameter = AGGREGATION_PARAMETERS[name];
    const field = parameter?.startsWith('"') === true ? '"${label}"' : `\${${parameter ?? ''}}`;
    return {
      label: name,
      detail: t('editor.kind.aggregation'),
      type: 'function',
      boost: WORD_WEIGHT + (FREQUENT.has(name) ? 3 : 1),
      apply: applyCall(name, parameter === undefined ? ['${}'] : [field, '${}']),
      info: infoOf(name, source),
    };
  });
  const patterns = (Object.keys(SNIPPETS) as (keyof typeof SNIPPETS)[]).map((key): Completion => {
    const pattern = SNIPPETS[key];
    return {
      label: words.snippets[key],
      detail: t('editor.kind.pattern'),
      type: 'text',
      boost: -200,
      apply: applyPattern(pattern),
      info: () => snippetCard(words.snippets[key], pattern.replaceAll(/\$\{(\w+)\}/g, '$1')),
    };
  });
  return [...aggregations, ...functions, ...patterns];
}

/** Modifiers that may follow an operator. */
export function modifierCandidates(afterOperator: string | undefined, source: CardSource): Completion[] {
  if (afterOperator === undefined) return [];
  const fields: [string, string][] =
    afterOperator === 'matching'
      ? [
          ['group_left', 'group_left (${})'],
          ['group_right', 'group_right (${})'],
        ]
      : [
          ['on', 'on (${label})'],
          ['ignoring', 'ignoring (${label})'],
        ];
  if (COMPARISONS.has(afterOperator)) fields.push(['bool', 'bool ${}']);
  return fields.map(([word, pattern]) => keyword(word, pattern, source));
}

/** What may follow an operand. */
export function afterCandidates({ aggregation }: Extract<Place, { kind: 'after' }>, source: CardSource): Completion[] {
  return [
    ...(aggregation ? [keyword('by', 'by (${label})', source, 2), keyword('without', 'without (${label})', source, 1)] : []),
    ...WORD_OPERATORS.map((word) => keyword(word, `${word} \${}`, source)),
    keyword('offset', 'offset ${5m}', source),
  ];
}

function keyword(word: string, pattern: string, source: CardSource, boost = 0): Completion {
  return {
    label: word,
    detail: source.t('editor.kind.keyword'),
    type: 'keyword',
    boost,
    apply: applyPattern(pattern),
    info: infoOf(word, source),
  };
}

/** The operators of a matcher. */
export function matchOperatorCandidates({ t }: CardSource): Completion[] {
  const operators: [string, string][] = [
    ['=', t('editor.match.equal')],
    ['!=', t('editor.match.different')],
    ['=~', t('editor.match.matches')],
    ['!~', t('editor.match.matchesNot')],
  ];
  return operators.map(([label, detail]) => ({ label, detail, type: 'keyword', apply: applyMatchOperator(label) }));
}

/** Fixed times for `@`. */
export function atCandidates({ t }: CardSource): Completion[] {
  return [
    { label: 'start()', detail: t('editor.at.start'), type: 'function' },
    { label: 'end()', detail: t('editor.at.end'), type: 'function' },
  ];
}

const UNITS = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;
const USUAL = ['5m', '1m', '15m', '30m', '1h', '6h', '1d', '1w'];

/** Durations: the usual ones, or the units that the typed number could have. */
export function durationCandidates(typed: string, locale: string): Completion[] {
  const digits = /^\d+/.exec(typed)?.[0];
  const texts = digits === undefined ? USUAL : Object.keys(UNITS).map((unit) => digits + unit);
  return texts.map((text, index) => {
    const unit = UNITS[text.at(-1) as keyof typeof UNITS];
    const detail = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Number.parseInt(text, 10));
    return { label: text, detail, type: 'constant', boost: -index };
  });
}
