/** What a word means, over it: under the pointer, and at the cursor on F1. */

import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';

import { type CardSource, metricCard, wordCard } from './card.ts';
import { isGrammarWord } from './text/grammar.ts';
import { scan } from './text/scan.ts';
import { selectorsOf } from './text/selectors.ts';

/** The card for the word at a position. */
async function tooltipAt(text: string, position: number, source: CardSource): Promise<Tooltip | undefined> {
  const word = scan(text).find(({ kind, start, end }) => start <= position && position <= end && (kind === 'name' || kind === 'symbol'));
  if (word === undefined) return undefined;
  const place = { pos: word.start, end: word.end, above: true };
  const called = /^\s*[({]?/.exec(text.slice(word.end))?.[0].includes('(') === true;
  const card = called || isGrammarWord(word.text) || word.text === '@' ? wordCard(word.text, source) : undefined;
  if (card !== undefined) return { ...place, create: () => ({ dom: card }) };
  const metric = selectorsOf(text).find(({ start, metric: name }) => start === word.start && name === word.text)?.metric;
  if (metric === undefined) return undefined;
  const { entries } = await source.live.metrics(metric);
  const entry = entries.find(({ name }) => name === metric);
  return entry === undefined ? undefined : { ...place, create: () => ({ dom: metricCard(entry, source) }) };
}

const setShown = StateEffect.define<Tooltip | null>();
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(setShown)) return effect.value;
    return transaction.docChanged || transaction.selection !== undefined ? null : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

/** The extension. */
export function documentation(source: CardSource): Extension {
  const show = (view: EditorView) => {
    const { doc, selection } = view.state;
    void tooltipAt(doc.toString(), selection.main.head, source).then((tooltip) => {
      if (tooltip !== undefined && view.state.doc === doc) view.dispatch({ effects: setShown.of(tooltip) });
    });
    return true;
  };
  const hide = (view: EditorView) => {
    if (view.state.field(shown) === null) return false;
    view.dispatch({ effects: setShown.of(null) });
    return true;
  };
  return [
    shown,
    keymap.of([
      { key: 'F1', run: show },
      { key: 'Escape', run: hide },
    ]),
    hoverTooltip(async (view, position) => (await tooltipAt(view.state.doc.toString(), position, source)) ?? null, { hoverTime: 350 }),
  ];
}
