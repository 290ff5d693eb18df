/** Lines as they come in: live, with a pause, a bounded number of them, and how fast they come. */

import { Button } from '@mantine/core';
import { IconArrowUp, IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerStopFilled, IconTrash } from '@tabler/icons-react';
import { systemClock } from '@atalaya/model';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

import { soughtIn } from '../../data/logs/edit-query.ts';
import { Tail, TAIL_LINES, tailAddress } from '../../data/logs/tail.ts';
import { useFormat } from '../../format/use-format.ts';
import layout from '../../parts/layout.module.css';
import { StateBadge } from '../../parts/severity.tsx';
import { Empty } from '../../parts/states.tsx';
import { DownloadMenu } from './download-menu.tsx';
import { LineRows } from './line-rows.tsx';
import classes from './logs.module.css';
import { LooksMenu } from './toolbar.tsx';
import type { Logs } from './use-logs.ts';

const SEVERITY = { connecting: 'unknown', live: 'ok', waiting: 'warning', refused: 'critical' } as const;
/** Scrolled down further than this, lines are being read: they must not slide away. */
const READING = 60;

/** The panel. */
export function TailPanel({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { query } = logs;
  const tail = useMemo(() => new Tail((start) => new WebSocket(tailAddress(location.origin, query, start)), systemClock), [query]);
  const [stopped, setStopped] = useState(false);
  useEffect(() => {
    tail.start();
    const timer = setInterval(() => tail.tick(), 1000);
    return () => {
      clearInterval(timer);
      tail.close();
    };
  }, [tail]);
  const state = useSyncExternalStore(
    (listener) => tail.subscribe(listener),
    () => tail.state,
  );
  const sought = useMemo(() => soughtIn(query), [query]);

  // Reading further down pauses; being back at the top goes on, unless somebody paused on purpose.
  useEffect(() => {
    if (stopped) return undefined;
    const onScroll = () => tail.pause(scrollY > READING);
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, [tail, stopped]);
  const pause = () => {
    setStopped(!stopped);
    tail.pause(!stopped);
  };
  const { lines, paused, held, phase, perSecond, dropped } = state;
  return (
    <section className={layout['panel']} aria-label={t('logs.tail')}>
      <div className={classes['toolbar']}>
        <StateBadge severity={paused && phase === 'live' ? 'info' : SEVERITY[phase]}>
          <span role="status">{paused && phase === 'live' ? t('logs.tailPaused') : t(`logs.tailPhase.${phase}`)}</span>
        </StateBadge>
        <span className={classes['count']}>
          {t('logs.tailRate', { rate: formats.value(perSecond, 'none') })}
          <span className={classes['cost']}>
            {t('logs.tailKept', { count: lines.length, lines: formats.integer(lines.length), most: formats.integer(TAIL_LINES) })}
            {dropped > 0 ? ` · ${t('logs.tailDropped', { count: dropped, lines: formats.integer(dropped) })}` : null}
          </span>
        </span>
        <div className={classes['tools']}>
          <Button
            variant={paused ? 'filled' : 'default'}
            leftSection={paused ? <IconPlayerPlayFilled size={13} /> : <IconPlayerPauseFilled size={13} />}
            onClick={paused && !stopped ? () => scrollTo({ top: 0 }) : pause}
          >
            {paused ? t('logs.tailGoOn') : t('logs.tailPause')}
          </Button>
          <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => tail.clear()}>
            {t('logs.tailClear')}
          </Button>
          <Button variant="default" leftSection={<IconPlayerStopFilled size={13} />} onClick={() => logs.show({ tail: false })}>
            {t('logs.tailStop')}
          </Button>
          <LooksMenu logs={logs} />
          <DownloadMenu logs={logs} lines={lines} />
        </div>
      </div>
      {held > 0 ? (
        <div className={classes['fresh']}>
          <Button
            size="compact-sm"
            leftSection={<IconArrowUp size={14} />}
            onClick={() => {
              setStopped(false);
              tail.pause(false);
              scrollTo({ top: 0 });
            }}
          >
            {t('logs.fresh', { count: held, lines: formats.integer(held) })}
          </Button>
        </div>
      ) : null}
      {lines.length === 0 ? (
        <Empty title={phase === 'refused' ? t('logs.tailRefused') : t('logs.tailNone')} height={240}>
          <p>{phase === 'refused' ? t('logs.tailRefusedAdvice') : t('logs.tailNoneAdvice')}</p>
        </Empty>
      ) : (
        <LineRows logs={logs} lines={lines} sought={sought} />
      )}
    </section>
  );
}
