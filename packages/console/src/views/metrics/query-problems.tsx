/** What the server said about each query beside the data: why it failed, what it remarks. */

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { type ApiError, toApiError } from '../../data/http.ts';
import { limitSetting, type Remark, remarksOf } from '../../data/remarks.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import { useFailureText } from '../../parts/states.tsx';
import classes from './problems.module.css';
import { QueryRemarks } from './query-remarks.tsx';
import type { AskedQuery, Queries } from './use-queries.ts';

/** One query's state. */
export interface QueryState {
  readonly asked: AskedQuery;
  readonly error: Error | null;
  /** Remarks on the query. */
  readonly remarks: readonly Remark[];
  /** Remarks on the data: it is not whole. */
  readonly incomplete: readonly string[];
  /** It failed, and what is shown is from before. */
  readonly stale: boolean;
}

interface AskedResult {
  readonly error: Error | null;
  readonly data: { readonly warnings: readonly string[]; readonly infos: readonly string[] } | undefined;
}

/** The states of the asked queries, from their results in the same order. */
export function queryStates(asked: readonly AskedQuery[], results: readonly AskedResult[]): QueryState[] {
  return asked.map((query, index) => {
    const result = results[index];
    const remarks = remarksOf(result?.data ?? { warnings: [], infos: [] });
    return {
      asked: query,
      error: result?.error ?? null,
      remarks: remarks.query,
      incomplete: remarks.data,
      stale: result?.error != null && result.data !== undefined,
    };
  });
}

/** Failures in full, remarks in one line that unfolds; nothing when there is nothing to say. */
export function QueryProblems({ states, queries }: { states: readonly QueryState[]; queries: Queries }) {
  const several = states.length > 1;
  const remarks = states.flatMap(({ asked, remarks: own }) => own.map((remark) => ({ ...remark, asked })));
  return (
    <div role="status" className={classes['problems']}>
      {states.map(({ asked, error }) =>
        error === null ? null : <QueryFailure key={asked.letter} letter={several ? asked.letter : undefined} failure={toApiError(error)} />,
      )}
      {remarks.length === 0 ? null : <QueryRemarks remarks={remarks} several={several} queries={queries} />}
    </div>
  );
}

function QueryFailure({ letter, failure }: { letter: string | undefined; failure: ApiError }) {
  const { t } = useTranslation();
  const { title, advice } = useFailureText()(failure);
  const setting = limitSetting(failure.code, failure.message);
  const severity = failure.retry ? 'warning' : 'critical';
  const said = setting === undefined ? title : t('metrics.limit.title');
  return (
    <div className={classes['problem']} data-kind={severity}>
      <SeverityIcon severity={severity} />
      <p>
        <strong>{letter === undefined ? said : t('metrics.problemOf', { letter, problem: said })}</strong>{' '}
        {failure.message === '' ? null : <code className="at-break">{failure.message}</code>}{' '}
        <span className="at-muted">{setting === undefined ? advice : <LimitAdvice setting={setting} />}</span>
      </p>
    </div>
  );
}

/** What helps against a limit, and where the setting stands. */
export function LimitAdvice({ setting }: { setting: string }) {
  const { t } = useTranslation();
  return (
    <>
      {t('metrics.limit.advice')}{' '}
      <Link to="/status" search={{ section: 'configuration' }}>
        {t('metrics.limit.setting', { setting })}
      </Link>
    </>
  );
}

/** Stands over a graph or a table whose data is not whole. */
export function Incomplete({ states }: { states: readonly QueryState[] }) {
  const { t } = useTranslation();
  const several = states.length > 1;
  const said = states.flatMap(({ asked, incomplete }) => incomplete.map((text) => ({ letter: asked.letter, text })));
  if (said.length === 0) return null;
  return (
    <div role="status" className={classes['incomplete']}>
      <SeverityIcon severity="warning" size={14} />
      <p>
        <strong>{t('metrics.incomplete')}</strong>{' '}
        {said.map(({ letter, text }) => (several ? t('metrics.problemOf', { letter, problem: text }) : text)).join(' · ')}
      </p>
    </div>
  );
}
