/** The rows of expressions: letter, editor, switches, and the failure of each under it. */

import { ActionIcon, Button, Menu, Skeleton, Tooltip } from '@mantine/core';
import {
  IconAlignLeft2,
  IconEye,
  IconEyeOff,
  IconHistory,
  IconListSearch,
  IconPlayerPlayFilled,
  IconPlus,
  IconX,
} from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { letterOf } from '../../data/explorer.ts';
import { MAX_QUERIES } from '../../data/search.ts';
import { MetricsKeys } from './metrics-keys.tsx';
import classes from './metrics.module.css';
import type { Queries } from './use-queries.ts';

const PromqlEditor = lazy(() => import('../../editor/promql-editor.tsx'));

interface QueryRowsProps {
  readonly queries: Queries;
  readonly browserOpen: boolean;
  onToggleBrowser(): void;
}

/** The rows, and under them what concerns all. */
export function QueryRows({ queries, browserOpen, onToggleBrowser }: QueryRowsProps) {
  const { t } = useTranslation();
  return (
    <section className={classes['queries']} aria-label={t('metrics.queries')}>
      {queries.drafts.map((_, index) => (
        <QueryRow key={letterOf(index)} index={index} queries={queries} />
      ))}
      <div className={classes['actions']}>
        <Tooltip label={t('metrics.runKeys')}>
          <Button leftSection={<IconPlayerPlayFilled size={13} />} onClick={queries.run} aria-keyshortcuts="Control+Enter">
            {t('metrics.run')}
          </Button>
        </Tooltip>
        <Button
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={queries.add}
          disabled={queries.drafts.length >= MAX_QUERIES}
        >
          {t('metrics.add')}
        </Button>
        <HistoryMenu queries={queries} />
        <MetricsKeys />
        <Button
          variant="default"
          ml="auto"
          leftSection={<IconListSearch size={15} />}
          aria-expanded={browserOpen}
          onClick={onToggleBrowser}
        >
          {t('metrics.browse')}
        </Button>
      </div>
    </section>
  );
}

function QueryRow({ index, queries }: { index: number; queries: Queries }) {
  const { t } = useTranslation();
  const letter = letterOf(index);
  const off = queries.off.includes(letter);
  const Eye = off ? IconEyeOff : IconEye;
  const toggleLabel = off ? t('metrics.show', { letter }) : t('metrics.hide', { letter });
  return (
    <div className={classes['row']} data-off={off || undefined}>
      <span className={classes['letter']} aria-hidden>
        {letter}
      </span>
      <div className={classes['editor']}>
        <Suspense fallback={<Skeleton height={21} m={6} />}>
          <PromqlEditor
            ref={queries.editor(index)}
            value={queries.drafts[index] ?? ''}
            label={t('metrics.queryLabel', { letter })}
            onChange={(text) => queries.edit(index, text)}
            onRun={queries.run}
            onFocus={() => queries.focused(index)}
            onFormatState={(state) => queries.setFormatState(index, state)}
          />
        </Suspense>
      </div>
      <div className={classes['rowTools']}>
        <FormatButton index={index} queries={queries} />
        <Tooltip label={toggleLabel}>
          <ActionIcon aria-label={toggleLabel} aria-pressed={off} onClick={() => queries.toggle(index)}>
            <Eye size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('metrics.remove', { letter })}>
          <ActionIcon aria-label={t('metrics.remove', { letter })} onClick={() => queries.remove(index)}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

/** Stays focusable when it cannot work, so that its reason can be read by everybody. */
function FormatButton({ index, queries }: { index: number; queries: Queries }) {
  const { t } = useTranslation();
  const state = queries.formatState(index) ?? 'empty';
  const label = t(`editor.format.${state}`);
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        aria-disabled={state !== 'ready'}
        aria-keyshortcuts="Shift+Alt+F"
        className={state === 'ready' ? undefined : classes['unusable']}
        onClick={() => queries.format(index)}
      >
        <IconAlignLeft2 size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function HistoryMenu({ queries }: { queries: Queries }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start" width="min(560px, 92vw)">
      <Menu.Target>
        <Button variant="default" leftSection={<IconHistory size={15} />}>
          {t('metrics.history')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} className={classes['history']}>
        {queries.history.length === 0 ? <Menu.Label>{t('metrics.noHistory')}</Menu.Label> : null}
        {queries.history.map((expression) => (
          <Menu.Item key={expression} className="at-mono" onClick={() => queries.runAll([expression])}>
            <span className={classes['historyText']}>{expression}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
