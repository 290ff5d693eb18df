/** The PromQL editor: completion from live data with its documentation, errors under the cursor, Ctrl-Enter to run, Shift-Alt-F to format. */

import { autocompletion } from '@codemirror/autocomplete';
import { linter } from '@codemirror/lint';
import { Compartment, EditorState, StateEffect } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../format/use-format.ts';
import type { Language } from '../i18n/index.ts';
import { diagnosticsOf } from './check.ts';
import { besideList } from './complete/beside.ts';
import { promqlCompletion } from './complete/complete.ts';
import { liveData } from './complete/live.ts';
import { documentation } from './documentation.ts';
import { formatQuery, type FormatState, movedCursor } from './format.ts';
import { promql } from './language.ts';
import { type Part, partAt, pointAt, pointing } from './pointing.ts';
import { CHECK_AFTER_MS, editorSetup, READY, replaceText } from './setup.ts';
import { loadWords } from './words/words.ts';

/** A part of a query, or a position that stands for the expression that begins there. */
export type Pointed = Part | { readonly line: number; readonly column: number };

/** What the page may do with an editor. */
export interface PromqlEditorHandle {
  /** Puts text where the cursor is, replacing a selection. */
  insert(text: string): void;
  focus(): void;
  /** Formats the text, if that is possible. */
  format(): void;
  /** Marks a part of `query`, if that is what the editor holds; without a part the mark goes. */
  point(query: string, part: Pointed | undefined): void;
  /** Selects the part and takes the focus. */
  goTo(query: string, part: Pointed): void;
}

interface PromqlEditorProps {
  readonly value: string;
  readonly label: string;
  readonly ref?: Ref<PromqlEditorHandle>;
  onChange(value: string): void;
  onRun(): void;
  onFocus(): void;
  /** Told whenever it changes whether the text can be formatted. */
  onFormatState(state: FormatState): void;
}

/** The server's metrics and feature flags have become known: what is not among them can be marked. */
const serverKnown = StateEffect.define<null>();

/** The editor. Made once per language; `value` is taken over when it differs from what is in it. */
export default function PromqlEditor({ value, label, ref, onChange, onRun, onFocus, onFormatState }: PromqlEditorProps) {
  const { t, i18n } = useTranslation();
  const formats = useFormat();
  const cache = useQueryClient();
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ value, onChange, onRun, onFocus, onFormatState });
  useEffect(() => {
    latest.current = { value, onChange, onRun, onFocus, onFormatState };
  });

  useEffect(() => {
    const live = liveData(cache);
    const helped = new Compartment();
    let formatState: FormatState | undefined;
    let features: Awaited<ReturnType<typeof live.features>>;
    const tellFormat = (text: string) => {
      const { state } = formatQuery(text);
      if (state !== formatState) latest.current.onFormatState((formatState = state));
    };
    const check = (editor: EditorView) => {
      const known = live.knownMetrics();
      const cursor = editor.hasFocus ? editor.state.selection.main.head : -1;
      const metrics = known && new Set(known.map(({ name }) => name));
      return diagnosticsOf(editor.state.doc.toString(), t, cursor, { metrics, features });
    };
    const editor = new EditorView({
      parent: holder.current as HTMLElement,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: editorSetup({ label, placeholder: t('metrics.placeholder'), t, run: () => latest.current.onRun(), format }, [
          promql,
          helped.of([]),
          linter(check, {
            delay: CHECK_AFTER_MS,
            needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((effect) => effect.is(serverKnown))),
          }),
          pointing,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              const text = update.state.doc.toString();
              latest.current.onChange(text);
              tellFormat(text);
            }
            if (update.focusChanged && update.view.hasFocus) latest.current.onFocus();
          }),
        ]),
      }),
    });
    view.current = editor;
    tellFormat(latest.current.value);
    // The texts come in a file of their own; typing need not wait for them.
    void loadWords(i18n.language as Language).then((words) => {
      if (view.current !== editor) return;
      const source = { t, words, live, integer: formats.integer, locale: formats.locale };
      const completion = autocompletion({
        icons: false,
        override: [promqlCompletion(source)],
        maxRenderedOptions: 60,
        // Enter means the list as soon as it is there: it does nothing else of use in a query.
        interactionDelay: 0,
        positionInfo: besideList,
      });
      editor.dispatch({ effects: helped.reconfigure([completion, documentation(source), READY]) });
    });
    void Promise.all([live.features(), live.metrics('')]).then(([found]) => {
      features = found;
      if (view.current === editor) editor.dispatch({ effects: serverKnown.of(null) });
    });
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, [cache, formats, i18n.language, label, t]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useImperativeHandle(ref, () => {
    const partOf = (query: string, part: Pointed | undefined): Part | undefined => {
      if (part === undefined || view.current?.state.doc.toString() !== query) return undefined;
      return 'line' in part ? partAt(query, part.line, part.column) : part;
    };
    return {
      insert(text) {
        const editor = view.current;
        if (editor === undefined) return;
        editor.dispatch(editor.state.replaceSelection(text));
        editor.focus();
      },
      focus: () => view.current?.focus(),
      format() {
        if (view.current !== undefined) format(view.current);
      },
      point(query, part) {
        if (view.current !== undefined) pointAt(view.current, partOf(query, part));
      },
      goTo(query, part) {
        const editor = view.current;
        const found = partOf(query, part);
        if (editor === undefined || found === undefined) return;
        editor.dispatch({ selection: { anchor: found.start, head: found.end }, scrollIntoView: true });
        editor.focus();
      },
    };
  });

  return <div ref={holder} />;
}

function format(editor: EditorView): boolean {
  const text = editor.state.doc.toString();
  const { formatted } = formatQuery(text);
  if (formatted !== undefined) replaceText(editor, formatted, movedCursor(text, editor.state.selection.main.head, formatted));
  return true;
}
