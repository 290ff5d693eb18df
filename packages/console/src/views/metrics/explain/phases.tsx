/** The phases of a query as one bar: where its time went. */

import type { Explanation } from '@atalaya/model';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../../format/use-format.ts';
import classes from './explain.module.css';

/** Shares below this are drawn as a hairline, so that they are seen at all. */
const LEAST_SHARE = 0.004;

/** The bar, and under it each phase in numbers. */
export function Phases({ explanation: { phases } }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const total = phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const shareOf = (milliseconds: number) => (total === 0 ? 0 : milliseconds / total);
  return (
    <section className={classes['phases']} aria-label={t('explain.phases')}>
      <div className={classes['phaseBar']} aria-hidden>
        {phases.map(({ name, milliseconds }) =>
          milliseconds > 0 ? <div key={name} data-phase={name} style={{ flexGrow: Math.max(shareOf(milliseconds), LEAST_SHARE) }} /> : null,
        )}
      </div>
      <ul className={classes['phaseList']}>
        {phases.map(({ name, milliseconds }) => (
          <li key={name}>
            <span className={classes['swatch']} data-phase={name} aria-hidden />
            {t(`explain.phase.${name}`)}
            <strong className="at-figures">{formats.value(milliseconds / 1000, 'seconds')}</strong>
            <span className="at-muted at-figures">{formats.value(shareOf(milliseconds), 'ratio')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
