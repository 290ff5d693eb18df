/** What a word of PromQL means, over it: under the pointer, and at the cursor on F1. */

import type { Extension } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';

import { type CardSource, metricCard, wordCard } from './card.ts';
import { isGrammarWord } from './text/grammar.ts';
import { scan } from './text/scan.ts';
import { selectorsOf } from './text/selectors.ts';
import { wordDocumentation } from './word-documentation.ts';

/** The card for the word at a position. */
async function tooltipAt(text: string, position: number, source: CardSource): Promise<Tooltip | null> {
  const word = scan(text).find(({ kind, start, end }) => start <= position && position <= end && (kind === 'name' || kind === 'symbol'));
  if (word === undefined) return null;
  const place = { pos: word.start, end: word.end, above: true };
  const called = /^\s*[({]?/.exec(text.slice(word.end))?.[0].includes('(') === true;
  const card = called || isGrammarWord(word.text) || word.text === '@' ? wordCard(word.text, source) : undefined;
  if (card !== undefined) return { ...place, create: () => ({ dom: card }) };
  const metric = selectorsOf(text).find(({ start, metric: name }) => start === word.start && name === word.text)?.metric;
  if (metric === undefined) return null;
  const { entries } = await source.live.metrics(metric);
  const entry = entries.find(({ name }) => name === metric);
  return entry === undefined ? null : { ...place, create: () => ({ dom: metricCard(entry, source) }) };
}

/** The extension. */
export function documentation(source: CardSource): Extension {
  return wordDocumentation((text, position) => tooltipAt(text, position, source));
}
