/** The question: by the search's controls, or in LogQL. Both show the same question; the LogQL is always in sight. */

import { Button, SegmentedControl } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { streamSelector } from '../../data/logs/edit-query.ts';
import { EVERYTHING, readSearch } from '../../data/logs/search.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
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
    <section className={classes['panel']} aria-label={t('logs.question')}>
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
          <Told query={logs.query} />
        </>
      ) : (
        <Beyond logs={logs} />
      )}
    </section>
  );
}

/** The LogQL that the search makes. */
function Told({ query }: { query: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes['told']}>
      <span className={classes['toldName']}>LogQL</span>
      <code>{query}</code>
      <CopyButton text={query} label={t('logs.copyLogql')} />
    </div>
  );
}

/** A question that the controls cannot show, and the ways out. */
function Beyond({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const selector = streamSelector(logs.query);
  const kept = selector === undefined ? undefined : readSearch(selector);
  return (
    <div className={classes['beyond']} role="status">
      <SeverityIcon severity="info" />
      <div>
        <p>
          {logs.read.kind === 'wrong'
            ? t('logs.beyond.wrong')
            : logs.read.kind === 'numbers'
              ? t('logs.beyond.numbers')
              : t('logs.beyond.lines')}
        </p>
        <code className="at-break">{logs.query}</code>
        <div className={classes['ways']}>
          <Button variant="default" onClick={() => logs.setExpert(true)}>
            {t('logs.beyond.edit')}
          </Button>
          <Button variant="subtle" onClick={() => logs.askSearch(kept?.kind === 'search' ? kept.search : EVERYTHING)}>
            {t('logs.beyond.anew')}
          </Button>
        </div>
      </div>
    </div>
  );
}
