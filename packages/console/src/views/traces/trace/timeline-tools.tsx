/** The tools of the timeline: finding, filtering, folding. */

import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import {
  IconAlertHexagon,
  IconChevronDown,
  IconChevronsDown,
  IconChevronsUp,
  IconChevronUp,
  IconRoute,
  IconSearch,
} from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../../format/use-format.ts';
import { KeysHelp } from '../../../parts/keys-help.tsx';
import classes from './trace.module.css';
import type { TraceState } from './use-trace.ts';

const KEYS = {
  move: ['j', 'k', '↓', '↑'],
  fold: ['←', '→'],
  open: ['Enter', 'Esc'],
  ends: ['Home', 'End'],
  find: ['/'],
  match: ['n', 'N'],
} as const;
/** Typing is awaited so long before the trace is looked through. */
const PAUSE_MS = 160;

interface ToolsProps {
  readonly state: TraceState;
  /** Goes to a span. */
  onGo(place: number): void;
}

/** The tools. */
export function TimelineTools({ state, onGo }: ToolsProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { found, chosen, filter, rows, tree } = state;
  const asked = state.url.find ?? '';
  const [written, setWritten] = useState({ asked, text: asked });
  if (written.asked !== asked) setWritten({ asked, text: asked });
  const field = useRef<HTMLInputElement>(null);
  const at = chosen === undefined ? -1 : found.indexOf(chosen);

  const find = useRef(state.setFind);
  useEffect(() => {
    find.current = state.setFind;
  });
  useEffect(() => {
    if (written.text === asked) return undefined;
    const timer = setTimeout(() => find.current(written.text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written.text, asked]);

  const step = (by: number) => {
    if (found.length === 0) return;
    // Without a match at hand the walk begins where the chosen span is.
    const from = at >= 0 ? at : chosen === undefined ? (by > 0 ? -1 : 0) : found.findIndex((place) => place > chosen) - (by > 0 ? 1 : 0);
    onGo(found[(from + by + found.length) % found.length] as number);
  };
  const stepping = useRef(step);
  useEffect(() => {
    stepping.current = step;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable="true"]');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') field.current?.focus();
      else if (event.key === 'n' || event.key === 'N') stepping.current(event.key === 'n' ? 1 : -1);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const onFieldKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setWritten({ asked, text: '' });
    else if (event.key === 'Enter' && written.text === asked) step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  const levels = 2;
  return (
    <div className={classes['tools']}>
      <div className={classes['find']}>
        <TextInput
          ref={field}
          size="xs"
          aria-label={t('trace.find')}
          placeholder={t('trace.findHint')}
          aria-keyshortcuts="/"
          leftSection={<IconSearch size={14} />}
          value={written.text}
          onKeyDown={onFieldKey}
          onChange={(event) => setWritten({ asked, text: event.currentTarget.value })}
        />
        <span className={classes['foundCount']} role="status">
          {asked === ''
            ? null
            : found.length === 0
              ? t('trace.foundNone')
              : t('trace.found', { count: found.length, at: at < 0 ? '–' : formats.integer(at + 1), found: formats.integer(found.length) })}
        </span>
        <Tooltip label={t('trace.previous')}>
          <ActionIcon size={28} aria-label={t('trace.previous')} disabled={found.length === 0} onClick={() => step(-1)}>
            <IconChevronUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('trace.next')}>
          <ActionIcon size={28} aria-label={t('trace.next')} disabled={found.length === 0} onClick={() => step(1)}>
            <IconChevronDown size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes['filters']} role="group" aria-label={t('trace.filter')}>
        <button type="button" data-bad aria-pressed={filter.errors} onClick={() => state.setFilter({ errors: !filter.errors })}>
          <IconAlertHexagon size={14} aria-hidden /> {t('trace.onlyErrors')}
        </button>
        <button type="button" aria-pressed={filter.critical} onClick={() => state.setFilter({ critical: !filter.critical })}>
          <IconRoute size={14} aria-hidden /> {t('trace.onlyCritical')}
        </button>
        {state.filtered ? (
          <Button variant="subtle" size="compact-xs" onClick={() => state.setFilter({ errors: false, critical: false, service: '' })}>
            {t('trace.showAll')}
          </Button>
        ) : null}
      </div>
      <div className={classes['folds']}>
        <span className={classes['rowCount']}>
          {rows.length === tree.spans.length
            ? null
            : t('trace.rowsShown', { shown: formats.integer(rows.length), all: formats.integer(tree.spans.length) })}
        </span>
        <Tooltip label={t('trace.fold', { depth: levels })}>
          <ActionIcon size={28} aria-label={t('trace.fold', { depth: levels })} onClick={() => state.foldTo(levels - 1)}>
            <IconChevronsUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('trace.unfold')}>
          <ActionIcon size={28} aria-label={t('trace.unfold')} onClick={() => state.foldTo(undefined)}>
            <IconChevronsDown size={16} />
          </ActionIcon>
        </Tooltip>
        <KeysHelp keys={(Object.keys(KEYS) as (keyof typeof KEYS)[]).map((act) => ({ keys: KEYS[act], does: t(`trace.keys.${act}`) }))} />
      </div>
    </div>
  );
}
