/** What to do after the first start: how to bring in more than this host, with this server's own address. */

import { Button, CloseButton } from '@mantine/core';
import { IconArrowRight, IconPlugConnected, IconRefresh, IconSeeding } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import { configurationQuery, reloadConfiguration } from '../../data/configuration.ts';
import { isFresh, remoteWriteSnippet, scrapeSnippet } from '../../data/next-steps.ts';
import { recall, remember } from '../../data/remembered.ts';
import { targetsQuery } from '../../data/targets.ts';
import { usePolled } from '../../live/queries.ts';
import { Snippet } from '../../parts/copy.tsx';
import { Failure } from '../../parts/states.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import classes from './next-steps.module.css';

/** The card; gone once other targets are there or it was closed. */
export function NextSteps() {
  const { t } = useTranslation();
  const targets = usePolled(targetsQuery);
  const [hidden, setHidden] = useState(() => recall('next-steps-hidden', false));
  const [opened, setOpened] = useState<'scrape' | 'write' | undefined>(undefined);
  if (hidden || !targets.data || !isFresh(targets.data.activeTargets)) return null;
  const toggle = (which: 'scrape' | 'write') => setOpened(opened === which ? undefined : which);
  return (
    <section className={classes['card']} aria-label={t('next.title')}>
      <div className={classes['head']}>
        <IconSeeding size={20} stroke={1.7} className={classes['icon']} aria-hidden />
        <p className={classes['text']}>
          <strong>{t('next.title')}</strong> <span className="at-muted">{t('next.text')}</span>
        </p>
        <div className={classes['buttons']}>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={15} />}
            aria-expanded={opened === 'scrape'}
            onClick={() => toggle('scrape')}
          >
            {t('next.scrape')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconArrowRight size={15} />}
            aria-expanded={opened === 'write'}
            onClick={() => toggle('write')}
          >
            {t('next.write')}
          </Button>
          <CloseButton
            aria-label={t('next.hide')}
            onClick={() => {
              remember('next-steps-hidden', true);
              setHidden(true);
            }}
          />
        </div>
      </div>
      {opened === 'scrape' ? <ScrapeSteps /> : null}
      {opened === 'write' ? (
        <div className={classes['steps']}>
          <p>{t('next.writeText')}</p>
          <Snippet text={remoteWriteSnippet(location.origin)} label={t('action.copy')} />
        </div>
      ) : null}
    </section>
  );
}

function ScrapeSteps() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const configuration = usePolled(configurationQuery, { every: 60_000 });
  const path = configuration.data?.files.find((file) => file.name === 'prometheus.yml')?.path ?? 'prometheus.yml';
  const reload = useMutation({ mutationFn: reloadConfiguration, onSettled: () => client.invalidateQueries() });
  return (
    <div className={classes['steps']}>
      <p>
        <Trans i18nKey="next.scrapeText" values={{ path }} components={[<code key="path" className="at-break" />]} />
      </p>
      <Snippet text={scrapeSnippet()} label={t('action.copy')} />
      <div className={classes['reload']}>
        <Button leftSection={<IconRefresh size={15} />} loading={reload.isPending} onClick={() => reload.mutate()}>
          {t('next.reload')}
        </Button>
        {reload.isSuccess ? (
          <span role="status" className={classes['done']}>
            <SeverityIcon severity="ok" /> {t('configuration.reloaded')}
          </span>
        ) : null}
      </div>
      {reload.error === null ? null : <Failure error={reload.error} />}
    </div>
  );
}
