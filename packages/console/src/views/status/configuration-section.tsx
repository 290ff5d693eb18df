/** The configuration in force: files and settings with their source, secrets hidden, and the button that reads it again. */

import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type Configuration, configurationQuery, reloadConfiguration } from '../../data/configuration.ts';
import { toApiError } from '../../data/http.ts';
import { usePolled } from '../../live/queries.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './status.module.css';

/** The section. */
export function ConfigurationSection() {
  const { t } = useTranslation();
  const answer = usePolled(configurationQuery, { every: 60_000 });
  if (answer.data === undefined) {
    return (
      <Panel title={t('status.configuration')} flush>
        {answer.error === null ? (
          <div className={classes['inset']}>
            <Loading lines={10} />
          </div>
        ) : (
          <Failure error={answer.error} height={240} onRetry={() => void answer.refetch()} />
        )}
      </Panel>
    );
  }
  return (
    <div className={classes['stack']}>
      <Reload configuration={answer.data} />
      {answer.data.files.map((file) => (
        <Panel
          key={file.name}
          title={file.name}
          note={file.path}
          actions={<CopyButton text={file.content} label={t('action.copy')} />}
          flush
        >
          {/* Scrolls, hence focusable. */}
          <pre className={classes['file']} tabIndex={0} aria-label={file.name}>
            {file.content}
          </pre>
        </Panel>
      ))}
      <Settings settings={answer.data.settings} />
    </div>
  );
}

function Reload({ configuration }: { configuration: Configuration }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const reload = useMutation({ mutationFn: reloadConfiguration, onSettled: () => client.invalidateQueries() });
  const { lastReload, warnings, loadedAt } = configuration;
  return (
    <Panel
      title={t('configuration.title')}
      note={
        <>
          {t('configuration.loaded')} <Ago since={loadedAt} />
        </>
      }
      actions={
        <Button leftSection={<IconRefresh size={15} />} loading={reload.isPending} onClick={() => reload.mutate()}>
          {t('configuration.reload')}
        </Button>
      }
    >
      <div role="status" className={classes['notices']}>
        {reload.isSuccess ? <Notice severity="ok" text={t('configuration.reloaded')} /> : null}
        {reload.error === null ? null : (
          <Notice severity="critical" text={t('configuration.refused')} detail={toApiError(reload.error).message} />
        )}
        {lastReload && !lastReload.ok && reload.error === null ? (
          <Notice severity="warning" text={t('configuration.lastRefused')} detail={lastReload.message} />
        ) : null}
        {warnings.map((warning) => (
          <Notice
            key={`${warning.file} ${warning.line} ${warning.message}`}
            severity="warning"
            text={warning.line === undefined ? warning.file : t('configuration.at', { file: warning.file, line: warning.line })}
            detail={warning.message}
          />
        ))}
      </div>
      <p className="at-muted">{t('configuration.text')}</p>
    </Panel>
  );
}

function Notice({ severity, text, detail }: { severity: 'ok' | 'warning' | 'critical'; text: string; detail?: string }) {
  return (
    <div className={classes['notice']}>
      <SeverityIcon severity={severity} />
      <p>
        <strong>{text}</strong> {detail === undefined ? null : <span className="at-break">{detail}</span>}
      </p>
    </div>
  );
}

type Setting = Configuration['settings'][number];

function Settings({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const columns = useMemo(
    (): DataColumn<Setting>[] => [
      {
        id: 'path',
        header: t('status.setting'),
        value: (row) => row.path,
        mono: true,
        track: 'minmax(240px, 2fr)',
      },
      {
        id: 'value',
        header: t('metrics.value'),
        value: (row) => row.value,
        mono: true,
        track: 'minmax(180px, 2fr)',
      },
      {
        id: 'source',
        header: t('configuration.source'),
        value: (row) => row.source,
        render: (row) => t(`configuration.from.${row.source}`),
        track: 'minmax(140px, 1fr)',
      },
    ],
    [t],
  );
  return (
    <Panel title={t('configuration.settings')} flush>
      <DataTable
        label={t('configuration.settings')}
        rows={settings}
        columns={columns}
        rowKey={(row) => row.path}
        remembered="settings"
        toolsAbove
      />
    </Panel>
  );
}
