/** All metrics with type and help, to search in and to click on. */

import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { fuzzyRank } from '../../data/fuzzy.ts';
import { metricNamesQuery } from '../../data/labels.ts';
import { metadataQuery, metricEntries, type MetricEntry } from '../../data/metadata.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePolled } from '../../live/queries.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import classes from './metric-browser.module.css';

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'info', 'stateset'] as const;

/** The browser. Metadata that cannot be had only costs the help texts. */
export function MetricBrowser({ onPick }: { onPick(entry: MetricEntry): void }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const [text, setText] = useState('');
  const names = usePolled(metricNamesQuery, { every: 60_000 });
  const metadata = usePolled(metadataQuery, { every: 60_000 });
  const entries = useMemo(() => metricEntries(names.data ?? [], metadata.data ?? {}), [names.data, metadata.data]);
  const found = useMemo(() => fuzzyRank(text, entries, (entry) => entry.name, entries.length), [text, entries]);
  const scroller = useRef<HTMLUListElement>(null);
  const virtualizer = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 58,
    overscan: 6,
  });

  const moveFocus = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const buttons = [...(scroller.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
    event.preventDefault();
  };
  if (names.data === undefined) {
    return names.error === null ? (
      <div className={classes['inset']}>
        <Loading lines={12} />
      </div>
    ) : (
      <Failure error={names.error} onRetry={() => void names.refetch()} />
    );
  }
  return (
    <div className={classes['browser']}>
      <div className={classes['inset']}>
        <TextInput
          size="xs"
          aria-label={t('metrics.find')}
          placeholder={t('metrics.findAmong', { count: entries.length, metrics: formats.integer(entries.length) })}
          leftSection={<IconSearch size={15} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            virtualizer.scrollToOffset(0);
          }}
          onKeyDown={moveFocus}
        />
      </div>
      {found.length === 0 ? <Empty title={entries.length === 0 ? t('metrics.noMetrics') : t('palette.none')} /> : null}
      <ul ref={scroller} className={classes['list']} aria-label={t('metrics.browser')}>
        <li style={{ height: virtualizer.getTotalSize() }} aria-hidden role="presentation" />
        {virtualizer.getVirtualItems().map((item) => {
          const entry = found[item.index] as MetricEntry;
          return (
            <li
              key={entry.name}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes['item']}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <button type="button" onClick={() => onPick(entry)} onKeyDown={moveFocus}>
                <span className={classes['name']}>
                  <Breakable name={entry.name} />
                </span>
                <TypeWord type={entry.type} />
                <span className={classes['help']}>{entry.help}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A metric's name that breaks at its underscores when it must. */
function Breakable({ name }: { name: string }) {
  return name.split(/(?<=_)/).map((part, index) => (
    <Fragment key={`${index} ${part}`}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function TypeWord({ type }: { type: string }) {
  const { t } = useTranslation();
  const known = TYPES.find((name) => name === type);
  return known === undefined ? null : <span className={classes['type']}>{t(`metrics.type.${known}`)}</span>;
}
