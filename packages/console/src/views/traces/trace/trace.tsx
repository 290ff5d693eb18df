/** A trace's page: what it was in short, its spans over time, as a flame graph, by operation, or as JSON. */

import { Button, SegmentedControl } from '@mantine/core';
import { IconZoomExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { sharedSearch } from '../../../data/search.ts';
import { ApiError } from '../../../data/http.ts';
import { type LoadedTrace, traceQuery } from '../../../data/traces/tempo.ts';
import { pastedTraceId } from '../../../data/traces/trace-id.ts';
import layout from '../../../parts/layout.module.css';
import { Empty, Failure, Loading } from '../../../parts/states.tsx';
import { TraceHeader } from './header.tsx';
import { Timeline } from './timeline.tsx';
import classes from './trace.module.css';
import { useServiceColours } from './use-colours.ts';
import { useTrace } from './use-trace.ts';

const FlameGraph = lazy(async () => ({ default: (await import('./flame.tsx')).FlameGraph }));
const Operations = lazy(async () => ({ default: (await import('./operations.tsx')).Operations }));
const JsonView = lazy(async () => ({ default: (await import('./json-view.tsx')).JsonView }));

const route = getRouteApi('/traces/$traceId');

/** The page of the trace that the address names. */
export function TraceView() {
  const { t } = useTranslation();
  const { traceId } = route.useParams();
  const id = pastedTraceId(traceId);
  const { data, error, refetch } = useQuery({ ...traceQuery(id ?? ''), enabled: id !== undefined });
  if (id === undefined) return <NotThere title={t('trace.badId')} advice={t('trace.badIdAdvice')} />;
  const missing = data === null || (error instanceof ApiError && error.status === 404);
  if (missing) return <NotThere title={t('trace.notFound')} advice={t('trace.notFoundAdvice')} id={id} />;
  if (data === undefined) {
    return (
      <section className={layout['panel']} aria-label={t('trace.title')}>
        <div className={classes['inset']}>
          {error === null ? <Loading lines={18} /> : <Failure error={error} height={320} onRetry={() => void refetch()} />}
        </div>
      </section>
    );
  }
  // Another trace begins anew: nothing is folded, nothing is held over.
  return <Shown key={id} loaded={data} />;
}

function Shown({ loaded }: { loaded: LoadedTrace }) {
  const { t } = useTranslation();
  const state = useTrace(loaded);
  const colourOf = useServiceColours(state.services);
  const view = state.url.view ?? 'waterfall';
  return (
    <div className={layout['column']}>
      <TraceHeader state={state} colourOf={colourOf} />
      <div className={classes['switch']}>
        <SegmentedControl
          size="xs"
          aria-label={t('trace.view')}
          value={view}
          onChange={(chosen) => state.setView(chosen === 'waterfall' ? undefined : chosen)}
          data={(['waterfall', 'flame', 'statistics', 'json'] as const).map((value) => ({ value, label: t(`trace.views.${value}`) }))}
        />
      </div>
      {view === 'waterfall' ? <Timeline state={state} colourOf={colourOf} /> : null}
      <Suspense fallback={<Loading height={320} />}>
        {view === 'flame' ? <FlameGraph state={state} colourOf={colourOf} /> : null}
        {view === 'statistics' ? <Operations state={state} colourOf={colourOf} /> : null}
        {view === 'json' ? <JsonView loaded={loaded} /> : null}
      </Suspense>
    </div>
  );
}

function NotThere({ title, advice, id }: { title: string; advice: string; id?: string }) {
  const { t } = useTranslation();
  return (
    <section className={layout['panel']} aria-label={t('trace.title')}>
      <h1 className="at-hidden">{t('trace.title')}</h1>
      <Empty icon={<IconZoomExclamation size={30} stroke={1.6} aria-hidden />} title={title} height={300}>
        {id === undefined ? null : <code className="at-break">{id}</code>}
        <p>{advice}</p>
        <Button component={Link} variant="default" {...({ to: '/traces', search: sharedSearch } as object)}>
          {t('trace.backToSearch')}
        </Button>
      </Empty>
    </section>
  );
}
