/** A calm word when the server or its engine is away, and that the page goes on trying. */

import { useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { toApiError } from '../data/http.ts';
import { statusQuery } from '../data/status.ts';
import { usePolled } from '../live/queries.ts';
import { SeverityIcon } from '../parts/severity.tsx';
import { Ago } from '../parts/time.tsx';
import classes from './frame.module.css';

/** The banner; nothing while all is reachable. Home tells of the engine in its health line instead. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const status = usePolled(statusQuery);
  const engine = status.data?.engine;
  const onHome = useLocation().pathname === '/';
  let title: string | undefined;
  let reason = '';
  let since: number | undefined;
  if (status.error !== null) {
    const failure = toApiError(status.error);
    title = failure.kind === 'network' ? t('banner.network') : t('banner.failing');
    reason = failure.message;
    since = status.dataUpdatedAt > 0 ? status.dataUpdatedAt : undefined;
  } else if (!onHome && (engine?.state === 'down' || engine?.state === 'stopping')) {
    title = t('banner.engineDown');
    reason = engine.lastError ?? '';
  } else if (!onHome && engine?.state === 'starting') {
    title = t('banner.engineStarting');
  }
  return (
    <div role="status">
      {title === undefined ? null : (
        <div className={classes['banner']}>
          <SeverityIcon severity="warning" size={17} />
          <p>
            <strong>{title}</strong> {reason === '' ? null : <code>{reason}</code>}{' '}
            {since === undefined ? null : (
              <span className="at-muted">
                {t('banner.lastAnswer')} <Ago since={since} />
              </span>
            )}
          </p>
        </div>
      )}
    </div>
  );
}
