/** The card that says what a word means: beside a completion, over a word under the pointer, and at the cursor on request. */

import { FUNCTIONS } from '@atalaya/lang';
import type { TFunction } from 'i18next';

import type { MetricEntry } from '../data/metadata.ts';
import type { Live } from './complete/live.ts';
import { AGGREGATIONS } from './text/grammar.ts';
import { typeText } from './type-text.ts';
import { AGGREGATION_PARAMETERS, callText, WORD_EXAMPLES } from './words/signatures.ts';
import type { Keyword, Words } from './words/words.ts';

/** What cards are made with. */
export interface CardSource {
  readonly t: TFunction;
  readonly words: Words;
  readonly live: Live;
  /** A count as the reader writes it. */
  integer(value: number): string;
}

/** A count is asked for once somebody stays on a metric this long: walking through a list asks nothing. */
const COUNT_AFTER_MS = 250;

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** A card of parts that are made already. */
export function card(title: string, note: string, ...rest: (Node | undefined)[]): HTMLElement {
  const head = element('div', 'at-card-head', element('code', 'at-card-title', title));
  if (note !== '') head.append(element('span', 'at-card-note', note));
  return element('div', 'at-card', head, ...rest.filter((node) => node !== undefined));
}

/** A sentence; what stands in backquotes is code. */
export function sentence(text: string | undefined, className = 'at-card-text'): HTMLElement | undefined {
  if (text === undefined || text === '') return undefined;
  const parts = text.split('`');
  // Help texts of other programs may hold a lone backquote.
  return element(
    'p',
    className,
    ...(parts.length % 2 === 1 ? parts.map((part, i) => (i % 2 === 1 ? element('code', '', part) : part)) : [text]),
  );
}

/** An example, if there is one. */
export function exampleText(example: string | undefined): HTMLElement | undefined {
  return example === undefined ? undefined : element('code', 'at-card-example', example);
}

const exampleOf = (word: string) => exampleText(WORD_EXAMPLES[word]);

/** The card of a function, an aggregation, an operator or a modifier; `undefined` for any other word. */
export function wordCard(word: string, { t, words }: CardSource): HTMLElement | undefined {
  const signature = FUNCTIONS.get(word);
  const hint = sentence(words.hints[word], 'at-card-hint');
  if (signature !== undefined) {
    const note = t('editor.gives', { type: typeText(signature.returns, t) });
    const flag = signature.experimental ? sentence(t('editor.experimental'), 'at-card-flag') : undefined;
    return card(callText(signature), note, sentence(words.functions[word]), hint, exampleOf(word), flag);
  }
  const lower = word.toLowerCase();
  if (AGGREGATIONS.has(lower)) {
    const parameter = AGGREGATION_PARAMETERS[lower];
    const call = `${lower}(${parameter === undefined ? '' : `${parameter}, `}v)`;
    const text = words.aggregations[lower as keyof Words['aggregations']];
    return card(call, t('editor.kind.aggregation'), sentence(text), hint, exampleOf(lower));
  }
  if (!Object.hasOwn(words.keywords, lower)) return undefined;
  return card(lower, t('editor.kind.keyword'), sentence(words.keywords[lower as Keyword]), hint, exampleOf(lower));
}

/** The card of a metric; the number of its series follows when the server has counted them. */
export function metricCard(entry: MetricEntry, source: CardSource): HTMLElement {
  const count = element('p', 'at-card-count', '\u00A0');
  const made = card(entry.name, entry.type, sentence(entry.help === '' ? source.t('editor.noHelp') : entry.help), count);
  setTimeout(() => {
    if (!made.isConnected) return;
    void source.live.seriesCount(entry.name).then((series) => {
      if (series !== undefined) count.textContent = source.t('editor.series', { count: series, series: source.integer(series) });
    });
  }, COUNT_AFTER_MS);
  return made;
}

/** The card of a pattern: what it is for, and what will be written. */
export function snippetCard(title: string, text: string): HTMLElement {
  return card(title, '', element('code', 'at-card-example', text));
}
