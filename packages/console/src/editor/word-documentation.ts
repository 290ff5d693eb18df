/** A card over a word: under the pointer, and at the cursor on F1. What the card says is for each language to know. */

import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';

const setShown = StateEffect.define<Tooltip | null>();
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(setShown)) return effect.value;
    return transaction.docChanged || transaction.selection !== undefined ? null : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

/** The extension; `tooltipAt` gives the card of the word at a position of a text, at once or when the server has answered. */
export function wordDocumentation(tooltipAt: (text: string, position: number) => Tooltip | null | Promise<Tooltip | null>): Extension {
  const show = (view: EditorView) => {
    const { doc, selection } = view.state;
    void Promise.resolve(tooltipAt(doc.toString(), selection.main.head)).then((tooltip) => {
      if (view.state.doc === doc) view.dispatch({ effects: setShown.of(tooltip) });
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
    hoverTooltip((view, position) => tooltipAt(view.state.doc.toString(), position), { hoverTime: 350 }),
  ];
}
