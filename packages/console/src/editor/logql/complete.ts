/** The completion of LogQL: labels and values of the streams at hand, fields of their lines, stages and functions with their documentation. */

import type { Completion, CompletionSource } from '@codemirror/autocomplete';
import type { TFunction } from 'i18next';

import { card, exampleText, sentence } from '../card.ts';
import { applyCall, applyLabel, applyMatchOperator, applyPattern, applyValue } from '../complete/apply.ts';
import { completionSource, oncePerLabel } from '../complete/source.ts';
import type { LogqlLive } from './live.ts';
import { type LogqlPlace, logqlPlace } from './place.ts';
import {
  CALLS,
  EXAMPLES,
  LINE_FILTERS,
  type LogqlTerm,
  type LogqlWords,
  RANGE_FUNCTIONS,
  STAGES,
  VECTOR_FUNCTIONS,
} from './words/words.ts';

/** What the completion is made with. */
export interface LogqlSource {
  readonly t: TFunction;
  readonly words: LogqlWords;
  readonly live: LogqlLive;
}

const STAGE_PATTERNS: Readonly<Partial<Record<(typeof STAGES)[number], string>>> = {
  pattern: 'pattern "${<ip> - <_>}"',
  regexp: 'regexp "${(?P<name>\\\\w+)}"',
  line_format: 'line_format "{{.${label}}}"',
  label_format: 'label_format ${new}=${old}',
  drop: 'drop ${label}',
  keep: 'keep ${label}',
  unwrap: 'unwrap ${label}',
};

/** The card of a word. */
export function logqlCard(word: string, { t, words }: Pick<LogqlSource, 't' | 'words'>): HTMLElement | undefined {
  if (!Object.hasOwn(words, word)) return undefined;
  const term = word as LogqlTerm;
  return card(CALLS[term] ?? term, t(`logql.kind.${kindOf(term)}`), sentence(words[term]), exampleText(EXAMPLES[term]));
}

function kindOf(term: LogqlTerm): 'filter' | 'stage' | 'range' | 'aggregation' | 'keyword' {
  const among = (list: readonly string[]) => list.includes(term);
  if (among(LINE_FILTERS)) return 'filter';
  if (among(STAGES)) return 'stage';
  if (among(RANGE_FUNCTIONS)) return 'range';
  return among(VECTOR_FUNCTIONS) ? 'aggregation' : 'keyword';
}

/** The completion for CodeMirror. */
export function logqlCompletion(source: LogqlSource): CompletionSource {
  const { t, live } = source;
  const term = (label: LogqlTerm, more: Partial<Completion> = {}): Completion => ({
    label,
    detail: t(`logql.kind.${kindOf(label)}`),
    type: 'keyword',
    info: () => logqlCard(label, source) ?? null,
    ...more,
  });

  const filters = () => [
    ...LINE_FILTERS.map((filter, i) => term(filter, { boost: 20 - i, apply: applyPattern(`${filter} "\${}"`) })),
    ...stages('| '),
  ];
  const stages = (before = '') =>
    STAGES.map((stage, i) => {
      const pattern = STAGE_PATTERNS[stage];
      return term(stage, {
        label: `${before}${stage}`,
        boost: 10 - i,
        apply: pattern === undefined ? `${before}${stage}` : applyPattern(before + pattern),
      });
    });
  const calls = () => [
    ...RANGE_FUNCTIONS.map((name, i) =>
      term(name, {
        boost: 10 - i,
        apply: name === 'quantile_over_time' ? applyCall(name, ['${0.95}', '{${}}']) : applyCall(name, ['{${}} [5m]']),
      }),
    ),
    ...VECTOR_FUNCTIONS.map((name) =>
      term(name, { apply: applyCall(name, name.endsWith('topk') || name === 'bottomk' ? ['${10}', '${}'] : ['${}']) }),
    ),
  ];

  async function fields(query: string): Promise<Completion[]> {
    return (await live.fields(query)).map(({ label, type, parsers }) => ({
      label,
      detail: parsers === null || parsers.length === 0 ? type : `${type} · ${parsers.join(', ')}`,
      type: 'property',
      boost: 30,
    }));
  }

  async function candidatesFor(place: Extract<LogqlPlace, { prefix: string }>): Promise<Completion[]> {
    switch (place.kind) {
      case 'operand':
        return [{ label: '{', detail: t('logql.kind.selector'), type: 'text', boost: 40, apply: applyPattern('{${}}') }, ...calls()];
      case 'label':
        return (await live.labels())
          .filter((name) => !place.used.includes(name))
          .map((name) => ({ label: name, type: 'property', apply: applyLabel(name) }));
      case 'match-operator':
        return (
          [
            ['=', t('editor.match.equal')],
            ['!=', t('editor.match.different')],
            ['=~', t('editor.match.matches')],
            ['!~', t('editor.match.matchesNot')],
          ] as const
        ).map(([label, detail]) => ({ label, detail, type: 'keyword', apply: applyMatchOperator(label) }));
      case 'value': {
        const values = await live.values(place.label, place.selector);
        return values.map((value) => ({
          label: value,
          type: 'text',
          apply: applyValue(value, place.quote, place.operator.endsWith('~'), place.to),
        }));
      }
      case 'pipeline':
        return filters();
      case 'stage':
        return [...(await fields(place.query)), ...stages()];
      case 'field':
        return [...(await fields(place.query)), ...(await live.labels()).map((label) => ({ label, type: 'property', boost: 10 }))];
      case 'duration':
        return ['5m', '1m', '15m', '30s', '1h', '6h', '1d'].map((label, i) => ({ label, type: 'constant', boost: -i }));
      case 'after':
        return (['by', 'without', 'offset', 'on', 'ignoring', 'and', 'or', 'unless'] as const).map((word) =>
          term(word, {
            apply: applyPattern(
              word === 'by' || word === 'without' || word === 'on' || word === 'ignoring' ? `${word} (\${label})` : `${word} \${}`,
            ),
          }),
        );
    }
  }

  return completionSource<Extract<LogqlPlace, { prefix: string }>>({
    placeAt: logqlPlace,
    eager: new Set(['label', 'value', 'duration', 'stage'] as const),
    optionsFor: async (place) => oncePerLabel(await candidatesFor(place)),
  });
}
