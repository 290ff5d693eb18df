/** A few traces of a service: the failed ones, or the slowest of the recent ones, with the way to all of them. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { placeOfTrace, placeOfTraces } from '../../../data/links/addresses.ts';
import { around } from '../../../data/links/place.ts';
import { type FoundTrace, tracesQuery } from '../../../data/traces/tempo.ts';
import { useFormat } from '../../../format/use-format.ts';
import { refetchAfter } from '../../../live/queries.ts';
import { useRange } from '../../../live/range.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { Empty, Failure, Loading } from '../../../parts/states.tsx';
import { Ago } from '../../../parts/time.tsx';
import classes from './service.module.css';

const HEIGHT = 150;

interface TraceListProps {
  readonly title: string;
  readonly none: string;
  readonly query: string;
  /** Traces that are asked for, and how many of them are shown. */
  readonly limit: number;
  readonly shown: number;
  readonly slowest?: boolean;
}

/** The list. */
export function TraceList({ title, none, query, limit, shown, slowest = false }: TraceListProps) {
  const { t } = useTranslation();
  const { range, refreshMs } = useRange();
  const { data, error, refetch } = useQuery({
    ...tracesQuery(query, range, limit, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  const order = (a: FoundTrace, b: FoundTrace) => (slowest ? b.duration - a.duration : b.start - a.start);
  const traces = (data?.traces ?? []).toSorted(order).slice(0, shown);
  const longest = Math.max(...traces.map(({ duration }) => duration), 1);
  return (
    <Panel
      title={title}
      flush
      actions={traces.length === 0 ? undefined : <PlaceLink place={placeOfTraces(query)}>{t('service.more')}</PlaceLink>}
    >
      {data === undefined && error === null ? (
        <div className={classes['inset']}>
          <Loading lines={4} />
        </div>
      ) : null}
      {data === undefined && error !== null ? <Failure brief error={error} height={HEIGHT} onRetry={() => void refetch()} /> : null}
      {data !== undefined && traces.length === 0 ? <Empty title={none} height={HEIGHT} /> : null}
      {traces.length === 0 ? null : (
        <ul className={classes['rows']} aria-label={t('service.traceList')}>
          {traces.map((trace) => (
            <TraceRow key={trace.id} trace={trace} longest={longest} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function TraceRow({ trace, longest }: { trace: FoundTrace; longest: number }) {
  const formats = useFormat();
  const { id, service, operation, start, duration } = trace;
  return (
    <li className={classes['trace']}>
      <PlaceLink place={placeOfTrace(id, around(start))} className={classes['traceName']} title={id}>
        <b>{service}</b> {operation === '' ? id.slice(0, 16) : operation}
      </PlaceLink>
      <span className={classes['when']}>
        <Ago since={start} />
      </span>
      <span className={classes['bar']} aria-hidden>
        <i style={{ width: `${(duration / longest) * 100}%` }} />
      </span>
      <span className={classes['duration']}>{formats.value(duration / 1000, 'seconds')}</span>
    </li>
  );
}
