/** The scrape targets: by pool, trouble first, filtered by state and text, with what relabelling did to each. */

import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch, IconTarget } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { scrapeSnippet } from '../../data/next-steps.ts';
import type { TargetsSearch } from '../../data/search.ts';
import { countTargets, targetPools, targetsQuery, type Targets as TargetsAnswer } from '../../data/targets.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePolled } from '../../live/queries.ts';
import { Snippet } from '../../parts/copy.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import { DroppedTargets } from './dropped-targets.tsx';
import { TargetList } from './target-list.tsx';
import classes from './targets.module.css';

const route = getRouteApi('/targets');

/** The page. */
export function Targets() {
  const { t } = useTranslation();
  const answer = usePolled(targetsQuery);
  return (
    <div className={classes['page']}>
      <h1 className="at-hidden">{t('page.targets')}</h1>
      {answer.data === undefined ? (
        answer.error === null ? (
          <Panel title={t('page.targets')}>
            <Loading lines={10} />
          </Panel>
        ) : (
          <Panel title={t('page.targets')} flush>
            <Failure error={answer.error} height={240} onRetry={() => void answer.refetch()} />
          </Panel>
        )
      ) : (
        <Loaded targets={answer.data} stale={answer.error !== null} />
      )}
    </div>
  );
}

function Loaded({ targets, stale }: { targets: TargetsAnswer; stale: boolean }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { activeTargets, droppedTargets, droppedTargetCounts } = targets;
  const counts = countTargets(activeTargets);
  const dropped = Math.max(
    droppedTargets.length,
    Object.values(droppedTargetCounts ?? {}).reduce((sum, count) => sum + count, 0),
  );
  const pools = useMemo(() => targetPools(activeTargets, search.state, search.find ?? ''), [activeTargets, search.state, search.find]);
  const write = (next: TargetsSearch | Record<keyof TargetsSearch, undefined>) =>
    void navigate({ search: (old) => ({ ...old, ...next }) as never, replace: true });
  const view = search.dropped === true ? 'dropped' : (search.state ?? 'all');
  const choose = (value: string) =>
    write(
      value === 'dropped'
        ? ({ dropped: true, state: undefined } as never)
        : ({ dropped: undefined, state: value === 'all' ? undefined : value } as never),
    );
  if (activeTargets.length === 0 && dropped === 0) return <NoTargets />;
  const choice = (value: string, text: string, count: number) => ({
    value,
    label: (
      <span className={classes['choice']}>
        {text} <b>{formats.integer(count)}</b>
      </span>
    ),
  });
  return (
    <>
      <div className={classes['filters']}>
        <SegmentedControl
          size="xs"
          aria-label={t('targets.filter')}
          value={view}
          onChange={choose}
          data={[
            choice('all', t('targets.all'), counts.all),
            choice('down', t('state.target.down'), counts.down),
            choice('up', t('state.target.up'), counts.up),
            ...(counts.unknown > 0 || view === 'unknown' ? [choice('unknown', t('state.target.unknown'), counts.unknown)] : []),
            ...(dropped > 0 || view === 'dropped' ? [choice('dropped', t('targets.dropped'), dropped)] : []),
          ]}
        />
        <TextInput
          size="xs"
          className={classes['find']}
          aria-label={t('targets.find')}
          placeholder={t('targets.find')}
          leftSection={<IconSearch size={15} />}
          value={search.find ?? ''}
          onChange={(event) => write({ find: event.currentTarget.value === '' ? undefined : event.currentTarget.value } as never)}
        />
        {stale ? <Stale /> : null}
      </div>
      {view === 'dropped' ? (
        <DroppedTargets targets={droppedTargets} total={dropped} find={search.find ?? ''} />
      ) : pools.length > 0 ? (
        <TargetList pools={pools} />
      ) : (
        <Panel title={t('page.targets')} flush>
          <Empty title={view === 'down' && search.find === undefined ? t('targets.noneDown') : t('targets.noneMatch')} height={180}>
            <button type="button" className={classes['plain']} onClick={() => write({ state: undefined, find: undefined } as never)}>
              {t('targets.showAll')}
            </button>
          </Empty>
        </Panel>
      )}
    </>
  );
}

function NoTargets() {
  const { t } = useTranslation();
  return (
    <Panel title={t('page.targets')}>
      <Empty icon={<IconTarget size={30} stroke={1.5} aria-hidden />} title={t('targets.none')}>
        <p>{t('targets.noneText')}</p>
        <div className={classes['snippet']}>
          <Snippet text={scrapeSnippet()} label={t('action.copy')} />
        </div>
      </Empty>
    </Panel>
  );
}
