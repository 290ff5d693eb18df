/** The question: by the search's controls, or in LogQL. Both show the same question; the LogQL is always in sight. */

import { Button, SegmentedControl } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { streamSelector } from '../../data/logs/edit-query.ts';
import { EVERYTHING, readSearch } from '../../data/logs/search.ts';
import layout from '../../parts/layout.module.css';
import { Beyond } from '../../parts/question/beyond.tsx';
import { Told } from '../../parts/question/told.tsx';
import { Loading } from '../../parts/states.tsx';
import classes from './query-panel.module.css';
import { SearchForm } from './search-form.tsx';
import type { Logs } from './use-logs.ts';

const LogqlForm = lazy(() => import('./logql-form.tsx'));

interface QueryPanelProps {
  readonly logs: Logs;
  readonly facetsOpen: boolean;
  /** Absent where there is nothing to filter by. */
  onToggleFacets: (() => void) | undefined;
}

/** The panel. */
export function QueryPanel({ logs, facetsOpen, onToggleFacets }: QueryPanelProps) {
  const { t } = useTranslation();
  return (
    <section className={layout['panel']} aria-label={t('logs.question')}>
      <div className={classes['head']}>
        <SegmentedControl
          size="xs"
          aria-label={t('logs.mode')}
          value={logs.expert ? 'logql' : 'search'}
          onChange={(value) => logs.setExpert(value === 'logql')}
          data={[
            { value: 'search', label: t('logs.modeSearch') },
            { value: 'logql', label: t('logs.modeLogql') },
          ]}
        />
        {onToggleFacets === undefined ? null : (
          <Button variant="default" leftSection={<IconFilter size={15} />} aria-expanded={facetsOpen} onClick={onToggleFacets}>
            {t('logs.facets')}
          </Button>
        )}
      </div>
      {logs.expert ? (
        <Suspense fallback={<Loading height={72} />}>
          <LogqlForm logs={logs} />
        </Suspense>
      ) : logs.read.kind === 'search' ? (
        <>
          <SearchForm logs={logs} />
          <Told language="LogQL" query={logs.query} copyLabel={t('logs.copyLogql')} />
        </>
      ) : (
        <BeyondSearch logs={logs} />
      )}
    </section>
  );
}

/** What the controls cannot show; anew keeps the streams. */
function BeyondSearch({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const selector = streamSelector(logs.query);
  const kept = selector === undefined ? undefined : readSearch(selector);
  const { kind } = logs.read;
  return (
    <Beyond
      query={logs.query}
      why={kind === 'wrong' ? t('logs.beyond.wrong') : kind === 'numbers' ? t('logs.beyond.numbers') : t('logs.beyond.lines')}
      editLabel={t('logs.beyond.edit')}
      anewLabel={t('logs.beyond.anew')}
      onEdit={() => logs.setExpert(true)}
      onAnew={() => logs.askSearch(kept?.kind === 'search' ? kept.search : EVERYTHING)}
    />
  );
}
