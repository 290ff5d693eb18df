/** What the server said about each query beside the data: failures, warnings, remarks. */

import { useTranslation } from 'react-i18next';

import { toApiError } from '../../data/http.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import { useFailureText } from '../../parts/states.tsx';
import classes from './metrics.module.css';
import type { AskedQuery } from './use-queries.ts';

/** One query's state. */
export interface QueryState {
  readonly letter: string;
  readonly error: Error | null;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** It failed, and what is shown is from before. */
  readonly stale: boolean;
}

interface AskedResult {
  readonly error: Error | null;
  readonly data: { readonly warnings: readonly string[]; readonly infos: readonly string[] } | undefined;
}

/** The states of the asked queries, from their results in the same order. */
export function queryStates(asked: readonly AskedQuery[], results: readonly AskedResult[]): QueryState[] {
  return asked.map(({ letter }, index) => ({
    letter,
    error: results[index]?.error ?? null,
    warnings: results[index]?.data?.warnings ?? [],
    infos: results[index]?.data?.infos ?? [],
    stale: results[index]?.error != null && results[index].data !== undefined,
  }));
}

/** The list; nothing when there is nothing to say. */
export function QueryProblems({ states }: { states: readonly QueryState[] }) {
  const { t } = useTranslation();
  const failureText = useFailureText();
  const several = states.length > 1;
  return (
    <div role="status" className={classes['problems']}>
      {states.map(({ letter, error, warnings, infos }) => {
        if (error === null && warnings.length === 0 && infos.length === 0) return null;
        const failure = error === null ? undefined : toApiError(error);
        const text = failure === undefined ? undefined : failureText(failure);
        return (
          <div key={letter}>
            {failure === undefined || text === undefined ? null : (
              <div className={classes['problem']} data-kind={failure.retry ? 'warning' : 'critical'}>
                <SeverityIcon severity={failure.retry ? 'warning' : 'critical'} />
                <p>
                  <strong>{several ? t('metrics.problemOf', { letter, problem: text.title }) : text.title}</strong>{' '}
                  {failure.message === '' ? null : <code className="at-break">{failure.message}</code>}{' '}
                  <span className="at-muted">{text.advice}</span>
                </p>
              </div>
            )}
            {[...warnings].map((warning) => (
              <div key={warning} className={classes['problem']} data-kind="warning">
                <SeverityIcon severity="warning" />
                <p>
                  <strong>{several ? t('metrics.problemOf', { letter, problem: t('metrics.warning') }) : t('metrics.warning')}</strong>{' '}
                  {warning}
                </p>
              </div>
            ))}
            {[...infos].map((info) => (
              <div key={info} className={classes['problem']} data-kind="info">
                <SeverityIcon severity="info" />
                <p>
                  <strong>{several ? t('metrics.problemOf', { letter, problem: t('metrics.info') }) : t('metrics.info')}</strong> {info}
                </p>
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}
