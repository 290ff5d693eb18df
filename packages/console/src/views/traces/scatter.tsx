/** Durations of traces over time: a point each, its size by the spans, its colour and shape by errors. Dragging narrows, a click opens. */

import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import {
  durationAt,
  durationTicks,
  type PlotBox,
  pointNear,
  type PlotPoint,
  pointsOf,
  scaleOf,
  timeAt,
  timeTicks,
  yOf,
} from '../../data/traces/scatter.ts';
import type { FoundTrace } from '../../data/traces/tempo.ts';
import { formatTimeTicks } from '../../format/time.ts';
import { useFormat } from '../../format/use-format.ts';
import { useTraceTexts } from './texts.ts';
import classes from './scatter.module.css';

const HEIGHT = 208;

/** What was dragged over: epoch milliseconds, and nanoseconds of duration; without those the drag was flat. */
export interface Dragged {
  readonly from: number;
  readonly to: number;
  readonly least: number | undefined;
  readonly most: number | undefined;
}

interface ScatterProps {
  readonly traces: readonly FoundTrace[];
  readonly window: { readonly start: number; readonly end: number };
  /** Id of the trace that is pointed at, here or elsewhere. */
  readonly pointed: string | undefined;
  onPoint(id: string | undefined): void;
  onOpen(id: string): void;
  onZoom(dragged: Dragged): void;
  onReset(): void;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

/** Below this a drag is a click, pixels. */
const LEAST_DRAG = 6;
/** A drag less high than this is of time alone. */
const FLAT = 24;

/** The plot. */
export function Scatter({ traces, window, pointed, onPoint, onOpen, onZoom, onReset }: ScatterProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const texts = useTraceTexts();
  const { ref, width: measured } = useElementSize();
  const width = Math.max(measured, 280);
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const box = useMemo((): PlotBox => ({ left: 62, top: 8, width: width - 62 - 14, height: HEIGHT - 8 - 24 }), [width]);
  const scale = useMemo(() => scaleOf(traces, window), [traces, window]);
  const points = useMemo(() => pointsOf(traces, scale, box), [traces, scale, box]);
  const byTime = useMemo(() => points.toSorted((a, b) => a.trace.start - b.trace.start), [points]);
  const marked = points.find(({ trace }) => trace.id === pointed);
  const times = timeTicks(scale, Math.max(3, Math.floor(box.width / 110)));
  const timeLabels = formatTimeTicks(
    times.map((time) => time / 1000),
    formats.locale,
  );

  const placeOf = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const { x, y } = placeOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ x, y, toX: x, toY: y });
  };
  const onMove = (event: PointerEvent) => {
    const { x, y } = placeOf(event);
    if (drag === undefined) {
      onPoint(pointNear(points, x, y)?.trace.id);
      return;
    }
    const inside = (value: number, from: number, length: number) => Math.min(Math.max(value, from), from + length);
    setDrag({ ...drag, toX: inside(x, box.left, box.width), toY: inside(y, box.top, box.height) });
  };
  const onUp = (event: PointerEvent) => {
    if (drag === undefined) return;
    setDrag(undefined);
    const { x, y, toX, toY } = drag;
    if (Math.abs(toX - x) < LEAST_DRAG && Math.abs(toY - y) < LEAST_DRAG) {
      const place = placeOf(event);
      const hit = pointNear(points, place.x, place.y);
      if (hit !== undefined) onOpen(hit.trace.id);
      return;
    }
    const flat = Math.abs(toY - y) < FLAT;
    const narrow = Math.abs(toX - x) < LEAST_DRAG;
    onZoom({
      from: narrow ? scale.start : timeAt(Math.min(x, toX), scale, box),
      to: narrow ? scale.end : timeAt(Math.max(x, toX), scale, box),
      least: flat ? undefined : durationAt(Math.max(y, toY), scale, box) * 1e6,
      most: flat ? undefined : durationAt(Math.min(y, toY), scale, box) * 1e6,
    });
  };
  const onKey = (event: KeyboardEvent) => {
    const at = byTime.findIndex(({ trace }) => trace.id === pointed);
    const moves: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at < 0 ? byTime.length - 1 : at - 1,
      Home: 0,
      End: byTime.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) onPoint(byTime[Math.min(Math.max(to, 0), byTime.length - 1)]?.trace.id);
    else if (event.key === 'Enter' && marked !== undefined) onOpen(marked.trace.id);
    else if (event.key === 'Escape') onReset();
    else return;
    event.preventDefault();
  };

  const [first, last] = [byTime[0]?.trace, byTime.at(-1)?.trace];
  const durations = traces.map(({ duration }) => duration);
  const summary = t('traces.scatterText', {
    count: traces.length,
    from: formats.instant(first?.start ?? 0),
    to: formats.instant(last?.start ?? 0),
    least: texts.duration(Math.min(...durations)),
    most: texts.duration(Math.max(...durations)),
    errors: formats.integer(traces.filter(({ errors }) => errors > 0).length),
  });
  return (
    <div className={classes['plot']}>
      <div ref={ref} className={classes['holder']} style={{ height: HEIGHT }}>
        <svg
          width={width}
          height={HEIGHT}
          // Arrow keys walk over the points.
          tabIndex={0}
          role="listbox"
          aria-activedescendant={marked === undefined ? undefined : `point-${marked.trace.id}`}
          aria-label={`${t('traces.scatter')}. ${summary}`}
          className={classes['svg']}
          data-pointing={marked === undefined ? undefined : true}
          onPointerDown={onDown}
          onPointerMove={onMove}
          onPointerUp={onUp}
          onPointerLeave={() => drag === undefined && onPoint(undefined)}
          onPointerCancel={() => setDrag(undefined)}
          onDoubleClick={onReset}
          onKeyDown={onKey}
        >
          {durationTicks(scale, 6).map((tick) => {
            const y = Math.round(yOf(tick, scale, box)) + 0.5;
            return (
              <g key={tick}>
                <line x1={box.left} x2={box.left + box.width} y1={y} y2={y} className={classes['line']} />
                <text x={box.left - 8} y={y + 4} textAnchor="end">
                  {formats.value(tick / 1000, 'seconds')}
                </text>
              </g>
            );
          })}
          {times.map((time, i) => {
            const x = Math.round(box.left + (box.width * (time - scale.start)) / (scale.end - scale.start)) + 0.5;
            return (
              <g key={time}>
                <line x1={x} x2={x} y1={box.top} y2={box.top + box.height} className={classes['line']} />
                <text x={Math.min(x, width - 18)} y={HEIGHT - 6} textAnchor="middle">
                  {timeLabels[i]}
                </text>
              </g>
            );
          })}
          {points.map((point) => (
            <Point key={point.trace.id} point={point} label={texts.point(point.trace)} marked={point === marked} />
          ))}
          {marked === undefined ? null : <circle cx={marked.x} cy={marked.y} r={marked.radius + 3} className={classes['marked']} />}
          {drag === undefined ? null : (
            <rect
              x={Math.min(drag.x, drag.toX)}
              width={Math.abs(drag.toX - drag.x)}
              y={Math.abs(drag.toY - drag.y) < FLAT ? box.top : Math.min(drag.y, drag.toY)}
              height={Math.abs(drag.toY - drag.y) < FLAT ? box.height : Math.abs(drag.toY - drag.y)}
              className={classes['drag']}
            />
          )}
        </svg>
        {marked === undefined || drag !== undefined ? null : (
          <div
            className={classes['tip']}
            role="status"
            style={{
              top: Math.min(Math.max(marked.y - 24, 0), HEIGHT - 78),
              ...(marked.x > width / 2 ? { right: width - marked.x + marked.radius + 10 } : { left: marked.x + marked.radius + 10 }),
            }}
          >
            <strong>{texts.name(marked.trace)}</strong>
            <span>
              {texts.duration(marked.trace.duration)} ·{' '}
              {t('traces.spans', { count: marked.trace.spans, spans: formats.integer(marked.trace.spans) })}
              {marked.trace.errors === 0
                ? null
                : ` · ${t('traces.errors', { count: marked.trace.errors, errors: formats.integer(marked.trace.errors) })}`}
            </span>
            <span className="at-muted">{formats.instant(marked.trace.start)}</span>
          </div>
        )}
      </div>
      <p className={classes['legend']} aria-hidden>
        <i data-shape="plain" /> {t('traces.withoutErrors')} <i data-shape="error" /> {t('traces.withErrors')}{' '}
        <span>{t('traces.sizeHint')}</span>
      </p>
    </div>
  );
}

/** A point: a disc, or a disc with a ring where there are errors, so that colour is not all that tells them apart. */
function Point({ point: { x, y, radius, trace }, label, marked }: { point: PlotPoint; label: string; marked: boolean }) {
  const bad = trace.errors > 0;
  return (
    <g id={`point-${trace.id}`} role="option" aria-label={label} aria-selected={marked} className={bad ? classes['bad'] : classes['point']}>
      <circle cx={x} cy={y} r={radius} />
      {bad ? <circle cx={x} cy={y} r={Math.max(radius - 2, 1.4)} /> : null}
    </g>
  );
}
