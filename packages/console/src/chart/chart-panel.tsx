/** A panel with a chart in its four states. */

import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import type { LabelRecord } from '../data/prometheus.ts';
import type { Frame } from '../data/series.ts';
import type { Unit } from '../format/number.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty, Failure, Loading, Stale } from '../parts/states.tsx';
import { Legend } from './legend.tsx';
import type { Threshold } from './options.ts';
import type { ShownExemplars } from './use-exemplars.ts';
import { useShown } from './use-shown.ts';

// Fetched as soon as a page with charts is: its numbers can show before the drawing code is there.
const chartModule = import('./time-chart.tsx');
const TimeChart = lazy(() => chartModule);

interface ChartPanelProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly frame: Frame;
  readonly unit: Unit;
  readonly loading: boolean;
  readonly error: Error | null;
  /** Said when there is nothing to draw. */
  readonly emptyText: string;
  readonly stacked?: boolean;
  readonly ceiling?: number | undefined;
  readonly threshold?: Threshold | undefined;
  readonly height?: number;
  readonly colours?: readonly string[] | undefined;
  readonly exemplars?: ShownExemplars | undefined;
  /** At the right end of the head. */
  readonly actions?: ReactNode;
  readonly context?: LabelRecord | undefined;
  onRetry(): void;
}

/** The panel. Old data stays on show, marked, while new cannot be had. */
export function ChartPanel(props: ChartPanelProps) {
  const { title, note, frame, unit, loading, error, emptyText, stacked = false, ceiling, threshold, height = 168, onRetry } = props;
  const { colours, exemplars, context, actions } = props;
  const { t } = useTranslation();
  const { shown, click } = useShown(frame);
  // The legend's line is reserved in every state, so that the panel never changes its height.
  const whole = height + 30;
  const empty = frame.series.length === 0;
  return (
    <Panel title={title} note={error !== null && !empty ? <Stale /> : note} actions={actions}>
      {empty && loading ? <Loading height={whole - 8} /> : null}
      {empty && error !== null ? <Failure brief error={error} height={whole} onRetry={onRetry} /> : null}
      {empty && !loading && error === null ? (
        <Empty title={t('chart.noData')} height={whole}>
          <p>{emptyText}</p>
        </Empty>
      ) : null}
      {empty ? null : (
        <>
          <Suspense fallback={<Loading height={height - 8} />}>
            <TimeChart
              title={title}
              frame={frame}
              unit={unit}
              height={height}
              stacked={stacked}
              shown={shown}
              ceiling={ceiling}
              threshold={threshold}
              colours={colours}
              exemplars={exemplars?.exemplars}
              exemplarsOnAxis={exemplars?.onAxis}
              context={context}
            />
          </Suspense>
          <Legend frame={frame} unit={unit} shown={shown} colours={colours} onClick={click} />
        </>
      )}
    </Panel>
  );
}
