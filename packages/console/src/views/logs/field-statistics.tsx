/** What values a field has among the loaded lines. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldStatistics } from '../../data/logs/line-fields.ts';
import type { LogLine } from '../../data/logs/line.ts';
import { useFormat } from '../../format/use-format.ts';
import { Meter } from '../../parts/meter.tsx';
import classes from './lines.module.css';

/** The box. */
export function FieldStatisticsBox({ name, lines }: { name: string; lines: readonly LogLine[] }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const found = useMemo(() => fieldStatistics(lines, name), [lines, name]);
  const { having, distinct, top, numbers } = found;
  return (
    <div className={classes['statistics']} role="group" aria-label={t('logs.statistics', { name })}>
      <p>
        {t('logs.statisticsOf', {
          count: distinct,
          distinct: formats.integer(distinct),
          having: formats.integer(having),
          lines: formats.integer(found.lines),
        })}
      </p>
      {numbers === undefined ? null : (
        <p>
          {t('logs.statisticsNumbers', {
            min: formats.value(numbers.min, 'none'),
            mean: formats.value(numbers.mean, 'none'),
            max: formats.value(numbers.max, 'none'),
          })}
        </p>
      )}
      {top.map(({ value, count }) => (
        <div key={value} className={classes['top']}>
          <code title={value}>{value}</code>
          <Meter share={count / (top[0]?.count ?? 1)} severity="info" label={value} text={formats.value(count / having, 'ratio')} />
          <b>
            {formats.integer(count)} · {formats.value(count / having, 'ratio')}
          </b>
        </div>
      ))}
    </div>
  );
}
