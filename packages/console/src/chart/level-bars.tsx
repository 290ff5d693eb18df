/** Lines of logs over time as bars, stacked by level in the colours that levels have. */

import { useComputedColorScheme } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { levelOf } from '../data/logs/levels.ts';
import type { Volume } from '../data/logs/volume.ts';
import type { LabelRecord } from '../data/prometheus.ts';
import { Loading } from '../parts/states.tsx';
import { LEVEL_COLOURS } from './palette.ts';

const TimeChart = lazy(() => import('./time-chart.tsx'));

interface LevelBarsProps {
  readonly volume: Volume;
  readonly title: string;
  readonly height: number;
  /** What all lines have; the links from a bar go by it. */
  readonly context?: LabelRecord;
  /** Whether a click on a bar offers its links. */
  readonly menu?: boolean;
}

/** The bars. */
export function LevelBars({ volume, title, height, context, menu = true }: LevelBarsProps) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const levels = volume.frame.series.map(({ id }) => id).join();
  const colours = useMemo(() => levels.split(',').map((level) => LEVEL_COLOURS[scheme][levelOf(level)]), [levels, scheme]);
  const frame = useMemo(
    () => ({ ...volume.frame, series: volume.frame.series.map((series) => ({ ...series, name: t(`logs.level.${levelOf(series.id)}`) })) }),
    [volume.frame, t],
  );
  return (
    <Suspense fallback={<Loading height={height - 8} />}>
      <TimeChart title={title} frame={frame} unit="count" height={height} bars colours={colours} context={context} menu={menu} />
    </Suspense>
  );
}
