/** A heat map of native histograms: time to the right, values upwards on a logarithmic scale, darker where more was observed. */

import { useComputedColorScheme } from '@mantine/core';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Heat } from '../data/heat.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import classes from './heat-map.module.css';

const LABELS = 5;
/** The faintest cell is still seen. */
const LEAST_INK = 0.12;

/** The map. One pixel of the canvas is one cell; the browser stretches it. */
export function HeatMap({ heat, unit, title, height }: { heat: Heat; unit: Unit; title: string; height: number }) {
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
      <div className={classes['times']} aria-hidden>
        {evenly(columns - 1).map((column) => (
          <span key={column}>{formats.clock((times[column] ?? 0) * 1000)}</span>
        ))}
      </div>
      <figcaption className={classes['told']}>{told}</figcaption>
    </figure>
  );
}
