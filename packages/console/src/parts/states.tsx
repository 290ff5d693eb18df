/** The states of a view besides "full": loading, empty, failed, and stale. */

import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type ApiError, toApiError } from '../data/http.ts';
import { SeverityIcon } from './severity.tsx';
import classes from './states.module.css';

/** A grey block of the size of what is to come, so that nothing jumps. */
export function Loading({ height, lines }: { height?: number; lines?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('state.loading')} className={classes['loading']}>
      {lines === undefined ? (
        <Skeleton height={height ?? 120} radius={4} />
      ) : (
        Array.from({ length: lines }, (_, i) => <Skeleton key={i} height={14} mb={12} width={`${92 - ((i * 17) % 40)}%`} />)
      )}
    </div>
  );
}

interface EmptyProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly height?: number;
}

/** What would be here, and the one thing that fills it. */
export function Empty({ icon, title, children, height }: EmptyProps) {
  return (
    <div className={classes['empty']} style={height === undefined ? undefined : { minHeight: height }}>
      {icon}
      <p className={classes['emptyTitle']}>{title}</p>
      {children}
    </div>
  );
}

/** What kind of failure it was, in the reader's language. */
export function useFailureText(): (error: ApiError) => { title: string; advice: string } {
  const { t } = useTranslation();
  return (error) => {
    switch (error.kind) {
      case 'network':
        return { title: t('failure.network.title'), advice: t('failure.network.advice') };
      case 'unavailable':
        return { title: t('failure.unavailable.title'), advice: t('failure.unavailable.advice') };
      case 'rejected':
        return { title: t('failure.rejected.title'), advice: t('failure.rejected.advice') };
      case 'server':
        return { title: t('failure.server.title'), advice: t('failure.server.advice') };
    }
  };
}

interface FailureProps {
  readonly error: unknown;
  readonly height?: number;
  /** One of many on the page: a failure that passes by itself is only named, its reason stands at the top of the page. */
  readonly brief?: boolean;
  onRetry?: (() => void) | undefined;
}

/** What failed, why, what to do, and the button for it. Calm when it passes by itself. */
export function Failure({ error, height, brief = false, onRetry }: FailureProps) {
  const { t } = useTranslation();
  const failure = toApiError(error);
  const { title, advice } = useFailureText()(failure);
  if (brief && failure.retry) {
    return (
      <div className={classes['empty']} role="status" style={height === undefined ? undefined : { minHeight: height }}>
        <p className={classes['brief']}>
          <SeverityIcon severity="warning" /> {title}
        </p>
        <p>{t('state.retrying')}</p>
      </div>
    );
  }
  return (
    <div
      className={classes['failure']}
      role={failure.retry ? 'status' : 'alert'}
      style={height === undefined ? undefined : { minHeight: height }}
    >
      <SeverityIcon severity={failure.retry ? 'warning' : 'critical'} size={20} />
      <div>
        <p className={classes['failureTitle']}>{title}</p>
        {failure.message === '' ? null : <p className={classes['reason']}>{failure.message}</p>}
        <p className="at-muted">{advice}</p>
        {onRetry === undefined ? null : (
          <Button mt={8} variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** A word on data that could not be renewed. */
export function Stale() {
  const { t } = useTranslation();
  return (
    <span className={classes['stale']}>
      <SeverityIcon severity="warning" size={13} />
      {t('state.stale')}
    </span>
  );
}
