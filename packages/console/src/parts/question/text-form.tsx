/** The question as text: the editor of its language, and the buttons under it. */

import { Button, Tooltip } from '@mantine/core';
import { IconAlignLeft2, IconPlayerPlayFilled } from '@tabler/icons-react';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { QueryEditor, type QueryEditorHandle, type QueryLanguage } from '../../editor/query-editor.tsx';
import { useRange } from '../../live/range.tsx';
import { CopyButton } from '../copy.tsx';
import classes from './question.module.css';

interface TextFormProps {
  readonly language: QueryLanguage;
  /** The question that is asked now. */
  readonly query: string;
  readonly label: string;
  readonly formatLabel: string;
  readonly copyLabel: string;
  /** What is wrong with the question that is asked now. */
  readonly wrong?: { readonly told: string; readonly original: string } | undefined;
  /** Said below where nothing is wrong. */
  readonly hint?: string | undefined;
  /** More buttons. */
  readonly children?: ReactNode;
  onAsk(text: string): void;
}

/** The form. What is written is asked with Run or Ctrl-Enter. */
export function TextForm({ language, query, label, formatLabel, copyLabel, wrong, hint, children, onAsk }: TextFormProps) {
  const { t } = useTranslation();
  const { range } = useRange();
  const editor = useRef<QueryEditorHandle>(null);
  const [written, setWritten] = useState({ query, text: query });
  // Another question (a link, Back, a click elsewhere) brings another text.
  if (written.query !== query) setWritten({ query, text: query });
  const { text } = written;
  const { state } = language.format(text);
  return (
    <div>
      <div className={classes['editor']}>
        <QueryEditor
          language={language}
          ref={editor}
          value={text}
          label={label}
          range={range}
          onChange={(next) => setWritten((before) => ({ ...before, text: next }))}
          onRun={onAsk}
        />
      </div>
      <div className={classes['buttons']}>
        <Button leftSection={<IconPlayerPlayFilled size={13} />} aria-keyshortcuts="Control+Enter" onClick={() => onAsk(text)}>
          {t('metrics.run')}
        </Button>
        <Tooltip label={t(`editor.format.${state}`)}>
          <Button
            variant="default"
            leftSection={<IconAlignLeft2 size={15} />}
            aria-keyshortcuts="Shift+Alt+F"
            aria-disabled={state !== 'ready'}
            className={state === 'ready' ? undefined : classes['unusable']}
            onClick={() => editor.current?.format()}
          >
            {formatLabel}
          </Button>
        </Tooltip>
        {children}
        <CopyButton text={text} label={copyLabel} />
      </div>
      {wrong === undefined ? null : (
        <p className={classes['wrong']} role="alert">
          {wrong.told} <code>{wrong.original}</code>
        </p>
      )}
      {hint === undefined ? null : <p className={classes['hint']}>{hint}</p>}
    </div>
  );
}
