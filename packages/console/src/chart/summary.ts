/** A chart in words, for those who do not see it. */

import type { TFunction } from 'i18next';

import { type Frame, summarise } from '../data/series.ts';
import type { Unit } from '../format/number.ts';
import type { Formats } from '../format/use-format.ts';

/** Most series that the text goes through one by one. */
const SPOKEN = 8;

/** Title, period, and per series the last, smallest and largest value. */
export function describeChart(title: string, frame: Frame, unit: Unit, formats: Formats, t: TFunction): string {
  const first = frame.times[0];
  const last = frame.times.at(-1);
  if (frame.series.length === 0 || first === undefined || last === undefined) return t('chart.summaryEmpty', { title });
  const head = t('chart.summary', {
    title,
    count: frame.series.length,
    from: formats.moment(first * 1000),
    to: formats.moment(last * 1000),
  });
  const lines = frame.series.slice(0, SPOKEN).map((series) => {
    const summary = summarise(series.values);
    return t('chart.summarySeries', {
      name: series.name,
      last: formats.value(summary.last, unit),
      min: formats.value(summary.min, unit),
      max: formats.value(summary.max, unit),
    });
  });
  return [head, ...lines].join(' ');
}
