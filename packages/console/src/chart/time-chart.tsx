/** A chart over time: lines or stacked areas with crosshair, zoom by dragging, reset by double click, and keys for both. */

import 'uplot/dist/uPlot.min.css';

import { useComputedColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';

import type { Exemplar } from '../data/exemplars.ts';
import type { LabelRecord } from '../data/prometheus.ts';
import type { Frame } from '../data/series.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import { useRange } from '../live/range.tsx';
import { linkTo } from '../parts/place-link.tsx';
import classes from './chart.module.css';
import { placeOfExemplar } from '../data/links/addresses.ts';
import { exemplarPlugin } from './exemplars.ts';
import { chartData, chartOptions, FONT, readColours, type Threshold } from './options.ts';
import { lineStyle } from './palette.ts';
import { type ChartPoint, pointAt } from './point.ts';
import { describeChart } from './summary.ts';
import { tooltipPlugin } from './tooltip.ts';

/** What a chart shows. `frame` must keep its identity while its data is the same. */
export interface TimeChartProps {
  readonly title: string;
  readonly frame: Frame;
  readonly unit: Unit;
  readonly height: number;
  readonly stacked?: boolean;
  /** Which series are drawn; all unless given. */
  readonly shown?: readonly boolean[];
  /** The axis reaches at least this value. */
  readonly ceiling?: number | undefined;
  /** Must keep its identity like the frame. */
  readonly threshold?: Threshold | undefined;
  /** Counts of the spans that begin at the grid's moments, as bars; they are stacked. */
  readonly bars?: boolean;
  /** Colours of series that mean something, instead of the palette's. Must keep its identity. */
  readonly colours?: readonly string[] | undefined;
  readonly exemplars?: readonly Exemplar[] | undefined;
  /** The exemplars' values are on the axis; else they stand at the chart's foot. */
  readonly exemplarsOnAxis?: boolean | undefined;
  /** Labels that hold for all series: what the links from a point go by, beside the series' own. */
  readonly context?: LabelRecord | undefined;
  /** Whether a click on a point offers its links. */
  readonly menu?: boolean;
}

const PointMenu = lazy(() => import('./point-menu.tsx'));
const NO_EXEMPLARS: readonly Exemplar[] = [];
/** A click that moved further than this was a drag. */
const STILL = 5;

const ALL: readonly boolean[] = [];

/** The chart. Colours follow the order of the frame's series. */
export default function TimeChart(props: TimeChartProps) {
  const { title, frame, unit, height, bars = false, stacked = bars, shown = ALL, ceiling, threshold, colours, menu = true } = props;
  const { exemplars = NO_EXEMPLARS, exemplarsOnAxis = false, context } = props;
  const { t } = useTranslation();
  const formats = useFormat();
  const { zoom, resetZoom } = useRange();
  const scheme = useComputedColorScheme('light');
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const summaryId = useId();
  const navigate = useNavigate();
  const [point, setPoint] = useState<ChartPoint | undefined>(undefined);

  // What the chart's callbacks read at call time, so that new data needs no new chart.
  const latest = useRef({ frame, shown, unit, formats, scheme, zoom, resetZoom, t, exemplars, exemplarsOnAxis, menu, navigate });
  useEffect(() => {
    latest.current = { frame, shown, unit, formats, scheme, zoom, resetZoom, t, exemplars, exemplarsOnAxis, menu, navigate };
  });

  const ids = frame.series.map((series) => series.id).join('\n');
  const shownKey = frame.series.map((_, i) => shown[i] !== false).join();

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const now = () => latest.current;
    const shape = {
      ids: now().frame.series.map((series) => series.id),
      shown: now().frame.series.map((_, i) => now().shown[i] !== false),
      unit,
      stacked,
      scheme,
      locale: formats.locale,
      ceiling,
      threshold,
      bars,
      colours,
      syncKey: 'page',
    };
    const events = {
      zoom: (start: number, end: number) => now().zoom(start, end),
      reset: () => {
        setPoint(undefined);
        now().resetZoom();
      },
      window: () => {
        const { times } = now().frame;
        const [start = 0, second = start + 1] = times;
        // A bar reaches to where the next one would begin.
        return { start, end: (times.at(-1) ?? 1) + (bars ? second - start : 0) };
      },
    };
    const source = {
      frame: () => now().frame,
      shown: () => now().shown,
      unit: () => now().unit,
      formats: () => now().formats,
      colour: (index: number) => colours?.[index] ?? lineStyle(index, now().scheme).colour,
      more: (count: number) => now().t('chart.more', { count }),
      exemplar: () => diamonds.hovered(),
    };
    const colour = readColours(element);
    const diamonds = exemplarPlugin({
      exemplars: () => now().exemplars,
      onAxis: () => now().exemplarsOnAxis,
      colour: colour.exemplar,
      surface: colour.surface,
    });
    const size = { width: Math.max(element.clientWidth, 120), height };
    const plot = new uPlot(
      { ...chartOptions(shape, events, size, colour), plugins: [diamonds.plugin, tooltipPlugin(source)] },
      chartData(now().frame, stacked, shape.shown),
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({ width, height });
    });
    observer.observe(element);
    if (!document.fonts.check(FONT)) void document.fonts.load(FONT).then(() => chart.current === plot && plot.redraw(false, true));
    const openPoint = () => {
      const { frame: drawn, shown: on, menu: wanted } = now();
      if (wanted) setPoint(pointAt(plot, drawn, on, stacked));
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === element) openPoint();
      else moveByKey(event, plot, now());
    };
    element.addEventListener('keydown', onKey);
    let pressed = { x: 0, y: 0 };
    const onDown = ({ clientX: x, clientY: y }: MouseEvent) => (pressed = { x, y });
    const onClick = ({ clientX, clientY, detail }: MouseEvent) => {
      if (Math.hypot(clientX - pressed.x, clientY - pressed.y) > STILL || detail > 1) return;
      const exemplar = diamonds.hovered();
      const place = exemplar === undefined ? undefined : placeOfExemplar(exemplar);
      if (place === undefined) openPoint();
      else void now().navigate(linkTo(place) as never);
    };
    plot.over.addEventListener('mousedown', onDown);
    plot.over.addEventListener('click', onClick);
    return () => {
      observer.disconnect();
      element.removeEventListener('keydown', onKey);
      plot.destroy();
      chart.current = undefined;
    };
    // The frame counts by its series only: new samples alone keep the chart.
  }, [ids, shownKey, unit, stacked, scheme, formats.locale, ceiling, threshold, height, bars, colours]);

  useEffect(() => {
    chart.current?.setData(
      chartData(
        frame,
        stacked,
        frame.series.map((_, i) => shown[i] !== false),
      ),
    );
  }, [frame, stacked, shown]);

  useEffect(() => chart.current?.redraw(false, false), [exemplars, exemplarsOnAxis]);

  const summary = useMemo(() => describeChart(title, frame, unit, formats, t), [title, frame, unit, formats, t]);
  return (
    <figure className={classes['figure']} data-links={menu || undefined}>
      <div
        ref={holder}
        className={classes['holder']}
        style={{ height }}
        // Focusable so that the crosshair can be moved with the arrow keys.
        tabIndex={0}
        role="group"
        aria-label={title}
        aria-describedby={summaryId}
      />
      {point === undefined ? null : (
        <Suspense>
          <PointMenu point={point} unit={unit} exemplars={exemplars} context={context} onClose={() => setPoint(undefined)} />
        </Suspense>
      )}
      <figcaption id={summaryId} className="at-hidden">
        {summary}
      </figcaption>
    </figure>
  );
}

/** Arrows move the crosshair (with shift by ten), plus zooms in around it, Escape goes back. */
function moveByKey(event: KeyboardEvent, plot: uPlot, range: { zoom(start: number, end: number): void; resetZoom(): void }): void {
  const times = plot.data[0];
  const index = plot.cursor.idx ?? times.length - 1;
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const by = (event.shiftKey ? 10 : 1) * (event.key === 'ArrowLeft' ? -1 : 1);
    const next = Math.min(Math.max(index + by, 0), times.length - 1);
    plot.setCursor({ left: plot.valToPos(times[next] as number, 'x'), top: plot.over.clientHeight / 2 });
  } else if (event.key === '+') {
    const start = times[0] as number;
    const end = times.at(-1) as number;
    const middle = (times[index] as number) * 1000;
    const quarter = ((end - start) * 1000) / 4;
    range.zoom(middle - quarter, middle + quarter);
  } else if (event.key === 'Escape' || event.key === '-') {
    range.resetZoom();
  } else return;
  event.preventDefault();
}
