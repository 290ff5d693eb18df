/** The logs at a glance: how many lines of which level, and how many errors lately, with the way to them. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { LevelBars } from '../../chart/level-bars.tsx';
import { toApiError } from '../../data/http.ts';
import { type Volume, volumeQuery } from '../../data/logs/volume.ts';
import { sharedSearch } from '../../data/search.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import classes from './home.module.css';

const HEIGHT = 96;
const ALL = '{service_name=~".+"}';
const ERRORS = `${ALL} | detected_level=~"critical|fatal|error"`;
const LAST_HOUR = { from: 'now-1h', to: 'now' } as const;

/** The card. A server that knows no logs has none. */
export function LogsCard() {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, refreshMs, span } = useRange();
  const lines = useVolume(range, refreshMs);
  const hour = useVolume(LAST_HOUR, refreshMs === 0 ? 0 : 60_000);
  const { data, error } = lines;
  if (data === undefined && error !== null && toApiError(error).kind === 'rejected') return null;
  const errors = (hour.data?.totals.error ?? 0) + (hour.data?.totals.critical ?? 0);
  const empty = data?.frame.series.length === 0;
  return (
    <Panel
      title={t('page.logs')}
      note={
        error !== null && data !== undefined ? (
          <Stale />
        ) : data === undefined || empty ? undefined : (
          t('home.logs.rate', { rate: formats.value((data.total / span) * 60_000, 'count') })
        )
      }
      actions={
        <>
          {errors > 0 ? (
            <Link to="/logs" search={{ ...LAST_HOUR, q: ERRORS }} className={classes['logErrors']}>
              <SeverityIcon severity="critical" size={14} />
              {t('home.logs.errors', { count: errors, errors: formats.integer(errors) })}
            </Link>
          ) : null}
          <Link to="/logs" search={sharedSearch}>
            {t('home.logs.show')}
          </Link>
        </>
      }
    >
      {data === undefined && error === null ? <Loading height={HEIGHT - 8} /> : null}
      {data === undefined && error !== null ? <Failure brief error={error} height={HEIGHT} onRetry={() => void lines.refetch()} /> : null}
      {empty ? (
        <Empty title={t('logs.noneInRange')} height={HEIGHT}>
          <Link to="/logs" search={sharedSearch}>
            {t('home.logs.send')}
          </Link>
        </Empty>
      ) : null}
      {data === undefined || empty ? null : <LevelBars volume={data} title={t('page.logs')} height={HEIGHT} />}
    </Panel>
  );
}

function useVolume(range: { from: string; to: string }, every: number) {
  return useQuery<Volume, Error, Volume, ReturnType<typeof volumeQuery>['queryKey']>({
    ...volumeQuery(ALL, range, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(every),
  });
}
