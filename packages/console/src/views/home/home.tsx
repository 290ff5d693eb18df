/** Home: is anything wrong, then this host and the program itself at a glance. */

import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { statusQuery } from '../../data/status.ts';
import { usePolled } from '../../live/queries.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { DiskList } from './disk-list.tsx';
import { HealthLine } from './health-line.tsx';
import classes from './home.module.css';
import { HostCharts } from './host-charts.tsx';
import { HostTiles } from './host-tiles.tsx';
import { LogsCard } from './logs-card.tsx';
import { NextSteps } from './next-steps.tsx';
import { Platform } from './platform.tsx';
import { useDisks } from './use-host.ts';

// Only those who have services load what they need.
const ServicesCard = lazy(() => import('./services-card.tsx'));

/** The page. */
export function Home() {
  const { t } = useTranslation();
  const status = usePolled(statusQuery);
  const host = status.data?.host;
  const disks = useDisks(host);
  if (status.data === undefined || host === undefined) {
    return (
      <>
        <h1 className="at-hidden">{t('page.home')}</h1>
        {status.error === null ? (
          <div className={classes['page']}>
            <Loading height={58} />
            <Loading height={92} />
            <div className={classes['charts']}>
              {['cpu', 'memory', 'network', 'disk', 'load', 'pressure'].map((name) => (
                <Loading key={name} height={236} />
              ))}
            </div>
          </div>
        ) : (
          <Failure error={status.error} height={300} onRetry={() => void status.refetch()} />
        )}
      </>
    );
  }
  return (
    <div className={classes['page']}>
      <h1 className="at-hidden">{t('page.home')}</h1>
      <HealthLine status={status.data} disks={disks.disks} />
      <NextSteps />
      <HostTiles host={host} disks={disks.disks} />
      {status.data.traces.services === 0 ? null : (
        <Suspense fallback={<Loading height={204} />}>
          <ServicesCard />
        </Suspense>
      )}
      <LogsCard />
      <HostCharts host={host} />
      <div className={classes['lower']}>
        <DiskList state={disks} now={status.data.now} />
        <Platform status={status.data} />
      </div>
    </div>
  );
}
