/** This host in one row: its name, and the numbers that tell most. */

import { useTranslation } from 'react-i18next';
import { lazy, type ReactNode, Suspense } from 'react';

import { type Disk, lastValue } from '../../data/host.ts';
import { useFormat } from '../../format/use-format.ts';
import { useInstantQuery } from '../../live/queries.ts';
import { Meter } from '../../parts/meter.tsx';
import { useForecastText } from './disk-list.tsx';
import classes from './home.module.css';
import { type Host, useCpu, useHostQueries, useLoad, useMemory, useNetwork } from './use-host.ts';
import { parseSample } from '../../data/prometheus.ts';

const HostLogs = lazy(() => import('./host-logs.tsx'));

/** Load per CPU from which work is piling up rather than just keeping the CPUs busy. */
const LOAD_HIGH = 1.5;

/** The row. */
export function HostTiles({ host, disks }: { host: Host; disks: readonly Disk[] }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const forecast = useForecastText();
  const { busy } = useCpu(host);
  const { use } = useMemory(host);
  const load = useLoad(host).frame.series[0]?.values;
  const network = useNetwork(host).frame.series;
  const load1 = load ? lastValue(load) : undefined;
  const fullest = disks[0];
  const received = network[0] ? lastValue(network[0].values) : undefined;
  const sent = network[1] ? lastValue(network[1].values) : undefined;
  const share = use ? use.used / use.total : undefined;
  return (
    <section aria-labelledby="host-name">
      <HostHead host={host} />
      <div className={classes['tiles']}>
        <Tile label={t('home.cpu')} value={formats.value(busy, 'ratio')} note={t('home.cpus', { count: host.cpus })} share={busy} />
        <Tile
          label={t('home.memory')}
          value={formats.value(share, 'ratio')}
          note={use ? t('home.usedOf', { used: formats.value(use.used, 'bytes'), total: formats.value(use.total, 'bytes') }) : null}
          share={share}
        />
        <Tile
          label={fullest ? t('home.diskAt', { mountpoint: fullest.mountpoint }) : t('home.disk')}
          value={formats.value(fullest?.used, 'ratio')}
          note={fullest ? forecast(fullest.forecast) : null}
          share={fullest?.used}
        />
        <Tile
          label={t('home.load')}
          value={formats.decimal(load1, 2)}
          note={load1 === undefined ? null : t('home.perCpu', { load: formats.decimal(load1 / Math.max(host.cpus, 1), 2) })}
          share={load1 === undefined ? undefined : load1 / Math.max(host.cpus, 1)}
          warnFrom={LOAD_HIGH}
        />
        <Tile
          label={t('home.networkIn')}
          value={formats.value(received, 'bytes/s')}
          note={sent === undefined ? null : t('home.sentRate', { rate: formats.value(sent, 'bytes/s') })}
        />
      </div>
    </section>
  );
}

function HostHead({ host }: { host: Host }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const boot = useInstantQuery(useHostQueries(host).bootTime);
  const answer = boot.data?.data;
  const booted = answer?.resultType === 'vector' ? answer.result[0]?.value : undefined;
  return (
    <header className={classes['host']}>
      <h2 id="host-name">{host.name}</h2>
      <p>
        <span>{host.os}</span>
        <span>{t('home.kernel', { kernel: host.kernel })}</span>
        {booted === undefined ? null : (
          <span>{t('home.upFor', { span: formats.span(((boot.data?.at ?? 0) / 1000 - parseSample(booted[1])) * 1000) })}</span>
        )}
        <Suspense>
          <HostLogs host={host.name} />
        </Suspense>
      </p>
    </header>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly note: ReactNode;
  readonly share?: number | undefined;
  /** From which share on the bar warns; as the meter's own otherwise. */
  readonly warnFrom?: number;
}

function Tile({ label, value, note, share, warnFrom }: TileProps) {
  const severity =
    warnFrom === undefined || share === undefined ? {} : { severity: share > warnFrom ? ('warning' as const) : ('unknown' as const) };
  return (
    <div className={classes['tile']}>
      <p className={classes['tileLabel']}>{label}</p>
      <p className={classes['tileValue']}>{value}</p>
      <p className={classes['tileNote']}>{note}</p>
      {share === undefined ? <div className={classes['tileNoMeter']} /> : <Meter share={share} label={label} text={value} {...severity} />}
    </div>
  );
}
