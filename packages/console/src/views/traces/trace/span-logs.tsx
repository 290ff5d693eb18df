/** The newest log lines that name a span, and the way to all of them. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { logqlOfTrace } from '../../../data/links/addresses.ts';
import { type Place, spanning } from '../../../data/links/place.ts';
import { withoutColours } from '../../../data/logs/line-text.ts';
import { queryLines } from '../../../data/logs/loki.ts';
import { momentParts, toNanoseconds } from '../../../data/logs/nanoseconds.ts';
import { useFormat } from '../../../format/use-format.ts';
import { linkTo } from '../../../parts/place-link.tsx';
import { Loading } from '../../../parts/states.tsx';
import classes from './details.module.css';

/** So many lines are shown here. */
const SHOWN = 20;

interface SpanLogsProps {
  readonly traceId: string;
  readonly spanId: string;
  /** Epoch milliseconds, and milliseconds. */
  readonly begin: number;
  readonly duration: number;
  readonly place: Place;
}

/** The lines. Failing to read them is no failure of the page: the link is there. */
export function SpanLogs({ traceId, spanId, begin, duration, place }: SpanLogsProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { data, error } = useQuery({
    queryKey: ['logs', 'span', traceId, spanId] as const,
    queryFn: ({ signal }) => {
      const { from, to } = spanning(begin, begin + duration);
      const window = { start: toNanoseconds(Number(from)), end: toNanoseconds(Number(to)) };
      return queryLines({ query: logqlOfTrace(traceId, spanId), ...window, limit: SHOWN, direction: 'backward' }, signal);
    },
    staleTime: 60_000,
  });
  const lines = data?.lines ?? [];
  return (
    <details className={classes['section']} open>
      <summary>
        <h3>{t('trace.spanLogs')}</h3>
        <span>
          {lines.length === SHOWN ? t('trace.spanLogsNote', { lines: formats.integer(SHOWN) }) : data === undefined ? null : lines.length}
        </span>
      </summary>
      {data === undefined && error === null ? <Loading lines={2} /> : null}
      {data !== undefined && lines.length === 0 ? <p className={classes['note']}>{t('trace.spanLogsNone')}</p> : null}
      {lines.length === 0 ? null : (
        <ol className={classes['lines']} tabIndex={0} aria-label={t('trace.spanLogs')}>
          {lines.map((line) => (
            <li key={line.id}>
              <time>{momentParts(line.time, 'browser').clock}</time> {withoutColours(line.text)}
            </li>
          ))}
        </ol>
      )}
      {lines.length === 0 && error === null ? null : (
        <Button component={Link} variant="default" size="compact-xs" {...linkTo(place)}>
          {t('trace.openLogs')}
        </Button>
      )}
    </details>
  );
}
