/** Services: the map of who calls whom, or the same as tables, and what is chosen beside it. */

import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { gravity } from '../../data/services/graph.ts';
import { measuredOver } from '../../data/services/queries.ts';
import { useRange } from '../../live/range.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Failure, Loading, Stale } from '../../parts/states.tsx';
import { Details } from './details.tsx';
import { ServiceMap } from './map.tsx';
import { NoServices } from './no-services.tsx';
import classes from './services.module.css';
import { ServicesTable } from './services-table.tsx';
import { useGraph } from './use-graph.ts';
import { useServices } from './use-services.ts';

/** The page. */
export function ServicesView() {
  const { t } = useTranslation();
  const { graph, loading, error, stale, retry } = useGraph();
  const state = useServices(graph);
  const { span } = useRange();
  const services = graph.nodes.filter(({ kind }) => kind === 'service');
  const failing = services.filter(({ errors }) => gravity(errors) !== undefined);
  const empty = graph.nodes.length === 0;
  if (empty) {
    return (
      <div className={classes['page']}>
        <h1 className="at-hidden">{t('page.services')}</h1>
        {loading && error === null ? <Loading height={480} /> : null}
        {error === null ? null : <Failure error={error} height={300} onRetry={retry} />}
        {loading || error !== null ? null : <NoServices />}
      </div>
    );
  }
  const panel = state.chosen === undefined ? null : <Details chosen={state.chosen} graph={graph} state={state} />;
  return (
    <div className={classes['page']}>
      <div className={classes['surface']}>
        <header className={classes['toolbar']}>
          <h1 className={classes['title']}>{t('page.services')}</h1>
          <p className={classes['note']}>
            {t('services.count', { count: services.length })}
            {failing.length === 0 ? null : (
              <span className={classes['failures']} data-severity="critical">
                <SeverityIcon severity="critical" size={14} />
                {t('services.failingCount', { count: failing.length })}
              </span>
            )}
            {stale ? <Stale /> : null}
            {measuredOver(span).shortened ? <span>{t('services.shortened', measuredOver(span))}</span> : null}
          </p>
          <TextInput
            className={classes['find']}
            size="xs"
            type="search"
            leftSection={<IconSearch size={14} aria-hidden />}
            aria-label={t('services.find')}
            placeholder={t('services.find')}
            value={state.find}
            onChange={(event) => state.setFind(event.currentTarget.value)}
          />
          <SegmentedControl
            value={state.table ? 'table' : 'map'}
            onChange={(view) => state.setTable(view === 'table')}
            aria-label={t('services.view')}
            data={[
              { value: 'map', label: t('services.map') },
              { value: 'table', label: t('services.table') },
            ]}
          />
        </header>
        {state.table ? null : (
          <div className={classes['beside']} data-open={panel !== null || undefined}>
            <ServiceMap graph={graph} state={state} />
            {panel === null ? null : <aside className={classes['aside']}>{panel}</aside>}
          </div>
        )}
      </div>
      {state.table ? (
        <div className={classes['beside']} data-open={panel !== null || undefined} data-apart>
          <div className={classes['tables']}>
            <ServicesTable graph={graph} state={state} />
          </div>
          {panel === null ? null : <aside className={classes['card']}>{panel}</aside>}
        </div>
      ) : null}
    </div>
  );
}
