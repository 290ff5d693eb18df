/** No traces: either nothing was ever sent, and then how to send; or the question finds none, and then what may help. */

import { Button } from '@mantine/core';
import { IconTimelineEventText, IconZoomExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { statusQuery } from '../../data/status.ts';
import { EVERY_TRACE } from '../../data/traces/search.ts';
import { sendingSnippets } from '../../data/traces/sending.ts';
import { tagValuesQuery } from '../../data/traces/tempo.ts';
import { useRange } from '../../live/range.tsx';
import { NeverSent } from '../../parts/question/never-sent.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import classes from './traces.module.css';
import type { Traces } from './use-traces.ts';

/** As far back it is looked for any service at all. */
const EVER = { from: 'now-30d', to: 'now' } as const;

/** The words and the ways on. */
export function NoTraces({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const { setRange } = useRange();
  const services = useQuery(tagValuesQuery('resource.service.name', '{}', EVER, Date.now));
  if (services.data === undefined && services.error === null) return <Loading height={240} />;
  if (services.data?.length === 0) return <NoTracesEver />;
  return (
    <Empty icon={<IconZoomExclamation size={30} stroke={1.6} aria-hidden />} title={t('traces.noneFound')} height={240}>
      <p>{t('traces.noneAdvice')}</p>
      <div className={classes['ways']}>
        <Button variant="default" onClick={() => setRange({ from: 'now-1d', to: 'now' })}>
          {t('range.last.1d')}
        </Button>
        {traces.untouched ? null : (
          <Button variant="default" onClick={() => traces.askSearch(EVERY_TRACE)}>
            {t('traces.showAll')}
          </Button>
        )}
      </div>
    </Empty>
  );
}

/** How to send traces here: what to copy for each usual way, with this server's own addresses. */
function NoTracesEver() {
  const { t } = useTranslation();
  const status = useQuery({ ...statusQuery, enabled: false });
  const grpc = status.data?.listeners.find(({ setting, up }) => up && /otlp.*grpc/i.test(setting))?.address;
  const ways = sendingSnippets(location.origin, grpc).map(({ key, text }) => ({
    key,
    name: t(`traces.send.${key}`),
    advice: t(`traces.sendText.${key}`),
    text,
  }));
  return (
    <NeverSent
      icon={<IconTimelineEventText size={30} stroke={1.6} aria-hidden />}
      title={t('traces.never')}
      advice={t('traces.neverAdvice')}
      ways={ways}
    />
  );
}
