/** The TraceQL editor: completion from live data with its documentation, errors under the cursor, Ctrl-Enter to run, Shift-Alt-F to format. */

import { autocompletion } from '@codemirror/autocomplete';
import { linter } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { TimeRangeText } from '../data/time-range.ts';
import type { Language } from '../i18n/index.ts';
import { besideList } from './complete/beside.ts';
import { CHECK_AFTER_MS, editorSetup, READY, replaceText } from './setup.ts';
import { formatTraceql, traceqlDiagnostics } from './traceql/check.ts';
import { traceqlCompletion } from './traceql/complete.ts';
import { traceqlDocumentation } from './traceql/documentation.ts';
import { traceql } from './traceql/language.ts';
import { traceqlLive } from './traceql/live.ts';
import { loadTraceqlTexts } from './traceql/words/words.ts';

/** What the page may do with the editor. */
export interface TraceqlEditorHandle {
  /** Formats the text, if that is possible. */
  format(): void;
}

interface TraceqlEditorProps {
  readonly value: string;
  readonly label: string;
  /** The range that attributes and values are looked for in. */
  readonly range: TimeRangeText;
  readonly ref?: Ref<TraceqlEditorHandle>;
  onChange(value: string): void;
  /** With the text as it stands in the editor, which may be newer than the last `value`. */
  onRun(text: string): void;
}

/** The editor. Made once per language; `value` is taken over when it differs from what is in it. */
export function TraceqlEditor({ value, label, range, ref, onChange, onRun }: TraceqlEditorProps) {
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
      placeholder: t('traceql.placeholder'),
      t,
      run: () => latest.current.onRun(view.current?.state.doc.toString() ?? ''),
      format,
    };
    const editor = new EditorView({
      parent: holder.current as HTMLElement,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: editorSetup(setup, [
          traceql,
          helped.of([]),
          linter((own) => traceqlDiagnostics(own.state.doc.toString(), t), { delay: CHECK_AFTER_MS }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ]),
      }),
    });
    view.current = editor;
    // The texts come in a file of their own; typing need not wait for them.
    void loadTraceqlTexts(i18n.language as Language).then((texts) => {
      if (view.current !== editor) return;
      const source = { t, texts, live: traceqlLive(cache, () => latest.current.range, Date.now) };
      const completion = autocompletion({
        icons: false,
        override: [traceqlCompletion(source)],
        maxRenderedOptions: 60,
        interactionDelay: 0,
        positionInfo: besideList,
      });
      editor.dispatch({ effects: helped.reconfigure([completion, traceqlDocumentation(source), READY]) });
    });
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, [cache, i18n.language, label, t]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useImperativeHandle(ref, () => ({
    format() {
      if (view.current !== undefined) format(view.current);
    },
  }));

  return <div ref={holder} />;
}

function format(editor: EditorView): boolean {
  const { formatted } = formatTraceql(editor.state.doc.toString());
  if (formatted !== undefined) replaceText(editor, formatted, editor.state.selection.main.head);
  return true;
}
