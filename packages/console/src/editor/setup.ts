/** What the editors of all query languages have in common: keys, history, brackets, looks, and what they say to readers. */

import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderText } from '@codemirror/view';
import type { TFunction } from 'i18next';

import { editorLook } from './look.ts';

/** Errors are marked once typing pauses this long. */
export const CHECK_AFTER_MS = 350;

/** Says, to style sheets and tests, that completion and documentation are there. */
export const READY = EditorView.contentAttributes.of({ 'data-ready': '' });

interface Setup {
  readonly label: string;
  readonly placeholder: string;
  readonly t: TFunction;
  run(): void;
  format(view: EditorView): boolean;
}

/** The extensions; those of the language come between the two parts. */
export function editorSetup({ label, placeholder, t, run, format }: Setup, language: readonly Extension[]): Extension[] {
  return [
    Prec.highest(
      keymap.of([
        {
          key: 'Mod-Enter',
          run: () => {
            run();
            return true;
          },
        },
        { key: 'Tab', run: acceptCompletion },
      ]),
    ),
    keymap.of([{ key: 'Shift-Alt-f', run: format }]),
    history(),
    bracketMatching(),
    closeBrackets(),
    ...language,
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    placeholderText(placeholder),
    EditorState.phrases.of({ Completions: t('editor.completions'), Diagnostics: t('editor.diagnostics') }),
    editorLook,
  ];
}

/** Replaces the whole text by its formatted form, with the cursor at `cursor`. */
export function replaceText(view: EditorView, text: string, cursor: number): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: Math.min(cursor, text.length) },
    userEvent: 'input.format',
  });
}
