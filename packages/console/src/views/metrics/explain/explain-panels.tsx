/** The explanations of all asked queries: each is run once, and shown with what every part of it took. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { explainQuery, explanationText } from '../../../data/explain.ts';
import { limitSetting } from '../../../data/remarks.ts';
import { chooseStep } from '../../../data/time-range.ts';
import { useFormat } from '../../../format/use-format.ts';
import { useRange } from '../../../live/range.tsx';
import { CopyButton } from '../../../parts/copy.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { Failure, Loading } from '../../../parts/states.tsx';
import { GRAPH_POINTS } from '../graph-points.ts';
import { Incomplete, LimitAdvice, QueryProblems, queryStates } from '../query-problems.tsx';
import type { AskedQuery, Queries } from '../use-queries.ts';
import { ViewTools } from '../view-tools.tsx';
import classes from './explain.module.css';
import { Facts } from './facts.tsx';
import { Limits } from './limits.tsx';
import { Phases } from './phases.tsx';
import { PlanTree } from './plan-tree.tsx';

const route = getRouteApi('/explore');

/** One panel for each query; the switches over the views stand in the first. */
export default function ExplainPanels({ queries }: { queries: Queries }) {
  return queries.asked.map((asked, index) => (
    <ExplainPanel key={asked.letter} asked={asked} queries={queries} first={index === 0} several={queries.asked.length > 1} />
  ));
}

interface ExplainPanelProps {
  readonly asked: AskedQuery;
  readonly queries: Queries;
  readonly first: boolean;
  readonly several: boolean;
}

function ExplainPanel({ asked, queries, first, several }: ExplainPanelProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, span } = useRange();
  const { explain: kind = 'range' } = route.useSearch();
  const step = chooseStep(span, GRAPH_POINTS);
  const { data, error, isFetching, refetch } = useQuery({
    ...explainQuery(asked.expression, kind, range, step, Date.now),
    placeholderData: keepPreviousData,
  });
  const problem = data?.error;
  const setting = problem && limitSetting(problem.code, problem.message);
  const states = queryStates([asked], [{ error: null, data }]);
  const title = several ? t('explain.titleOf', { letter: asked.letter }) : t('metrics.explain');
  return (
    <>
      <QueryProblems states={states} queries={queries} />
      <Panel
        title={title}
        note={data === undefined ? undefined : t('explain.took', { time: formats.value(data.totals.milliseconds / 1000, 'seconds') })}
        actions={
          <>
            <Tooltip label={t('explain.again')}>
              <ActionIcon
                size={26}
                aria-label={t('explain.again')}
                loading={isFetching && data !== undefined}
                onClick={() => void refetch()}
              >
                <IconRefresh size={15} />
              </ActionIcon>
            </Tooltip>
            {data === undefined ? null : <CopyButton text={explanationText(data)} label={t('explain.copy')} />}
            {first ? <ViewTools asked={queries.asked} /> : null}
          </>
        }
        flush
      >
        <Incomplete states={states} />
        {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
        {data === undefined && error === null ? (
          <div className={classes['waiting']}>
            <Loading height={56} />
            <Loading lines={9} />
          </div>
        ) : null}
        {data === undefined ? null : (
          <div className={classes['explanation']} aria-busy={isFetching}>
            {problem === undefined ? null : (
              <p className={classes['stopped']}>
                <strong>{t('explain.stopped')}</strong> <code className="at-break">{problem.message}</code>{' '}
                {setting === undefined ? null : <LimitAdvice setting={setting} />}
              </p>
            )}
            <Facts explanation={data} />
            <Phases explanation={data} />
            <PlanTree
              plan={data.plan}
              label={title}
              onPoint={(part) => queries.point(asked, part)}
              onOpen={(part) => queries.goTo(asked, part)}
            />
            <Limits limits={data.limits} />
          </div>
        )}
      </Panel>
    </>
  );
}
