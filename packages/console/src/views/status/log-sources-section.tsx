/** What this host's own log lines are collected from, and how far that is. */

import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Severity } from '../../data/health.ts';
import { linesOfTarget, type LogTarget, logTargetsQuery, rejectedLines, sortedLogTargets } from '../../data/logs/targets.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePolled } from '../../live/queries.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateBadge } from '../../parts/severity.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './status.module.css';

const SEVERITY: Record<LogTarget['state'], Severity> = { reading: 'ok', waiting: 'warning', failed: 'critical', done: 'unknown' };

/** The section. */
export function LogSourcesSection() {
  const { t } = useTranslation();
  const formats = useFormat();
  const targets = usePolled(logTargetsQuery);
  const rows = useMemo(() => sortedLogTargets(targets.data ?? []), [targets.data]);
  const failing = rows.some(({ lastError }) => lastError !== undefined);
  const columns = useMemo(
    (): DataColumn<LogTarget>[] => [
      {
        id: 'state',
        header: t('targets.filter'),
        value: (row) => row.state,
        render: (row) => <StateBadge severity={SEVERITY[row.state]}>{t(`sources.state.${row.state}`)}</StateBadge>,
        track: '108px',
      },
      {
        id: 'name',
        header: t('sources.name'),
        value: (row) => row.name,
        render: (row) => <SourceName target={row} />,
        mono: true,
        track: 'minmax(200px, 2fr)',
      },
      // Only where there is one to tell.
      ...(failing
        ? [{ id: 'error', header: t('status.lastError'), value: (row: LogTarget) => row.lastError ?? '', track: 'minmax(170px, 2fr)' }]
        : []),
      { id: 'kind', header: t('sources.kind'), value: (row) => t(`sources.kinds.${row.kind}`), track: '94px' },
      { id: 'job', header: t('sources.job'), value: (row) => row.job, track: 'minmax(100px, 1fr)' },
      {
        id: 'lines',
        header: t('sources.lines'),
        value: (row) => row.lines,
        render: (row) => formats.integer(row.lines),
        numeric: true,
        track: '104px',
      },
      {
        id: 'bytes',
        header: t('sources.bytes'),
        value: (row) => row.bytes,
        render: (row) => formats.value(row.bytes, 'bytes'),
        numeric: true,
        track: '88px',
      },
      {
        id: 'lag',
        header: t('sources.lag'),
        value: (row) => row.lagBytes ?? 0,
        render: (row) => formats.value(row.lagBytes, 'bytes'),
        numeric: true,
        track: '88px',
      },
      {
        id: 'rejected',
        header: t('sources.rejected'),
        value: rejectedLines,
        render: (row) => formats.integer(rejectedLines(row)),
        numeric: true,
        track: '88px',
      },
      {
        id: 'last',
        header: t('sources.last'),
        value: (row) => row.lastReadAt ?? 0,
        render: (row) => (row.lastReadAt === undefined ? t('targets.never') : <Ago since={row.lastReadAt} />),
        track: '128px',
      },
    ],
    [failing, formats, t],
  );
  return (
    <Panel title={t('sources.title')} note={targets.error !== null && targets.data !== undefined ? <Stale /> : t('sources.note')} flush>
      {targets.data === undefined && targets.error === null ? (
        <div className={classes['inset']}>
          <Loading lines={6} />
        </div>
      ) : null}
      {targets.data === undefined && targets.error !== null ? (
        <Failure error={targets.error} height={200} onRetry={() => void targets.refetch()} />
      ) : null}
      {targets.data !== undefined && rows.length === 0 ? (
        <Empty title={t('sources.none')} height={200}>
          <p>{t('sources.noneText')}</p>
        </Empty>
      ) : null}
      {rows.length === 0 ? null : (
        <DataTable
          label={t('sources.title')}
          rows={rows}
          columns={columns}
          rowKey={(row) => `${row.kind} ${row.job} ${row.name}`}
          remembered="log-sources"
          maxHeight={620}
        />
      )}
    </Panel>
  );
}

/** The name, with the way to the lines. */
function SourceName({ target }: { target: LogTarget }) {
  const query = linesOfTarget(target);
  if (query === undefined) return target.name;
  return (
    <Link to="/logs" search={{ q: query }} title={target.name}>
      {target.name}
    </Link>
  );
}
