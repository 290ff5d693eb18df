/** The traces that a search found: points over time above, a list below; what is pointed at in one is marked in the other. */

import { Button, NativeSelect } from '@mantine/core';
import { IconArrowsDiff, IconLink } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { durationLiteral, readTraceql } from '../../data/traces/search.ts';
import { sortTraces } from '../../data/traces/sort.ts';
import { type FoundTraces, tracesQuery } from '../../data/traces/tempo.ts';
import { resolveRange, type TimeRangeText } from '../../data/time-range.ts';
import { ORDERS, type TraceOrder } from '../../data/traces/url.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useNow } from '../../live/now.ts';
import { useRange } from '../../live/range.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import layout from '../../parts/layout.module.css';
import { Panel } from '../../parts/panel.tsx';
import { Failure, Loading, Stale } from '../../parts/states.tsx';
import { NoTraces } from './no-traces.tsx';
import { type Dragged, Scatter } from './scatter.tsx';
import { TraceList } from './trace-list.tsx';
import classes from './traces.module.css';
import type { Traces } from './use-traces.ts';

const NONE: FoundTraces['traces'] = [];

/** The panels. */
export function ResultsPanel({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, refreshMs, resetZoom } = useRange();
  const wider = useRef<{ range: TimeRangeText; query: string } | undefined>(undefined);
  const [pointed, setPointed] = useState<string | undefined>(undefined);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { data, error, refetch, isPlaceholderData, dataUpdatedAt } = useQuery<
    FoundTraces,
    Error,
    FoundTraces,
    ReturnType<typeof tracesQuery>['queryKey']
  >({
    ...tracesQuery(traces.query, range, traces.limit, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  const now = Math.max(useNow(10_000), dataUpdatedAt);
  const found = data?.traces ?? NONE;
  const sorted = useMemo(() => sortTraces(found, traces.order), [found, traces.order]);
  const window = useMemo(() => resolveRange(range, now), [range, now]);

  if (data === undefined) {
    return (
      <section className={layout['panel']} aria-label={t('traces.results')}>
        <div className={classes['inset']}>
          {error === null ? <Loading lines={14} /> : <Failure error={error} height={240} onRetry={() => void refetch()} />}
        </div>
      </section>
    );
  }
  if (found.length === 0) {
    return (
      <section className={layout['panel']} aria-label={t('traces.results')}>
        {error === null ? <NoTraces traces={traces} /> : <Failure error={error} height={240} onRetry={() => void refetch()} />}
      </section>
    );
  }
  const pick = (id: string) =>
    setPicked((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id].slice(-2)));
  const zoom = ({ from, to, least, most }: Dragged) => {
    wider.current ??= { range, query: traces.query };
    const part = { from: String(Math.floor(from)), to: String(Math.ceil(to)) };
    const { read } = traces;
    // Durations narrow only what the controls can say; a flat drag wants the time alone.
    if (read.kind !== 'search' || least === undefined || most === undefined) traces.narrow(part);
    else traces.narrow(part, { ...read.search, trace: { least: durationLiteral(least), most: durationLiteral(most) } });
  };
  const reset = () => {
    const before = wider.current;
    wider.current = undefined;
    if (before === undefined) return resetZoom();
    const read = readTraceql(before.query);
    traces.narrow(before.range, read.kind === 'search' ? read.search : undefined);
  };
  const complete = found.length < traces.limit;
  return (
    <>
      <Panel title={t('traces.scatter')} note={<span className={classes['wide']}>{t('traces.scatterHint')}</span>}>
        <Scatter traces={found} window={window} pointed={pointed} onPoint={setPointed} onOpen={traces.open} onReset={reset} onZoom={zoom} />
      </Panel>
      <section className={layout['panel']} aria-label={t('traces.results')} aria-busy={isPlaceholderData}>
        <div className={classes['toolbar']}>
          <span className={classes['count']}>
            {complete
              ? t('traces.count', { count: found.length, traces: formats.integer(found.length) })
              : t('traces.countMost', { traces: formats.integer(found.length) })}
            {data.inspectedBytes === 0 ? null : (
              <span className={classes['cost']}>{t('traces.inspected', { bytes: formats.value(data.inspectedBytes, 'bytes') })}</span>
            )}
            {error === null ? null : <Stale />}
          </span>
          <div className={classes['tools']}>
            <span className={classes['hint']} role="status">
              {picked.length === 1 ? t('traces.compareHint') : null}
            </span>
            {picked.length === 2 ? (
              <Button
                component={Link}
                leftSection={<IconArrowsDiff size={15} />}
                {...({ to: '/traces/compare', search: { ...range, a: picked[0], b: picked[1] } } as object)}
              >
                {t('traces.comparePicked')}
              </Button>
            ) : null}
            <NativeSelect
              size="xs"
              aria-label={t('traces.sort')}
              value={traces.order}
              onChange={(event) => traces.show({ order: event.currentTarget.value as TraceOrder })}
              data={ORDERS.map((order) => ({ value: order, label: t(`traces.sortBy.${order}`) }))}
            />
            <CopyButton text={location.href} label={t('traces.share')} icon={IconLink} />
          </div>
        </div>
        <TraceList traces={sorted} pointed={pointed} onPoint={setPointed} picked={picked} onPick={pick} range={range} />
      </section>
    </>
  );
}
