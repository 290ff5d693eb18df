/** The spans of a trace by operation: how many, how long, how much of it their own, how many failed. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { operationStatistics, type OperationStatistics } from '../../../data/traces/statistics.ts';
import { useFormat } from '../../../format/use-format.ts';
import { type DataColumn, DataTable } from '../../../parts/data-table.tsx';
import { Panel } from '../../../parts/panel.tsx';
import classes from './operations.module.css';
import type { TraceState } from './use-trace.ts';

interface OperationsProps {
  readonly state: TraceState;
  colourOf(service: string): string;
}

/** The table. */
export function Operations({ state, colourOf }: OperationsProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { tree, reveal } = state;
  const rows = useMemo(() => operationStatistics(tree), [tree]);
  const all = rows.reduce((sum, { self }) => sum + self, 0);
  const time = (nanoseconds: number) => formats.value(nanoseconds / 1e9, 'seconds');
  const columns: DataColumn<OperationStatistics>[] = [
    {
      id: 'service',
      header: t('trace.table.service'),
      value: ({ service }) => service,
      render: ({ service }) => (
        <>
          <i className={classes['dot']} style={{ background: colourOf(service) }} aria-hidden /> {service}
        </>
      ),
      track: 'minmax(110px, 0.7fr)',
    },
    { id: 'operation', header: t('trace.table.operation'), value: ({ name }) => name, track: 'minmax(170px, 1.6fr)' },
    {
      id: 'count',
      header: t('trace.table.count'),
      value: ({ count }) => count,
      render: ({ count }) => formats.integer(count),
      numeric: true,
      track: '86px',
    },
    {
      id: 'total',
      header: t('trace.table.total'),
      value: ({ total }) => total,
      render: ({ total }) => time(total),
      numeric: true,
      track: '96px',
    },
    {
      id: 'self',
      header: t('trace.table.self'),
      value: ({ self }) => self,
      render: ({ self }) => time(self),
      numeric: true,
      track: '96px',
    },
    {
      id: 'share',
      header: t('trace.table.selfShare'),
      value: ({ self }) => self / Math.max(all, 1),
      render: ({ self }) => (
        <span className={classes['share']}>
          <i style={{ width: `${(self / Math.max(all, 1)) * 100}%` }} aria-hidden />
          <span>{formats.value(self / Math.max(all, 1), 'ratio')}</span>
        </span>
      ),
      numeric: true,
      track: '130px',
    },
    { id: 'p95', header: t('trace.table.p95'), value: ({ p95 }) => p95, render: ({ p95 }) => time(p95), numeric: true, track: '96px' },
    {
      id: 'longest',
      header: t('trace.table.longest'),
      value: ({ longest }) => longest,
      render: ({ longest }) => time(longest),
      numeric: true,
      track: '106px',
    },
    {
      id: 'errors',
      header: t('trace.table.errors'),
      value: ({ errors }) => errors,
      render: ({ errors }) => <span data-bad={errors > 0 || undefined}>{formats.integer(errors)}</span>,
      numeric: true,
      track: '86px',
    },
    {
      id: 'go',
      header: t('trace.table.go'),
      value: ({ place }) => tree.spans[place]?.id ?? '',
      render: ({ place, name }) => (
        <Tooltip label={t('trace.table.toLongest')}>
          <ActionIcon size={26} aria-label={`${t('trace.table.toLongest')}: ${name}`} onClick={() => reveal(place)}>
            <IconTargetArrow size={15} />
          </ActionIcon>
        </Tooltip>
      ),
      track: '64px',
    },
  ];
  return (
    <Panel title={t('trace.table.title')} flush className={classes['panel']}>
      <DataTable
        label={t('trace.table.title')}
        rows={rows}
        columns={columns}
        rowKey={({ key }) => key}
        sortBy={{ id: 'self', desc: true }}
        maxHeight={640}
        remembered="trace-operations"
        toolsAbove
      />
    </Panel>
  );
}
