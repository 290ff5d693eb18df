/** The lines with their tools and states. */

import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { lineReference } from '../../data/logs/line.ts';
import { MOST_LINES } from '../../data/logs/line-list.ts';
import { soughtIn } from '../../data/logs/edit-query.ts';
import { useFormat } from '../../format/use-format.ts';
import layout from '../../parts/layout.module.css';
import { Failure, Loading } from '../../parts/states.tsx';
import { LineRows } from './line-rows.tsx';
import classes from './logs.module.css';
import { NoLines } from './no-lines.tsx';
import { Toolbar } from './toolbar.tsx';
import { useLines } from './use-lines.ts';
import type { Logs } from './use-logs.ts';

/** The panel. */
export function LinesPanel({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { list, state } = useLines(logs);
  const { lines, phase, error } = state;
  const sought = useMemo(() => soughtIn(logs.query), [logs.query]);
  const linked = logs.url.line;
  const pointed = useMemo(
    () => (linked === undefined ? undefined : lines.find((line) => lineReference(line) === linked)?.id),
    [lines, linked],
  );

  // New lines slide in by themselves only where nobody would lose the place that they read.
  const { fresh } = state;
  useEffect(() => {
    if (fresh > 0 && scrollY < 40) list.showFresh();
  }, [fresh, list]);

  return (
    <section className={layout['panel']} aria-label={t('logs.lines')}>
      <Toolbar logs={logs} lines={lines} cost={state.cost} phase={phase} complete={state.bottom === 'end' && state.top === 'end'} />
      {phase === 'loading' ? (
        <div className={classes['inset']}>
          <Loading lines={14} />
        </div>
      ) : null}
      {phase === 'failed' ? <Failure error={error} height={240} onRetry={() => void list.begin()} /> : null}
      {phase === 'ready' && lines.length === 0 ? <NoLines logs={logs} /> : null}
      {fresh > 0 ? (
        <div className={classes['fresh']}>
          <Button
            size="compact-sm"
            leftSection={<IconArrowUp size={14} />}
            onClick={() => {
              list.showFresh();
              scrollTo({ top: 0 });
            }}
          >
            {t('logs.fresh', { count: fresh, lines: formats.integer(fresh) })}
          </Button>
        </div>
      ) : null}
      {state.top === 'more' || state.top === 'loading' || state.top === 'failed' ? (
        <div className={classes['end']}>
          <Button variant="default" size="compact-sm" loading={state.top === 'loading'} onClick={() => void list.more('top')}>
            {logs.url.order === 'oldest' ? t('logs.loadOlder') : t('logs.loadNewer')}
          </Button>
        </div>
      ) : null}
      {lines.length > 0 ? (
        <LineRows
          key={`${logs.query} ${linked ?? ''}`}
          logs={logs}
          lines={lines}
          sought={sought}
          pointed={pointed}
          onEnd={state.bottom === 'more' ? () => void list.more('bottom') : undefined}
        />
      ) : null}
      {lines.length > 0 ? (
        <div className={classes['end']} role="status">
          {state.bottom === 'loading' || state.bottom === 'more' ? t('logs.loadingMore') : null}
          {state.bottom === 'end' ? t('logs.allShown', { count: lines.length, lines: formats.integer(lines.length) }) : null}
          {state.bottom === 'full' ? t('logs.full', { lines: formats.integer(MOST_LINES) }) : null}
          {state.bottom === 'failed' ? <Failure error={error} onRetry={() => void list.more('bottom')} /> : null}
        </div>
      ) : null}
    </section>
  );
}
