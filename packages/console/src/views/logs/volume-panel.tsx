/** How many lines of which level came when: bars that are dragged over to zoom, with levels that are clicked to filter. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { LevelBars } from '../../chart/level-bars.tsx';
import type { Level } from '../../data/logs/levels.ts';
import { type Volume, volumeQuery } from '../../data/logs/volume.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loading, Stale } from '../../parts/states.tsx';
import { LevelDot } from './level-mark.tsx';
import classes from './logs.module.css';
import type { Logs } from './use-logs.ts';

const HEIGHT = 112;

/** The panel. */
export function VolumePanel({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, refreshMs } = useRange();
  const volume = useQuery<Volume, Error, Volume, ReturnType<typeof volumeQuery>['queryKey']>({
    ...volumeQuery(logs.query, range, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  const { data, error } = volume;
  const empty = data !== undefined && data.frame.series.length === 0;
  let told: string | undefined;
  if (empty) told = t('logs.noneInRange');
  else if (data !== undefined) {
    told = t('logs.volumeNote', { count: data.total, lines: formats.integer(data.total), step: formats.span(data.step) });
  } else if (error !== null) told = t('logs.noVolume');
  return (
    <Panel
      title={t('logs.volume')}
      note={error !== null && data !== undefined ? <Stale /> : told}
      // The search's own levels are the legend where it is shown.
      actions={
        data === undefined || empty || !(logs.expert || logs.read.kind !== 'search') ? undefined : <Levels volume={data} logs={logs} />
      }
    >
      {data === undefined && error === null ? <Loading height={HEIGHT - 8} /> : null}
      {data === undefined || empty ? null : <LevelBars volume={data} title={t('logs.volume')} height={HEIGHT} menu={false} />}
    </Panel>
  );
}

function Levels({ volume, logs }: { volume: Volume; logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <div className={classes['levels']} role="group" aria-label={t('logs.levels')}>
      {volume.frame.series.map(({ id }) => {
        const level = id as Level;
        return (
          <button key={id} type="button" aria-pressed={logs.search.levels.includes(level)} onClick={() => logs.filterLevel(level)}>
            <LevelDot level={level} />
            {t(`logs.level.${level}`)}
            <b>{formats.value(volume.totals[level] ?? 0, 'count')}</b>
          </button>
        );
      })}
    </div>
  );
}
