/** The lines of the same stream before and after a line, whatever the question was. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { withoutColours } from '../../data/logs/line-text.ts';
import { type LogLine, sameness } from '../../data/logs/line.ts';
import { queryLines, selectorOf } from '../../data/logs/loki.ts';
import { formatMoment } from '../../data/logs/nanoseconds.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import classes from './lines.module.css';
import type { Logs } from './use-logs.ts';

const FIRST = 10;
const MORE = 30;
/** Lines further away in time are no surroundings any more. */
const REACH = 24n * 3_600_000_000_000n;

/** The window with them. */
export function LineContext({ line, logs, onClose }: { line: LogLine; logs: Logs; onClose(): void }) {
  const { t } = useTranslation();
  const [before, setBefore] = useState(FIRST);
  const [after, setAfter] = useState(FIRST);
  const own = useRef<HTMLLIElement>(null);
  const around = useQuery({
    queryKey: ['logs', 'context', String(line.time), line.stream, before, after],
    queryFn: async ({ signal }) => {
      const query = selectorOf(line.stream);
      const [older, newer] = await Promise.all([
        queryLines({ query, start: line.time - REACH, end: line.time, limit: before, direction: 'backward' }, signal),
        queryLines({ query, start: line.time, end: line.time + REACH, limit: after + 20, direction: 'forward' }, signal),
      ]);
      const same = newer.lines.findIndex((other) => sameness(other) === sameness(line));
      // Lines of the very moment that come first in the stream stand before this one.
      const upTo = newer.lines.slice(0, Math.max(same, 0));
      return {
        older: [...older.lines.toReversed(), ...upTo],
        newer: newer.lines.slice(same + 1, same + 1 + after),
        whole: older.lines.length < before,
      };
    },
    placeholderData: (previous) => previous,
  });
  const there = around.data !== undefined;
  useEffect(() => {
    if (there) own.current?.scrollIntoView({ block: 'center' });
  }, [there]);
  const row = (other: LogLine, self = false) => (
    <li key={other.id} ref={self ? own : undefined} data-level={other.level} data-self={self || undefined} aria-current={self || undefined}>
      <time className={classes['time']}>{formatMoment(other.time, logs.zone).slice(11)}</time>
      <span>{withoutColours(other.text).slice(0, 4000)}</span>
    </li>
  );
  return (
    <Dialog title={t('logs.contextTitle')} size="min(1100px, 96vw)" onClose={onClose}>
      <p className="at-muted">
        <code className="at-break">{selectorOf(line.stream)}</code>
      </p>
      {around.data === undefined && around.error === null ? <Loading lines={12} /> : null}
      {around.data === undefined && around.error !== null ? <Failure error={around.error} onRetry={() => void around.refetch()} /> : null}
      {around.data === undefined ? null : (
        <>
          <div className={classes['contextMore']}>
            {around.data.whole ? (
              t('logs.contextBeginning')
            ) : (
              <Button variant="subtle" size="compact-xs" loading={around.isFetching} onClick={() => setBefore(before + MORE)}>
                {t('logs.contextBefore')}
              </Button>
            )}
          </div>
          <ol className={classes['context']} style={{ margin: 0, padding: 0, listStyle: 'none' }}>
            {around.data.older.map((other) => row(other))}
            {row(line, true)}
            {around.data.newer.map((other) => row(other))}
          </ol>
          <div className={classes['contextMore']}>
            {around.data.newer.length < after ? (
              t('logs.contextEnd')
            ) : (
              <Button variant="subtle" size="compact-xs" loading={around.isFetching} onClick={() => setAfter(after + MORE)}>
                {t('logs.contextAfter')}
              </Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}
