/** What lies on the disk: in total, by table, by metric, and for how long it is kept. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type MetricStorage, metricStorageQuery } from '../../data/storage.ts';
import type { Status } from '../../data/status.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePolled } from '../../live/queries.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Meter } from '../../parts/meter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import classes from './status.module.css';

/** How many metrics are asked for; the largest come first. */
const LIMIT = 500;

/** The section. */
export function StorageSection({ status }: { status: Status }) {
  return (
    <div className={classes['stack']}>
      <div className={classes['columns']}>
        <Disk status={status} />
        <Tables status={status} />
      </div>
      <Metrics />
    </div>
  );
}

function Disk({ status: { storage } }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const used = 1 - storage.diskFreeBytes / Math.max(storage.diskSizeBytes, 1);
  const text = t('status.diskText', {
    free: formats.value(storage.diskFreeBytes, 'bytes'),
    total: formats.value(storage.diskSizeBytes, 'bytes'),
  });
  const { metricsMs, metricsBytes } = storage.retention;
  return (
    <Panel title={t('status.dataDirectory')}>
      <dl className={classes['facts']}>
        <div className={classes['fact']}>
          <dt>{t('status.path')}</dt>
          <dd className="at-mono at-break">{storage.dataDir}</dd>
        </div>
        <div className={classes['fact']}>
          <dt>{t('status.size')}</dt>
          <dd>{formats.value(storage.diskBytes, 'bytes')}</dd>
        </div>
        <div className={classes['fact']}>
          <dt>{t('status.disk')}</dt>
          <dd>
            <Meter share={used} label={t('status.disk')} text={text} />
            {text}
          </dd>
        </div>
        <div className={classes['fact']}>
          <dt>{t('status.samples')}</dt>
          <dd>
            {t('status.samplesText', {
              count: storage.series,
              samples: formats.value(storage.samples, 'count'),
              series: formats.integer(storage.series),
              bytes: formats.value(storage.bytesPerSample, 'none'),
            })}
          </dd>
        </div>
        <div className={classes['fact']}>
          <dt>{t('status.oldest')}</dt>
          <dd>{storage.oldestSample === undefined ? '–' : formats.instant(storage.oldestSample)}</dd>
        </div>
        <div className={classes['fact']}>
          <dt>{t('status.retention')}</dt>
          <dd>
            {metricsMs === 0 ? t('status.forEver') : t('status.keptFor', { span: formats.span(metricsMs) })}
            {metricsBytes === 0 ? null : <> · {t('status.keptBytes', { bytes: formats.value(metricsBytes, 'bytes') })}</>}
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Tables({ status: { storage } }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const largest = Math.max(...storage.tables.map((table) => table.bytes), 1);
  return (
    <Panel title={t('status.tables')} flush>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('status.tableName')}</th>
            <th scope="col" data-numeric>
              {t('status.rows')}
            </th>
            <th scope="col" data-numeric>
              {t('status.tableParts')}
            </th>
            <th scope="col" data-numeric>
              {t('status.size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {storage.tables.map((table) => (
            <tr key={table.name}>
              <th scope="row" className="at-mono at-break">
                {table.name}
              </th>
              <td data-numeric>{formats.integer(table.rows)}</td>
              <td data-numeric>{formats.integer(table.parts)}</td>
              <td data-numeric>
                <span className={classes['used']}>
                  {formats.value(table.bytes, 'bytes')}
                  <Meter share={table.bytes / largest} severity="unknown" label={table.name} text={formats.value(table.bytes, 'bytes')} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

type MetricRow = MetricStorage['metrics'][number];

function Metrics() {
  const { t } = useTranslation();
  const formats = useFormat();
  const answer = usePolled(metricStorageQuery(LIMIT), { every: 60_000 });
  const columns = useMemo(
    (): DataColumn<MetricRow>[] => [
      {
        id: 'metric',
        header: t('metrics.metric'),
        value: (row) => row.metric,
        mono: true,
        track: 'minmax(280px, 2fr)',
      },
      { id: 'type', header: t('status.type'), value: (row) => row.type, track: '110px' },
      {
        id: 'series',
        header: t('status.series'),
        value: (row) => row.series,
        render: (row) => formats.integer(row.series),
        numeric: true,
        track: '110px',
      },
      {
        id: 'samples',
        header: t('status.samples'),
        value: (row) => row.samples,
        render: (row) => formats.integer(row.samples),
        numeric: true,
        track: '130px',
      },
      {
        id: 'bytes',
        header: t('status.size'),
        value: (row) => row.bytes,
        render: (row) => formats.value(row.bytes, 'bytes'),
        numeric: true,
        track: '120px',
      },
      { id: 'help', header: t('status.help'), value: (row) => row.help, track: 'minmax(200px, 3fr)' },
    ],
    [formats, t],
  );
  const metrics = answer.data?.metrics;
  return (
    <Panel
      title={t('status.perMetric')}
      note={
        answer.data === undefined ? undefined : answer.error !== null ? (
          <Stale />
        ) : (
          t('status.largest', {
            count: answer.data.metrics.length,
            shown: formats.integer(answer.data.metrics.length),
            total: formats.integer(answer.data.total),
          })
        )
      }
      flush
    >
      {metrics === undefined ? (
        answer.error === null ? (
          <div className={classes['inset']}>
            <Loading lines={8} />
          </div>
        ) : (
          <Failure error={answer.error} onRetry={() => void answer.refetch()} />
        )
      ) : metrics.length === 0 ? (
        <Empty title={t('status.nothingStored')} />
      ) : (
        <DataTable
          label={t('status.perMetric')}
          rows={metrics}
          columns={columns}
          rowKey={(row) => row.metric}
          sortBy={{ id: 'bytes', desc: true }}
          remembered="storage"
          toolsAbove
        />
      )}
    </Panel>
  );
}
