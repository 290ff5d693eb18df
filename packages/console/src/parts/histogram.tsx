/** A native histogram as a small picture of its buckets, with its count and mean in words. */

import { useTranslation } from 'react-i18next';

import { histogramShape } from '../data/histogram.ts';
import type { ApiHistogram } from '../data/prometheus.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import classes from './histogram.module.css';

/** The picture. `unit` is that of the observations. */
export function HistogramPicture({ histogram, unit }: { histogram: ApiHistogram; unit: Unit }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { bars, count, average } = histogramShape(histogram);
  const first = bars[0];
  const last = bars.at(-1);
  const range =
    first === undefined || last === undefined
      ? undefined
      : t('histogram.range', { from: formats.value(first.lower, unit), to: formats.value(last.upper, unit) });
  return (
    <span className={classes['histogram']} title={range}>
      <span className={classes['bars']} aria-hidden>
        {bars.map(({ lower, height }) => (
          <span key={lower} style={{ height: `${Math.max(height * 100, 6)}%` }} />
        ))}
      </span>
      <span>
        {t('histogram.told', { count, observations: formats.value(count, 'count'), average: formats.value(average, unit) })}
        <span className="at-hidden">, {range}</span>
      </span>
    </span>
  );
}
