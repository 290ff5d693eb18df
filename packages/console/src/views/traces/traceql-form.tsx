/** The question in TraceQL: the editor, and the buttons under it. */

import { Button, Tooltip } from '@mantine/core';
import { IconAlignLeft2, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { formatTraceql, traceqlError, traceqlReason } from '../../editor/traceql/check.ts';
import { TraceqlEditor, type TraceqlEditorHandle } from '../../editor/traceql-editor.tsx';
import { useRange } from '../../live/range.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import classes from './query-panel.module.css';
import type { Traces } from './use-traces.ts';

/** The form. What is written is asked with Run or Ctrl-Enter. */
export default function TraceqlForm({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const editor = useRef<TraceqlEditorHandle>(null);
  const [written, setWritten] = useState({ query: traces.query, text: traces.query });
  // Another question (a link, Back, a click elsewhere) brings another text.
  if (written.query !== traces.query) setWritten({ query: traces.query, text: traces.query });
  const { text } = written;
  const { state } = formatTraceql(text);
  const formatLabel = t(`editor.format.${state}`);
  const error = traceqlError(traces.query);
  return (
    <div>
      <div className={classes['editor']}>
        <TraceqlEditor
          ref={editor}
          value={text}
          label={t('traceql.label')}
          range={range}
          onChange={(next) => setWritten((before) => ({ ...before, text: next }))}
          onRun={traces.ask}
        />
      </div>
      <div className={classes['buttons']}>
        <Button leftSection={<IconPlayerPlayFilled size={13} />} aria-keyshortcuts="Control+Enter" onClick={() => traces.ask(text)}>
          {t('metrics.run')}
        </Button>
        <Tooltip label={formatLabel}>
          <Button
            variant="default"
            leftSection={<IconAlignLeft2 size={15} />}
            aria-keyshortcuts="Shift+Alt+F"
            aria-disabled={state !== 'ready'}
            className={state === 'ready' ? undefined : classes['unusable']}
            onClick={() => editor.current?.format()}
          >
            {t('traceql.format')}
          </Button>
        </Tooltip>
        <CopyButton text={text} label={t('traces.copyTraceql')} />
      </div>
      {error === undefined ? null : (
        <p className={classes['wrong']} role="alert">
          {traceqlReason(error.reason, t)} <code>{error.message}</code>
        </p>
      )}
    </div>
  );
}
