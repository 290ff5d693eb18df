/** All that is known of one target: address, timing, labels after and before relabelling. */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { sharedSearch } from '../../data/search.ts';
import { formatLabelRecord } from '../../data/series.ts';
import type { Target } from '../../data/targets.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { LabelList } from '../../parts/labels.tsx';
import classes from './targets.module.css';

/** The unfolded part of a row. */
export function TargetDetails({ target }: { target: Target }) {
  const { t } = useTranslation();
  const { job, instance } = target.labels;
  const query = `up${formatLabelRecord({ ...(job ? { job } : {}), ...(instance ? { instance } : {}) })}`;
  return (
    <div className={classes['details']}>
      <dl>
        <Fact name={t('targets.url')}>
          <span className="at-mono at-break">{target.scrapeUrl}</span>
        </Fact>
        <Fact name={t('targets.timing')}>
          {t('targets.timingText', { interval: target.scrapeInterval, timeout: target.scrapeTimeout })}
        </Fact>
        <Fact name={t('targets.labels')}>
          <LabelList labels={target.labels} />
        </Fact>
        <Fact name={t('targets.before')}>
          <LabelList labels={target.discoveredLabels} />
        </Fact>
      </dl>
      <div className={classes['detailTools']}>
        <Link to="/explore" search={(old) => ({ ...sharedSearch(old), q: [query] })}>
          {t('targets.inMetrics')}
        </Link>
        <CopyButton text={JSON.stringify(target, null, 2)} label={t('targets.copy')} />
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
