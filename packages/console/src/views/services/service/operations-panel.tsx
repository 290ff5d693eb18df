/** The operations of a service as a table; a click narrows the page to one. */

import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { isIncoming, type Operation } from '../../../data/services/operations.ts';
import { useFormat } from '../../../format/use-format.ts';
import { type DataColumn, DataTable } from '../../../parts/data-table.tsx';
import { Meter } from '../../../parts/meter.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { Loading } from '../../../parts/states.tsx';
import { Failures } from '../services-table.tsx';
import mapClasses from '../services.module.css';
import classes from './service.module.css';
import type { ServiceState } from './use-service.ts';

const KINDS = ['SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT', 'SPAN_KIND_PRODUCER', 'SPAN_KIND_CONSUMER', 'SPAN_KIND_INTERNAL'] as const;

/** The table; what others call unless all spans are wanted, or there is nothing that others call. */
export function OperationsPanel({ state }: { state: ServiceState }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { operations, operation, chooseOperation, loading } = state;
  const incoming = useMemo(() => operations.filter(isIncoming), [operations]);
  const [everything, setEverything] = useState(false);
  const rows = everything || incoming.length === 0 ? operations : incoming;
  const busy = rows.reduce((sum, row) => sum + row.busy, 0);
  const columns = useMemo(
    (): DataColumn<Operation>[] => [
      {
        id: 'name',
        header: t('services.column.name'),
        value: ({ name }) => name,
        render: ({ name }) => (
          <button
            type="button"
            className={mapClasses['name']}
            aria-pressed={operation === name}
            title={t('service.chooseOperation', { name })}
            onClick={() => chooseOperation(operation === name ? undefined : name)}
          >
            <span className={classes['operation']}>{name}</span>
          </button>
        ),
        track: 'minmax(128px, 3fr)',
      },
      {
        id: 'kind',
        header: t('services.column.kind'),
        value: ({ kind }) =>
          (KINDS as readonly string[]).includes(kind)
            ? t(`service.kind.${kind as (typeof KINDS)[number]}`)
            : t('service.kind.SPAN_KIND_UNSPECIFIED'),
        track: 'minmax(70px, 1fr)',
      },
      {
        id: 'rate',
        header: t('services.rate'),
        numeric: true,
        value: ({ rate }) => rate,
        render: ({ rate }) => formats.value(rate, 'per-second'),
        track: 'minmax(70px, 1fr)',
      },
      {
        id: 'errors',
        header: t('services.errors'),
        numeric: true,
        value: ({ errors }) => errors,
        render: ({ errors }) => <Failures share={errors} text={formats.value(errors, 'ratio')} />,
        track: 'minmax(84px, 1fr)',
      },
      {
        id: 'p95',
        header: t('services.p95'),
        numeric: true,
        value: ({ p95 }) => p95 ?? -1,
        render: ({ p95 }) => formats.value(p95, 'seconds'),
        track: 'minmax(70px, 1fr)',
      },
      {
        id: 'share',
        header: t('service.shareOfTime'),
        numeric: true,
        value: (row) => (busy === 0 ? 0 : row.busy / busy),
        render: (row) => {
          const share = busy === 0 ? 0 : row.busy / busy;
          return (
            <span className={classes['share']}>
              <Meter share={share} label={t('service.shareOfTime')} text={formats.value(share, 'ratio')} severity="ok" />
              {formats.value(share, 'ratio')}
            </span>
          );
        },
        track: 'minmax(124px, 1.4fr)',
      },
    ],
    [t, formats, operation, chooseOperation, busy],
  );
  return (
    <Panel
      title={t('service.operations')}
      note={
        incoming.length > 0 && incoming.length < operations.length ? (
          <SegmentedControl
            value={everything ? 'all' : 'incoming'}
            onChange={(which) => setEverything(which === 'all')}
            aria-label={t('service.which')}
            data={[
              { value: 'incoming', label: t('service.incoming') },
              { value: 'all', label: t('service.everything') },
            ]}
          />
        ) : undefined
      }
      flush
      className={classes['operations']}
    >
      {operations.length === 0 && loading ? (
        <div className={classes['inset']}>
          <Loading lines={5} />
        </div>
      ) : (
        <DataTable
          label={t('service.operations')}
          rows={rows}
          columns={columns}
          rowKey={({ id }) => id}
          sortBy={{ id: 'share', desc: true }}
          maxHeight={356}
          remembered="service-operations"
          toolsAbove
        />
      )}
    </Panel>
  );
}
