/** The program itself: what comes in, what waits in the journal, how the engine is, what lies on the disk. */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Severity } from '../../data/health.ts';
import { sharedSearch } from '../../data/search.ts';
import type { Status } from '../../data/status.ts';
import { useFormat } from '../../format/use-format.ts';
import { Meter } from '../../parts/meter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateBadge } from '../../parts/severity.tsx';
import classes from './home.module.css';

const ENGINE: Record<Status['engine']['state'], Severity> = { ready: 'ok', starting: 'warning', stopping: 'warning', down: 'critical' };
const JOURNAL: Record<Status['journal']['state'], Severity> = { ok: 'ok', full: 'critical', failing: 'critical', closed: 'unknown' };

/** Four cards in a panel. */
export function Platform({ status }: { status: Status }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { engine, ingest, journal, storage } = status;
  const disk = 1 - storage.diskFreeBytes / Math.max(storage.diskSizeBytes, 1);
  return (
    <Panel
      title="Atalaya"
      note={status.version}
      actions={
        <Link to="/status" search={sharedSearch}>
          {t('home.toStatus')}
        </Link>
      }
    >
      <div className={classes['cards']}>
        <Card
          title={t('home.platform.ingest')}
          value={t('home.platform.samplesPerSecond', { rate: formats.value(ingest.samplesPerSecond, 'count') })}
          share={ingest.seriesLimit > 0 ? ingest.activeSeries / ingest.seriesLimit : undefined}
          meterText={t('home.platform.seriesOf', {
            series: formats.integer(ingest.activeSeries),
            limit: formats.value(ingest.seriesLimit, 'count'),
          })}
        />
        <Card
          title={t('home.platform.journal')}
          badge={<StateBadge severity={JOURNAL[journal.state]}>{t(`state.journal.${journal.state}`)}</StateBadge>}
          value={formats.value(journal.bytes, 'bytes')}
          note={t('home.platform.fsync', { mean: formats.value(journal.fsyncMeanMs / 1000, 'seconds') })}
          share={journal.limitBytes > 0 ? journal.bytes / journal.limitBytes : undefined}
          meterText={t('home.platform.ofLimit', { limit: formats.value(journal.limitBytes, 'bytes') })}
        />
        <Card
          title={t('home.platform.engine')}
          badge={<StateBadge severity={ENGINE[engine.state]}>{t(`state.engine.${engine.state}`)}</StateBadge>}
          value={formats.value(engine.memoryBytes, 'bytes')}
          note={engine.lagMs === 0 ? t('home.platform.upToDate') : t('home.platform.behind', { span: formats.span(engine.lagMs) })}
          share={engine.memoryBytes !== undefined && engine.memoryLimitBytes ? engine.memoryBytes / engine.memoryLimitBytes : undefined}
          meterText={t('home.platform.ofMemory', { limit: formats.value(engine.memoryLimitBytes, 'bytes') })}
        />
        <Card
          title={t('home.platform.storage')}
          value={formats.value(storage.diskBytes, 'bytes')}
          note={t('home.platform.bytesPerSample', { bytes: formats.value(storage.bytesPerSample, 'none') })}
          share={disk}
          meterText={t('home.platform.free', { free: formats.value(storage.diskFreeBytes, 'bytes') })}
        />
      </div>
    </Panel>
  );
}

interface CardProps {
  readonly title: string;
  readonly value: string;
  readonly meterText: string;
  readonly note?: string;
  readonly badge?: ReactNode;
  readonly share?: number | undefined;
}

function Card({ title, value, meterText, note, badge, share }: CardProps) {
  return (
    <div className={classes['card']}>
      <div className={classes['cardHead']}>
        <h3>{title}</h3>
        {badge}
      </div>
      <p className={classes['cardValue']}>{value}</p>
      <p className={classes['tileNote']}>{note ?? '\u00A0'}</p>
      {share === undefined ? null : <Meter share={share} label={title} text={meterText} />}
      <p className={classes['tileNote']}>{meterText}</p>
    </div>
  );
}
