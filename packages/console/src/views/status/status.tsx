/** The program itself: its parts, what it stores, and the configuration it runs with. */

import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { statusQuery } from '../../data/status.ts';
import { usePolled } from '../../live/queries.ts';
import { Panel } from '../../parts/panel.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { ConfigurationSection } from './configuration-section.tsx';
import { LogSourcesSection } from './log-sources-section.tsx';
import { OverviewSection } from './overview-section.tsx';
import classes from './status.module.css';
import { StorageSection } from './storage-section.tsx';

const route = getRouteApi('/status');

/** The page. */
export function StatusView() {
  const { t } = useTranslation();
  const { section } = route.useSearch();
  const navigate = route.useNavigate();
  const status = usePolled(statusQuery);
  const choose = (value: string | null) =>
    void navigate({ search: (old) => ({ ...old, section: value === 'overview' || value === null ? undefined : value }) as never });
  return (
    <Tabs value={section ?? 'overview'} onChange={choose} keepMounted={false}>
      <h1 className="at-hidden">{t('page.status')}</h1>
      <Tabs.List className={classes['tabs']}>
        <Tabs.Tab value="overview">{t('status.overview')}</Tabs.Tab>
        <Tabs.Tab value="storage">{t('status.storage')}</Tabs.Tab>
        <Tabs.Tab value="logs">{t('sources.title')}</Tabs.Tab>
        <Tabs.Tab value="configuration">{t('status.configuration')}</Tabs.Tab>
      </Tabs.List>
      {status.data === undefined && section !== 'configuration' && section !== 'logs' ? (
        <Panel title={t('page.status')} flush>
          {status.error === null ? (
            <div className={classes['inset']}>
              <Loading lines={10} />
            </div>
          ) : (
            <Failure error={status.error} height={240} onRetry={() => void status.refetch()} />
          )}
        </Panel>
      ) : null}
      <Tabs.Panel value="overview">{status.data ? <OverviewSection status={status.data} /> : null}</Tabs.Panel>
      <Tabs.Panel value="storage">{status.data ? <StorageSection status={status.data} /> : null}</Tabs.Panel>
      <Tabs.Panel value="logs">
        <LogSourcesSection />
      </Tabs.Panel>
      <Tabs.Panel value="configuration">
        <ConfigurationSection />
      </Tabs.Panel>
    </Tabs>
  );
}
