/** The editor of a query in one of several languages: completion from live data with its documentation, errors under the cursor, Ctrl-Enter to run, Shift-Alt-F to format. */

import { autocompletion, type CompletionSource } from '@codemirror/autocomplete';
import { type Diagnostic, linter } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { TimeRangeText } from '../data/time-range.ts';
import type { Language } from '../i18n/index.ts';
import { besideList } from './complete/beside.ts';
import type { Formatted } from './format.ts';
import { CHECK_AFTER_MS, editorSetup, READY, replaceText } from './setup.ts';

/** What a language's help is made with. */
export interface HelpGiven {
  readonly t: TFunction;
  readonly cache: QueryClient;
  /** The range that labels, fields and values are looked for in. */
  range(): TimeRangeText;
}

/** What the editor knows of a query language. */
export interface QueryLanguage {
  readonly placeholder: 'logql.placeholder' | 'traceql.placeholder';
  /** Colours, brackets and comments. */
  readonly grammar: Extension;
  format(text: string): Formatted;
  diagnose(text: string, t: TFunction): Diagnostic[];
  /** Completion and documentation, whose texts come in a file of their own in the reader's language. */
  help(language: Language, given: HelpGiven): Promise<{ readonly completion: CompletionSource; readonly documentation: Extension }>;
}

/** What the page may do with the editor. */
export interface QueryEditorHandle {
  /** Formats the text, if that is possible. */
  format(): void;
}

interface QueryEditorProps {
  readonly language: QueryLanguage;
  readonly value: string;
  readonly label: string;
  /** The range that labels, fields and values are looked for in. */
  readonly range: TimeRangeText;
  readonly ref?: Ref<QueryEditorHandle>;
  onChange(value: string): void;
  /** With the text as it stands in the editor, which may be newer than the last `value`. */
  onRun(text: string): void;
}

/** The editor. Made once per language; `value` is taken over when it differs from what is in it. */
export function QueryEditor({ language, value, label, range, ref, onChange, onRun }: QueryEditorProps) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ value, range, onChange, onRun });
  useEffect(() => {
    latest.current = { value, range, onChange, onRun };
  });

  useEffect(() => {
    const helped = new Compartment();
    const setup = {
      label,
      placeholder: t(language.placeholder),
      t,
      run: () => latest.current.onRun(view.current?.state.doc.toString() ?? ''),
      format: (own: EditorView) => format(own, language),
    };
    const editor = new EditorView({
      parent: holder.current as HTMLElement,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: editorSetup(setup, [
          language.grammar,
          helped.of([]),
          linter((own) => language.diagnose(own.state.doc.toString(), t), { delay: CHECK_AFTER_MS }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ]),
      }),
    });
    view.current = editor;
    // The texts come in a file of their own; typing need not wait for them.
    void language.help(i18n.language as Language, { t, cache, range: () => latest.current.range }).then((help) => {
      if (view.current !== editor) return;
      const completion = autocompletion({
        icons: false,
        override: [help.completion],
        maxRenderedOptions: 60,
        interactionDelay: 0,
        positionInfo: besideList,
      });
      editor.dispatch({ effects: helped.reconfigure([completion, help.documentation, READY]) });
    });
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, [cache, i18n.language, label, language, t]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useImperativeHandle(ref, () => ({
    format() {
      if (view.current !== undefined) format(view.current, language);
    },
  }));

  return <div ref={holder} />;
}

function format(editor: EditorView, language: QueryLanguage): boolean {
  const { formatted } = language.format(editor.state.doc.toString());
  if (formatted !== undefined) replaceText(editor, formatted, editor.state.selection.main.head);
  return true;
}
