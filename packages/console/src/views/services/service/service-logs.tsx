/** The lines of a service: how many of which level over time, and the newest ones. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { LevelBars } from '../../../chart/level-bars.tsx';
import { logqlOf, placeOfLogs, traceOfLine } from '../../../data/links/addresses.ts';
import type { LogLine } from '../../../data/logs/line.ts';
import { recentLinesQuery } from '../../../data/logs/recent.ts';
import { momentParts, toMilliseconds } from '../../../data/logs/nanoseconds.ts';
import { type Volume, volumeQuery } from '../../../data/logs/volume.ts';
import { useFormat } from '../../../format/use-format.ts';
import { refetchAfter } from '../../../live/queries.ts';
import { useRange } from '../../../live/range.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { Empty, Failure, Loading } from '../../../parts/states.tsx';
import { withoutColours } from '../../../data/logs/line-text.ts';
import { LevelMark } from '../../logs/level-mark.tsx';
import classes from './service.module.css';

const LINES = 10;
const HEIGHT = 96;

/** The panel. */
export function ServiceLogs({ name }: { name: string }) {
  const { t } = useTranslation();
  const { range, refreshMs } = useRange();
  const query = logqlOf('service_name', name);
  const live = { placeholderData: keepPreviousData, refetchInterval: refetchAfter(refreshMs) };
  const volume = useQuery<Volume, Error, Volume, ReturnType<typeof volumeQuery>['queryKey']>({
    ...volumeQuery(query, range, Date.now),
    ...live,
  });
  const lines = useQuery<readonly LogLine[], Error, readonly LogLine[], ReturnType<typeof recentLinesQuery>['queryKey']>({
    ...recentLinesQuery(query, range, LINES, Date.now),
    ...live,
  });
  const error = volume.error ?? lines.error;
  const empty = volume.data?.frame.series.length === 0;
  return (
    <Panel
      title={t('service.logs')}
      flush
      actions={empty ? undefined : <PlaceLink place={placeOfLogs(query)}>{t('service.allLines')}</PlaceLink>}
    >
      {volume.data === undefined && error === null ? (
        <div className={classes['inset']}>
          <Loading height={HEIGHT} />
        </div>
      ) : null}
      {volume.data === undefined && error !== null ? (
        <Failure brief error={error} height={HEIGHT} onRetry={() => void Promise.all([volume.refetch(), lines.refetch()])} />
      ) : null}
      {empty ? (
        <Empty title={t('service.noLogs')} height={HEIGHT}>
          <p>{t('service.noLogsWhy', { name })}</p>
        </Empty>
      ) : null}
      {volume.data === undefined || empty ? null : (
        <div className={classes['inset']}>
          <LevelBars volume={volume.data} title={t('service.logs')} height={HEIGHT} context={{ service_name: name }} />
        </div>
      )}
      {lines.data === undefined || lines.data.length === 0 ? null : (
        <ul className={classes['lines']}>
          {lines.data.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Line({ line }: { line: LogLine }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { clock, fraction } = momentParts(line.time, 'browser');
  const trace = traceOfLine(line);
  return (
    <li data-level={line.level}>
      <time dateTime={new Date(toMilliseconds(line.time)).toISOString()} title={formats.instant(toMilliseconds(line.time))}>
        {clock}.{fraction.slice(0, 3)}
      </time>
      <LevelMark level={line.level} short />
      <span className={classes['lineText']}>{withoutColours(line.text).slice(0, 600)}</span>
      {trace === undefined ? null : (
        <PlaceLink place={trace} className={classes['lineTrace']}>
          {t('logs.openTrace')}
        </PlaceLink>
      )}
    </li>
  );
}
