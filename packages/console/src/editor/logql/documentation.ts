/** What a word of LogQL means, over it: under the pointer, and at the cursor on F1. */

import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';

import { logqlCard, type LogqlSource } from './complete.ts';
import { scanLogql } from './scan.ts';

function tooltipAt(text: string, position: number, source: LogqlSource): Tooltip | null {
  const word = scanLogql(text).find(
    ({ kind, start, end }) => start <= position && position <= end && (kind === 'name' || kind === 'symbol'),
  );
  if (word === undefined) return null;
  const made = logqlCard(word.text, source);
  return made === undefined ? null : { pos: word.start, end: word.end, above: true, create: () => ({ dom: made }) };
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
export function logqlDocumentation(source: LogqlSource): Extension {
  const show = (view: EditorView) => {
    view.dispatch({ effects: setShown.of(tooltipAt(view.state.doc.toString(), view.state.selection.main.head, source)) });
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
    hoverTooltip((view, position) => tooltipAt(view.state.doc.toString(), position, source), { hoverTime: 350 }),
  ];
}
