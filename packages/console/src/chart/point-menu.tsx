/** What a point of a chart leads to: the logs and traces of what its series is about, at that time; the trace of an exemplar. */

import { Menu } from '@mantine/core';
import { IconBinaryTree2, IconCube, IconSquareRotated, IconLogs, IconZoomIn } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type Exemplar, nearestExemplar } from '../data/exemplars.ts';
import { logqlOfAll, placeOfExemplar, placeOfLogs, placeOfService, placeOfTraces } from '../data/links/addresses.ts';
import { around, type Place } from '../data/links/place.ts';
import { type Found, resolvedQuery } from '../data/links/resolve.ts';
import type { LabelRecord } from '../data/prometheus.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import { useRange } from '../live/range.tsx';
import { linkTo } from '../parts/place-link.tsx';
import classes from './chart.module.css';
import type { ChartPoint } from './point.ts';

/** The least that is shown of both sides of a moment, milliseconds; and as many steps. */
const LEAST_MARGIN = 60_000;
const STEPS = 2;

interface PointMenuProps {
  readonly point: ChartPoint;
  readonly unit: Unit;
  readonly exemplars: readonly Exemplar[];
  /** Labels that hold for the whole chart: the service of a page, the host of its numbers. */
  readonly context: LabelRecord | undefined;
  onClose(): void;
}

/** The menu, at the point. */
export default function PointMenu({ point, unit, exemplars, context, onClose }: PointMenuProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, zoom } = useRange();
  const { time, step, series, value } = point;
  const labels = { ...context, ...series?.labels };
  const { data } = useQuery(resolvedQuery(labels, range, Date.now));
  const margin = Math.max(STEPS * step * 1000, LEAST_MARGIN);
  const then = around(time * 1000, margin);
  const exemplar = nearestExemplar(exemplars, time, Math.max(step * STEPS, 30));
  const trace = exemplar === undefined ? undefined : placeOfExemplar(exemplar);
  const item = (key: string, place: Place, icon: ReactNode, text: string) => (
    <Menu.Item key={key} component={Link} leftSection={icon} {...linkTo(place)}>
      {text}
    </Menu.Item>
  );
  const named = (found: Found) => (found.about === 'host' ? t('links.ofHost', { name: found.name }) : found.name);
  return (
    <Menu opened onChange={(opened) => !opened && onClose()} position="bottom-start" withinPortal shadow="md">
      <Menu.Target>
        <span className={classes['anchor']} style={{ left: point.left, top: point.top }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('links.title')}>
        <Menu.Label className={classes['pointHead']}>
          {formats.instant(time * 1000)}
          {series === undefined ? null : (
            <span>
              {series.name} <b>{formats.value(value, unit)}</b>
            </span>
          )}
        </Menu.Label>
        {trace === undefined || exemplar === undefined
          ? null
          : item(
              'exemplar',
              trace,
              <IconSquareRotated size={15} />,
              t('links.exemplar', { value: formats.value(exemplar.value, unit === 'seconds' ? unit : 'none') }),
            )}
        {data?.logs.map((found) =>
          item(`logs ${found.query}`, placeOfLogs(found.query, then), <IconLogs size={15} />, t('links.logsOf', { name: named(found) })),
        )}
        {data?.traces.map((found) =>
          item(
            `traces ${found.query}`,
            placeOfTraces(found.query, then),
            <IconBinaryTree2 size={15} />,
            t('links.tracesOf', { name: named(found) }),
          ),
        )}
        {data?.service === undefined
          ? null
          : item('service', placeOfService(data.service, then), <IconCube size={15} />, t('links.service', { name: data.service }))}
        <Menu.Divider />
        {item('all-logs', placeOfLogs(logqlOfAll, then), <IconLogs size={15} />, t('links.allLogs'))}
        {item('all-traces', placeOfTraces('{}', then), <IconBinaryTree2 size={15} />, t('links.allTraces'))}
        <Menu.Item
          leftSection={<IconZoomIn size={15} />}
          onClick={() => zoom(time * 1000 - 10 * step * 1000, time * 1000 + 10 * step * 1000)}
        >
          {t('links.around')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
