/** The question in LogQL: the editor, and the buttons under it. */

import { Button, Menu, Tooltip } from '@mantine/core';
import { IconAlignLeft2, IconHistory, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { readSearch } from '../../data/logs/search.ts';
import { formatLogql, logqlReason } from '../../editor/logql/check.ts';
import { LogqlEditor, type LogqlEditorHandle } from '../../editor/logql-editor.tsx';
import { useRange } from '../../live/range.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import classes from './query-panel.module.css';
import type { Logs } from './use-logs.ts';

/** The form. What is written is asked with Run or Ctrl-Enter. */
export default function LogqlForm({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const editor = useRef<LogqlEditorHandle>(null);
  const [written, setWritten] = useState({ query: logs.query, text: logs.query });
  // Another question (a link, Back, a filter) brings another text.
  if (written.query !== logs.query) setWritten({ query: logs.query, text: logs.query });
  const { text } = written;
  const { state } = formatLogql(text);
  const formatLabel = t(`editor.format.${state}`);
  const read = readSearch(logs.query);
  return (
    <div>
      <div className={classes['editor']}>
        <LogqlEditor
          ref={editor}
          value={text}
          label={t('logql.label')}
          range={range}
          onChange={(next) => setWritten((before) => ({ ...before, text: next }))}
          onRun={logs.ask}
        />
      </div>
      <div className={classes['buttons']}>
        <Button leftSection={<IconPlayerPlayFilled size={13} />} aria-keyshortcuts="Control+Enter" onClick={() => logs.ask(text)}>
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
            {t('logql.format')}
          </Button>
        </Tooltip>
        <Menu position="bottom-start" width="min(620px, 92vw)">
          <Menu.Target>
            <Button variant="default" leftSection={<IconHistory size={15} />}>
              {t('metrics.history')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            {logs.history.length === 0 ? <Menu.Label>{t('metrics.noHistory')}</Menu.Label> : null}
            {logs.history.map((query) => (
              <Menu.Item key={query} className="at-mono at-break" onClick={() => logs.ask(query)}>
                {query}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <CopyButton text={text} label={t('logs.copyLogql')} />
      </div>
      {read.kind === 'wrong' ? (
        <p className={classes['wrong']} role="alert">
          {logqlReason(read.error.reason, t)} <code>{read.error.message}</code>
        </p>
      ) : null}
      {read.kind === 'lines' ? <p className={classes['hint']}>{t('logs.beyond.hint')}</p> : null}
    </div>
  );
}
