/** The file systems: how full, and when they will be, said only as far as their past allows. */

import { useTranslation } from 'react-i18next';

import type { Forecast } from '../../data/forecast.ts';
import type { Disk } from '../../data/host.ts';
import { useFormat } from '../../format/use-format.ts';
import { Meter } from '../../parts/meter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import classes from './home.module.css';
import type { DisksState } from './use-host.ts';

const DAY = 86_400_000;

/** A forecast in words. */
export function useForecastText(): (forecast: Forecast) => string {
  const { t } = useTranslation();
  const formats = useFormat();
  return (forecast) => {
    switch (forecast.kind) {
      case 'full': {
        const days = (forecast.at - Date.now()) / DAY;
        return days < 1
          ? t('home.forecast.hours', { span: formats.span(Math.max(forecast.at - Date.now(), 0)) })
          : t('home.forecast.days', { count: Math.floor(days) });
      }
      case 'steady':
        return t('home.forecast.steady');
      case 'unclear':
        return t('home.forecast.unclear');
      case 'young':
        return t('home.forecast.young');
    }
  };
}

/** The list. */
export function DiskList({ state, now }: { state: DisksState; now: number }) {
  const { t } = useTranslation();
  const { disks, loading, error, retry } = state;
  return (
    <Panel title={t('home.disks')} flush>
      {disks.length > 0 ? (
        <ul className={classes['disks']}>
          {disks.map((disk) => (
            <DiskRow key={disk.device} disk={disk} now={now} />
          ))}
        </ul>
      ) : loading ? (
        <div className={classes['inset']}>
          <Loading lines={4} />
        </div>
      ) : error === null ? (
        <Empty title={t('home.noDisks')} height={150} />
      ) : (
        <Failure brief error={error} height={150} onRetry={retry} />
      )}
    </Panel>
  );
}

function DiskRow({ disk, now }: { disk: Disk; now: number }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const forecast = useForecastText();
  const { forecast: future } = disk;
  const soon = future.kind === 'full' && future.at - now < 14 * DAY;
  const text = t('home.usedOf', { used: formats.value(disk.size - disk.free, 'bytes'), total: formats.value(disk.size, 'bytes') });
  return (
    <li className={classes['disk']}>
      <div className={classes['diskHead']}>
        <span className={classes['mount']}>{disk.mountpoint}</span>
        <span className={classes['device']}>
          {disk.device} {disk.fstype}
        </span>
        <span className={classes['diskShare']}>{formats.value(disk.used, 'ratio')}</span>
      </div>
      <Meter share={disk.used} label={disk.mountpoint} text={text} />
      <div className={classes['diskFoot']}>
        <span>{text}</span>
        <span data-soon={soon || undefined}>
          {forecast(future)}
          {future.kind === 'full' ? <> · {t('home.forecast.perDay', { rate: formats.value(future.bytesPerDay, 'bytes') })}</> : null}
          {future.kind === 'young' ? (
            <> · {t('home.forecast.youngWhy', { needed: formats.span(future.needed), span: formats.span(future.span) })}</>
          ) : null}
        </span>
      </div>
    </li>
  );
}
