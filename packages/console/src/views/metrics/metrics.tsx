/** The metrics explorer: expressions, their graph or table, and the browser of all metrics. */

import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type MetricEntry, startingQuery } from '../../data/metadata.ts';
import { recall, remember } from '../../data/remembered.ts';
import { DEFAULT_RATE_WINDOW } from '../../data/time-range.ts';
import { Panel } from '../../parts/panel.tsx';
import { Loading } from '../../parts/states.tsx';
import { GraphPanel } from './graph-panel.tsx';
import { MetricBrowser } from './metric-browser.tsx';
import classes from './metrics.module.css';
import { QueryRows } from './query-rows.tsx';
import { Starter } from './starter.tsx';
import { TablePanel } from './table-panel.tsx';
import { useQueries } from './use-queries.ts';

const ExplainPanels = lazy(() => import('./explain/explain-panels.tsx'));
const route = getRouteApi('/explore');

/** The page. */
export function Metrics() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const queries = useQueries();
  const wide = useMediaQuery('(min-width: 1180px)', true);
  const [docked, setDocked] = useState(() => !recall('metric-browser-closed', false));
  const [drawer, setDrawer] = useState(false);
  const browserOpen = wide ? docked : drawer;

  const toggleBrowser = () => {
    if (!wide) setDrawer(!drawer);
    else {
      remember('metric-browser-closed', docked);
      setDocked(!docked);
    }
  };
  const pick = (entry: MetricEntry) => {
    setDrawer(false);
    queries.insert(entry.name, startingQuery(entry, DEFAULT_RATE_WINDOW));
  };
  const browser = <MetricBrowser onPick={pick} />;
  const asked = queries.asked.length > 0;
  return (
    <div className={classes['page']} data-browser={(wide && docked) || undefined}>
      <div className={classes['main']}>
        <h1 className="at-hidden">{t('page.metrics')}</h1>
        <QueryRows queries={queries} browserOpen={browserOpen} onToggleBrowser={toggleBrowser} />
        {asked ? null : <Starter history={queries.history} onPick={(query) => queries.runAll([query])} />}
        {asked && search.tab === undefined ? <GraphPanel queries={queries} /> : null}
        {asked && search.tab === 'table' ? <TablePanel queries={queries} /> : null}
        {asked && search.tab === 'explain' ? (
          <Suspense fallback={<Loading height={420} />}>
            <ExplainPanels queries={queries} />
          </Suspense>
        ) : null}
      </div>
      {wide && docked ? (
        <aside className={classes['browser']}>
          <Panel title={t('metrics.browser')} flush className={classes['browserPanel']}>
            {browser}
          </Panel>
        </aside>
      ) : null}
      {wide ? null : (
        <Drawer
          opened={drawer}
          onClose={() => setDrawer(false)}
          title={t('metrics.browser')}
          position="right"
          size="min(420px, 100vw)"
          closeButtonProps={{ 'aria-label': t('action.close') }}
        >
          {browser}
        </Drawer>
      )}
    </div>
  );
}
