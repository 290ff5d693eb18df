/** The few numbers that say most: how much was read, from where, how much came out, what the cache spared. */

import type { Explanation } from '@atalaya/model';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { sourceKnown } from '../../../data/explain.ts';
import { useFormat } from '../../../format/use-format.ts';
import classes from './explain.module.css';

/** The numbers. */
export function Facts({ explanation: { totals, cachedSteps } }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const inMemory = Math.min(1, totals.samplesInMemory / Math.max(1, totals.samplesRead));
  const rows: [name: string, value: string, note: ReactNode][] = [
    [
      t('explain.read'),
      t('explain.samples', { count: totals.samplesRead, samples: formats.value(totals.samplesRead, 'count') }),
      t('explain.ofSeries', { count: totals.seriesRead, series: formats.integer(totals.seriesRead) }),
    ],
    [
      t('explain.fromMemory'),
      sourceKnown(totals) ? formats.value(inMemory, 'ratio') : '–',
      t('explain.rows', { count: totals.rowsFromDisk, rows: formats.value(totals.rowsFromDisk, 'count') }),
    ],
    [
      t('explain.answer'),
      t('explain.series', { count: totals.resultSeries, series: formats.integer(totals.resultSeries) }),
      t('explain.answerSize', {
        count: totals.resultPoints,
        points: formats.value(totals.resultPoints, 'count'),
        size: formats.value(totals.resultBytes, 'bytes'),
      }),
    ],
    [
      t('explain.cached'),
      cachedSteps.all === 0 ? '–' : formats.value(cachedSteps.cached / cachedSteps.all, 'ratio'),
      t('explain.cachedSteps', { cached: formats.integer(cachedSteps.cached), all: formats.integer(cachedSteps.all) }),
    ],
  ];
  return (
    <dl className={classes['facts']}>
      {rows.map(([name, value, note]) => (
        <div key={name} className={classes['fact']}>
          <dt>{name}</dt>
          <dd>
            <strong className="at-figures">{value}</strong> <span className="at-muted">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
