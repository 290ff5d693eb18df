/** A heat map of native histograms: time to the right, values upwards on a logarithmic scale, darker where more was observed. */

import { useComputedColorScheme } from '@mantine/core';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Exemplar } from '../data/exemplars.ts';
import { type Heat, placeInHeat } from '../data/heat.ts';
import { placeOfExemplar } from '../data/links/addresses.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import { PlaceLink } from '../parts/place-link.tsx';
import classes from './heat-map.module.css';

const LABELS = 5;
/** The faintest cell is still seen. */
const LEAST_INK = 0.12;
/** Exemplars that are linked in words. */
const LARGEST = 3;
const NO_EXEMPLARS: readonly Exemplar[] = [];

interface HeatMapProps {
  readonly heat: Heat;
  readonly unit: Unit;
  readonly title: string;
  readonly height: number;
  readonly exemplars?: readonly Exemplar[];
}

/** The map. One pixel of the canvas is one cell; the browser stretches it. */
export function HeatMap({ heat, unit, title, height, exemplars = NO_EXEMPLARS }: HeatMapProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const scheme = useComputedColorScheme('light');
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<{ row: number; column: number } | undefined>(undefined);
  const { times, edges, cells, largest } = heat;
  const rows = edges.length - 1;
  const columns = times.length;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    context.clearRect(0, 0, columns, rows);
    context.fillStyle = getComputedStyle(canvas.current).color;
    for (const [index, value] of cells.entries()) {
      if (value === 0) continue;
      context.globalAlpha = LEAST_INK + (1 - LEAST_INK) * Math.sqrt(value / largest);
      context.fillRect(index % columns, rows - 1 - Math.floor(index / columns), 1, 1);
    }
  }, [cells, columns, rows, largest, scheme]);

  const placed = useMemo(
    () =>
      exemplars.flatMap((exemplar) => {
        const at = placeInHeat(heat, exemplar);
        const to = placeOfExemplar(exemplar);
        return at === undefined || to === undefined
          ? []
          : [{ exemplar, at, to, key: `${exemplar.time} ${JSON.stringify(exemplar.labels)}` }];
      }),
    [heat, exemplars],
  );
  const largestOnes = placed.toSorted((a, b) => b.exemplar.value - a.exemplar.value).slice(0, LARGEST);

  const pick = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const row = rows - 1 - Math.floor(((event.clientY - box.top) / box.height) * rows);
    setCell(row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : undefined);
  };
  const value = (row: number) => formats.value(edges[row], unit);
  const evenly = (count: number) => Array.from({ length: LABELS }, (_, i) => Math.round((i * count) / (LABELS - 1)));
  const told =
    cell === undefined
      ? t('histogram.heatLegend', { most: formats.value(largest, 'count') })
      : t('histogram.heatCell', {
          time: formats.clock((times[cell.column] ?? 0) * 1000),
          from: value(cell.row),
          to: value(cell.row + 1),
          observations: formats.value(cells[cell.row * columns + cell.column], 'count'),
        });
  return (
    <figure className={classes['figure']}>
      <div className={classes['values']} style={{ height }} aria-hidden>
        {evenly(rows)
          .toReversed()
          .map((row) => (
            <span key={row}>{value(row)}</span>
          ))}
      </div>
      <div className={classes['stage']}>
        <canvas
          ref={canvas}
          width={columns}
          height={rows}
          className={classes['canvas']}
          style={{ height }}
          role="img"
          aria-label={t('histogram.heat', { title, from: value(0), to: value(rows) })}
          onPointerMove={pick}
          onPointerLeave={() => setCell(undefined)}
        />
        {/* For pointers: they are too small for anything else. The largest stand below as links. */}
        <div aria-hidden>
          {placed.map(({ exemplar, to, at, key }) => (
            <PlaceLink
              key={key}
              place={to}
              tabIndex={-1}
              className={classes['exemplar']}
              style={{ left: `${at.x * 100}%`, bottom: `${at.y * 100}%` }}
              title={exemplarText(exemplar, formats.value(exemplar.value, unit))}
            >
              {null}
            </PlaceLink>
          ))}
        </div>
      </div>
      <div className={classes['times']} aria-hidden>
        {evenly(columns - 1).map((column) => (
          <span key={column}>{formats.clock((times[column] ?? 0) * 1000)}</span>
        ))}
      </div>
      <figcaption className={classes['told']}>
        {told}
        {largestOnes.length === 0 ? null : (
          <span className={classes['largest']}>
            {t('links.largestExemplars')}
            {largestOnes.map(({ exemplar, to, key }) => (
              <PlaceLink key={key} place={to}>
                {formats.value(exemplar.value, unit)}
              </PlaceLink>
            ))}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** What is read while the pointer rests on an exemplar. */
function exemplarText({ labels }: Exemplar, value: string): string {
  return [value, ...Object.entries(labels).map(([name, text]) => `${name}: ${text}`)].join('\n');
}
