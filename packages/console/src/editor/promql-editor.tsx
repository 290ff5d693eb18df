/** The PromQL editor: completion from live data, errors under the cursor, Ctrl-Enter to run. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderText } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useQueryClient } from '@tanstack/react-query';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { translateDiagnostic } from './diagnostics.ts';
import { editorLook } from './look.ts';
import { completionClient } from './promql-client.ts';

/** What the page may do with an editor. */
export interface PromqlEditorHandle {
  /** Puts text where the cursor is, replacing a selection. */
  insert(text: string): void;
  focus(): void;
}

interface PromqlEditorProps {
  readonly value: string;
  readonly label: string;
  readonly ref?: Ref<PromqlEditorHandle>;
  onChange(value: string): void;
  onRun(): void;
  onFocus(): void;
}

/** The editor. Made once per language; `value` is taken over when it differs from what is in it. */
export default function PromqlEditor({ value, label, ref, onChange, onRun, onFocus }: PromqlEditorProps) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ value, onChange, onRun, onFocus });
  useEffect(() => {
    latest.current = { value, onChange, onRun, onFocus };
  });

  useEffect(() => {
    const promql = new PromQLExtension().setComplete({ remote: completionClient(cache) });
    const checker = promql.getLinter();
    promql.setLinter({
      promQL: () => async (editor) => {
        const found = await checker.promQL()(editor);
        return found.map((diagnostic) => ({ ...diagnostic, message: translateDiagnostic(diagnostic.message, t) }));
      },
    });
    const run = () => {
      latest.current.onRun();
      return true;
    };
    const editor = new EditorView({
      parent: holder.current as HTMLElement,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          promql.asExtension(),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          placeholderText(t('metrics.placeholder')),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
            if (update.focusChanged && update.view.hasFocus) latest.current.onFocus();
          }),
          editorLook,
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      promql.destroy();
      view.current = undefined;
    };
  }, [cache, i18n.language, label, t]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useImperativeHandle(ref, () => ({
    insert(text) {
      const editor = view.current;
      if (editor === undefined) return;
      editor.dispatch(editor.state.replaceSelection(text));
      editor.focus();
    },
    focus: () => view.current?.focus(),
  }));

  return <div ref={holder} />;
}
