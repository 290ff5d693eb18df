/** Parts, processes, limits and versions. */

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Severity } from '../../data/health.ts';
import type { Status } from '../../data/status.ts';
import { type Formats, useFormat } from '../../format/use-format.ts';
import { Meter } from '../../parts/meter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateBadge } from '../../parts/severity.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './status.module.css';

const ENGINE: Record<Status['engine']['state'], Severity> = { ready: 'ok', starting: 'warning', stopping: 'warning', down: 'critical' };
const JOURNAL: Record<Status['journal']['state'], Severity> = { ok: 'ok', full: 'critical', failing: 'critical', closed: 'unknown' };
const BREAKER: Record<Status['engine']['breaker'], Severity> = { closed: 'ok', 'half-open': 'warning', open: 'critical' };

/** The section. */
export function OverviewSection({ status }: { status: Status }) {
  return (
    <div className={classes['columns']}>
      <div className={classes['column']}>
        <Engine status={status} />
        <Journal status={status} />
        <Dependencies status={status} />
        <Listeners status={status} />
      </div>
      <div className={classes['column']}>
        <Versions status={status} />
        <Processes status={status} />
        <Limits status={status} />
        <Rejected status={status} />
      </div>
    </div>
  );
}

function Engine({ status: { engine } }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <Panel
      title={t('status.engine')}
      actions={<StateBadge severity={ENGINE[engine.state]}>{t(`state.engine.${engine.state}`)}</StateBadge>}
    >
      <Facts>
        <Fact name={t('status.engineKind')}>{t(`status.kind.${engine.kind}`)}</Fact>
        {engine.version === undefined ? null : <Fact name={t('status.version')}>{engine.version}</Fact>}
        <Fact name={t('status.memory')}>
          {engine.memoryLimitBytes === undefined
            ? formats.value(engine.memoryBytes, 'bytes')
            : t('home.usedOf', {
                used: formats.value(engine.memoryBytes, 'bytes'),
                total: formats.value(engine.memoryLimitBytes, 'bytes'),
              })}
        </Fact>
        <Fact name={t('status.breaker')}>
          <StateBadge severity={BREAKER[engine.breaker]}>{t(`state.breaker.${engine.breaker}`)}</StateBadge>
        </Fact>
        <Fact name={t('status.lag')}>{engine.lagMs === 0 ? t('home.platform.upToDate') : formats.span(engine.lagMs)}</Fact>
        <Fact name={t('status.loadedRows')}>{formats.integer(engine.loadedRows)}</Fact>
        <Fact name={t('status.restarts')}>{formats.integer(engine.restarts)}</Fact>
        {engine.lastError === undefined ? null : (
          <Fact name={t('status.lastError')}>
            <code className="at-break">{engine.lastError}</code>
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

function Journal({ status: { journal } }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <Panel
      title={t('status.journal')}
      actions={<StateBadge severity={JOURNAL[journal.state]}>{t(`state.journal.${journal.state}`)}</StateBadge>}
    >
      <Facts>
        <Fact name={t('status.size')}>
          {t('home.usedOf', { used: formats.value(journal.bytes, 'bytes'), total: formats.value(journal.limitBytes, 'bytes') })}
        </Fact>
        <Fact name={t('status.segments')}>{formats.integer(journal.segments)}</Fact>
        <Fact name={t('status.fsync')}>
          {t('status.fsyncText', {
            mean: formats.value(journal.fsyncMeanMs / 1000, 'seconds'),
            max: formats.value(journal.fsyncMaxMs / 1000, 'seconds'),
          })}
        </Fact>
        <Fact name={t('status.fsyncErrors')}>{formats.integer(journal.fsyncErrors)}</Fact>
        <Fact name={t('status.quarantined')}>{formats.integer(journal.quarantinedRecords)}</Fact>
        <Fact name={t('status.tornTails')}>{formats.integer(journal.tornTails)}</Fact>
        {journal.lastError === undefined ? null : (
          <Fact name={t('status.lastError')}>
            <code className="at-break">{journal.lastError}</code>
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

function Dependencies({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('status.dependencies')} note={t('status.dependenciesNote')}>
      <Facts>
        {status.dependencies.map((dependency) => (
          <Fact key={dependency.name} name={dependency.name}>
            <span className={classes['part']}>
              <StateBadge severity={dependency.up ? 'ok' : 'critical'}>
                {dependency.up ? t('status.serving') : t('status.notServing')}
              </StateBadge>
              <span className="at-muted at-break">{dependency.message}</span>
            </span>
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function Listeners({ status }: { status: Status }) {
  const { t } = useTranslation();
  if (status.listeners.length === 0) return null;
  return (
    <Panel title={t('status.listeners')} note={t('status.listenersNote')}>
      <Facts>
        {status.listeners.map(({ name, setting, address, up, message }) => (
          <Fact key={`${setting} ${address}`} name={name}>
            <span className={classes['part']}>
              <StateBadge severity={up ? 'ok' : 'warning'}>{up ? t('status.listening') : t('status.notListening')}</StateBadge>
              <span className="at-muted at-break">{up ? address : `${address}: ${message}`}</span>
            </span>
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function Versions({ status }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <Panel title={t('status.program')}>
      <Facts>
        <Fact name="Atalaya">{status.version}</Fact>
        <Fact name="Node.js">{status.nodeVersion}</Fact>
        <Fact name={t('status.started')}>
          {formats.instant(status.startedAt)}{' '}
          <span className="at-muted">
            (<Ago since={status.startedAt} />)
          </span>
        </Fact>
        <Fact name={t('status.host')}>
          {t('status.hostText', { name: status.host.name, os: status.host.os, kernel: status.host.kernel })}
        </Fact>
        <Fact name={t('status.ingested')}>
          {t('status.ingestedText', { count: status.ingest.samplesTotal, samples: formats.value(status.ingest.samplesTotal, 'count') })}
        </Fact>
      </Facts>
    </Panel>
  );
}

function Processes({ status }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <Panel title={t('status.processes')} flush>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('status.process')}</th>
            <th scope="col" data-numeric>
              PID
            </th>
            <th scope="col" data-numeric>
              CPU
            </th>
            <th scope="col" data-numeric>
              {t('status.memory')}
            </th>
          </tr>
        </thead>
        <tbody>
          {status.processes.map((process) => (
            <tr key={process.pid}>
              <th scope="row">{process.name}</th>
              <td data-numeric>{process.pid}</td>
              <td data-numeric>{formats.value(process.cpuPercent / 100, 'ratio')}</td>
              <td data-numeric>{formats.value(process.memoryBytes, 'bytes')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function limitText(value: number, unit: Status['limits'][number]['unit'], formats: Formats): string {
  if (unit === 'bytes') return formats.value(value, 'bytes');
  return unit === 'ms' ? formats.span(value) : formats.integer(value);
}

function Limits({ status }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <Panel title={t('status.limits')} flush>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('status.setting')}</th>
            <th scope="col" data-numeric>
              {t('status.used')}
            </th>
            <th scope="col" data-numeric>
              {t('status.limit')}
            </th>
          </tr>
        </thead>
        <tbody>
          {status.limits.map(({ setting, value, unit, used }) => (
            <tr key={setting}>
              <th scope="row" className="at-mono at-break">
                {setting}
              </th>
              <td data-numeric>
                {used === undefined ? (
                  '–'
                ) : (
                  <span className={classes['used']}>
                    {limitText(used, unit, formats)}
                    <Meter share={used / Math.max(value, 1)} label={setting} text={formats.value(used / Math.max(value, 1), 'ratio')} />
                  </span>
                )}
              </td>
              <td data-numeric>{value === 0 ? t('status.unlimited') : limitText(value, unit, formats)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Rejected({ status }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const rejected = Object.entries(status.ingest.rejected).filter(([, count]) => count > 0);
  return (
    <Panel title={t('status.rejected')}>
      {rejected.length === 0 ? (
        <p className="at-muted">{t('status.noneRejected')}</p>
      ) : (
        <Facts>
          {rejected.map(([reason, count]) => (
            <Fact key={reason} name={reason}>
              {formats.integer(count)}
            </Fact>
          ))}
        </Facts>
      )}
    </Panel>
  );
}

function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes['facts']}>{children}</dl>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
