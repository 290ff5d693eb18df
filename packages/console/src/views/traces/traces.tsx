/** The traces page: a search or TraceQL, and the traces that it finds as points over time and as a list, or numbers made of spans. */

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { pastedTraceId } from '../../data/traces/trace-id.ts';
import { traceqlError } from '../../editor/traceql/check.ts';
import layout from '../../parts/layout.module.css';
import { TraceqlExamples } from './examples.tsx';
import { TraceNumbersPanel } from './numbers-panel.tsx';
import { QueryPanel } from './query-panel.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { useTraces } from './use-traces.ts';

/** The page. */
export function TracesView() {
  const { t } = useTranslation();
  const traces = useTraces();
  const page = useRef<HTMLDivElement>(null);

  const open = useRef(traces.open);
  useEffect(() => {
    open.current = traces.open;
  });
  useEffect(() => {
    // An id that is pasted anywhere on the page opens its trace; an editor with something in it keeps what is pasted.
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const id = text.trim().length < 32 ? undefined : pastedTraceId(text);
      const editor = event.target instanceof HTMLElement ? event.target.closest('.cm-content') : null;
      if (id === undefined || (editor !== null && editor.textContent.trim() !== '' && editor.querySelector('.cm-placeholder') === null))
        return;
      event.preventDefault();
      event.stopPropagation();
      open.current(id);
    };
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable="true"]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = page.current?.querySelector<HTMLElement>('[data-search-field], .cm-content');
      if (field == null) return;
      event.preventDefault();
      field.focus();
    };
    document.addEventListener('paste', onPaste, true);
    addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('paste', onPaste, true);
      removeEventListener('keydown', onKey);
    };
  }, []);

  const wrong = traceqlError(traces.query) !== undefined;
  return (
    <div ref={page} className={layout['column']}>
      <h1 className="at-hidden">{t('page.traces')}</h1>
      <QueryPanel traces={traces} />
      {wrong ? (
        <TraceqlExamples traces={traces} />
      ) : traces.read.kind === 'numbers' ? (
        <TraceNumbersPanel query={traces.query} />
      ) : (
        <ResultsPanel traces={traces} />
      )}
    </div>
  );
}
