/** No lines: either nothing was ever sent, and then how to send; or the question finds none, and then what may help. */

import { Button } from '@mantine/core';
import { IconLogs, IconZoomExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { labelNamesQuery } from '../../data/logs/facets.ts';
import { EVERYTHING } from '../../data/logs/search.ts';
import { sendingSnippets } from '../../data/logs/sending.ts';
import { useRange } from '../../live/range.tsx';
import { NeverSent } from '../../parts/question/never-sent.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import classes from './logs.module.css';
import type { Logs } from './use-logs.ts';

/** As far back it is looked for any stream at all. */
const EVER = { from: 'now-30d', to: 'now' } as const;

/** The words and the ways on. */
export function NoLines({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { setRange } = useRange();
  const labels = useQuery(labelNamesQuery(EVER, Date.now));
  if (labels.data === undefined && labels.error === null) return <Loading height={240} />;
  if (labels.data?.length === 0) return <NoLinesEver />;
  const { search } = logs;
  const minding = logs.read.kind === 'search' && search.words.length > 0 && !search.ignoreCase;
  return (
    <Empty icon={<IconZoomExclamation size={30} stroke={1.6} aria-hidden />} title={t('logs.noneFound')} height={240}>
      <p>{t('logs.noneAdvice')}</p>
      <div className={classes['ways']}>
        {minding ? (
          <Button variant="default" onClick={() => logs.askSearch({ ...search, ignoreCase: true })}>
            {t('logs.ignoreCase')}
          </Button>
        ) : null}
        <Button variant="default" onClick={() => setRange({ from: 'now-1d', to: 'now' })}>
          {t('range.last.1d')}
        </Button>
        {logs.untouched ? null : (
          <Button variant="default" onClick={() => logs.askSearch(EVERYTHING)}>
            {t('logs.showAll')}
          </Button>
        )}
      </div>
    </Empty>
  );
}

/** How to send logs here: one command for each usual way. */
function NoLinesEver() {
  const { t } = useTranslation();
  const ways = sendingSnippets(location.origin).map(({ key, text }) => ({
    key,
    name: t(`logs.send.${key}`),
    advice: t(`logs.sendText.${key}`),
    text,
  }));
  return (
    <NeverSent icon={<IconLogs size={30} stroke={1.6} aria-hidden />} title={t('logs.never')} advice={t('logs.neverAdvice')} ways={ways} />
  );
}
