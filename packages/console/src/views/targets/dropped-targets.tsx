/** Targets that were found but thrown out by relabelling, with the labels they were judged by. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { formatLabelRecord } from '../../data/series.ts';
import type { DroppedTarget } from '../../data/targets.ts';
import { useFormat } from '../../format/use-format.ts';
import { LabelList } from '../../parts/labels.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import classes from './targets.module.css';

/** Most rows shown at once. */
const SHOWN = 200;

/** The list. */
export function DroppedTargets({ targets, total, find }: { targets: readonly DroppedTarget[]; total: number; find: string }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const found = useMemo(() => {
    const wanted = find.toLowerCase();
    return targets.filter((target) => formatLabelRecord(target.discoveredLabels).toLowerCase().includes(wanted));
  }, [targets, find]);
  return (
    <Panel title={t('targets.droppedTitle')} note={t('targets.droppedNote')} flush>
      {found.length === 0 ? <Empty title={t('targets.noneMatch')} /> : null}
      <ul>
        {found.slice(0, SHOWN).map((target) => (
          <li key={formatLabelRecord(target.discoveredLabels)} className={classes['droppedRow']}>
            <span className={classes['name']}>{target.discoveredLabels['__address__'] ?? '–'}</span>
            <LabelList labels={target.discoveredLabels} hide={['__address__']} />
          </li>
        ))}
      </ul>
      {total > Math.min(found.length, SHOWN) && find === '' ? (
        <p className={classes['droppedMore']}>
          {t('targets.droppedMore', { shown: formats.integer(Math.min(found.length, SHOWN)), total: formats.integer(total) })}
        </p>
      ) : null}
    </Panel>
  );
}
