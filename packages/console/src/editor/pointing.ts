/** A part of the query that something outside the editor points at: a step of the plan, the place of a warning. */

import { childrenOf, type Expression, parsePromql, PromqlError } from '@atalaya/lang';
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Characters `[start, end)` of a query. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

const setPart = StateEffect.define<Part | undefined>();
const mark = Decoration.mark({ class: 'at-pointed' });

const pointed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    // A changed text is no longer the one that was pointed into.
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(setPart)) continue;
      const length = transaction.state.doc.length;
      const part = effect.value;
      const start = Math.min(part?.start ?? 0, length);
      const end = Math.min(part?.end ?? 0, length);
      next = part === undefined || start >= end ? Decoration.none : Decoration.set([mark.range(start, end)]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The extension. */
export const pointing: Extension = pointed;

/** Marks a part of the text, or nothing any more. */
export function pointAt(view: EditorView, part: Part | undefined): void {
  view.dispatch({ effects: setPart.of(part) });
}

/** The largest expression that begins at `line:column` of a query (both from 1): what a remark with that position is about. */
export function partAt(query: string, line: number, column: number): Part | undefined {
  const lines = query.split('\n');
  if (line < 1 || line > lines.length) return undefined;
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  if (start >= query.length) return undefined;
  const find = (node: Expression): Part | undefined => {
    if (node.start === start) return { start: node.start, end: node.end };
    for (const child of childrenOf(node)) {
      const found = find(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  try {
    return find(parsePromql(query)) ?? { start, end: start + 1 };
  } catch (error) {
    if (error instanceof PromqlError) return { start, end: start + 1 };
    throw error;
  }
}
