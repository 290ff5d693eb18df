/** The list itself: heads of pools and rows of targets, only those in sight in the document. */

import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { parseDuration } from '@atalaya/model';
import type { Severity } from '../../data/health.ts';
import { lastScrapeTime, type Target, targetName, type TargetPool, type TargetState } from '../../data/targets.ts';
import { useFormat } from '../../format/use-format.ts';
import { LabelList } from '../../parts/labels.tsx';
import { StateBadge } from '../../parts/severity.tsx';
import { Ago } from '../../parts/time.tsx';
import { TargetDetails } from './target-details.tsx';
import classes from './targets.module.css';

const SEVERITY: Record<TargetState, Severity> = { up: 'ok', down: 'critical', unknown: 'unknown' };

type Item =
  | { readonly kind: 'pool'; readonly pool: TargetPool }
  | { readonly kind: 'target'; readonly target: Target; readonly last: boolean };

/** The list. Pools can be folded, targets unfolded. */
export function TargetList({ pools }: { pools: readonly TargetPool[] }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => new Set());
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set());
  const items = useMemo(
    () =>
      pools.flatMap((pool): Item[] => [
        { kind: 'pool', pool },
        ...(folded.has(pool.name)
          ? []
          : pool.targets.map((target, index): Item => ({ kind: 'target', target, last: index === pool.targets.length - 1 }))),
      ]),
    [pools, folded],
  );
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.kind === 'pool' ? 52 : 46),
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => {
      const item = items[index] as Item;
      return item.kind === 'pool' ? `pool ${item.pool.name}` : keyOf(item.target);
    },
  });
  return (
    <div ref={list} style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
      {virtualizer.getVirtualItems().map((slot) => {
        const item = items[slot.index] as Item;
        return (
          <div
            key={slot.key}
            ref={virtualizer.measureElement}
            data-index={slot.index}
            className={classes['slot']}
            style={{ transform: `translateY(${slot.start - virtualizer.options.scrollMargin}px)` }}
          >
            {item.kind === 'pool' ? (
              <PoolHead
                pool={item.pool}
                folded={folded.has(item.pool.name)}
                first={slot.index === 0}
                onToggle={() => setFolded(toggled(folded, item.pool.name))}
              />
            ) : (
              <TargetRow
                target={item.target}
                last={item.last}
                open={open.has(keyOf(item.target))}
                onToggle={() => setOpen(toggled(open, keyOf(item.target)))}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function keyOf(target: Target): string {
  return `${target.scrapePool} ${target.scrapeUrl}`;
}

function toggled(set: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

function PoolHead({ pool, folded, first, onToggle }: { pool: TargetPool; folded: boolean; first: boolean; onToggle(): void }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const Arrow = folded ? IconChevronRight : IconChevronDown;
  const { up, all, down } = pool.counts;
  return (
    <div className={classes['pool']} data-first={first || undefined} data-folded={folded || undefined}>
      <h2>
        <button type="button" aria-expanded={!folded} onClick={onToggle}>
          <Arrow size={16} aria-hidden />
          <span>{pool.name}</span>
          <span className={classes['poolCount']} data-down={down > 0 || undefined}>
            {t('targets.upOf', { up: formats.integer(up), all: formats.integer(all) })}
          </span>
        </button>
      </h2>
      {folded ? null : (
        <div className={classes['columns']} aria-hidden>
          <span>{t('targets.lastScrape')}</span>
          <span>{t('targets.duration')}</span>
        </div>
      )}
    </div>
  );
}

function TargetRow({ target, last, open, onToggle }: { target: Target; last: boolean; open: boolean; onToggle(): void }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const scraped = lastScrapeTime(target);
  const timeout = (parseDuration(target.scrapeTimeout) ?? 0) / 1000;
  const slow = timeout > 0 && target.lastScrapeDuration > timeout * 0.8;
  const Arrow = open ? IconChevronDown : IconChevronRight;
  return (
    <div className={classes['target']} data-last={last || undefined}>
      <div className={classes['line']}>
        <button type="button" className={classes['toggle']} aria-expanded={open} onClick={onToggle}>
          <Arrow size={16} aria-hidden />
          <span className={classes['state']}>
            <StateBadge severity={SEVERITY[target.health]}>{t(`state.target.${target.health}`)}</StateBadge>
          </span>
          <span className={classes['name']}>{targetName(target)}</span>
          <span className="at-hidden">{t('targets.details')}</span>
        </button>
        <LabelList labels={target.labels} hide={['job', 'instance']} />
        <span className={classes['when']}>
          <span className={classes['small']}>{t('targets.lastScrape')}</span>
          {scraped === undefined ? t('targets.never') : <Ago since={scraped} />}
        </span>
        <span className={classes['took']} data-slow={slow || undefined}>
          <span className={classes['small']}>{t('targets.duration')}</span>
          {scraped === undefined ? '–' : formats.value(target.lastScrapeDuration, 'seconds')}
        </span>
      </div>
      {target.lastError === '' ? null : <p className={classes['error']}>{target.lastError}</p>}
      {open ? <TargetDetails target={target} /> : null}
    </div>
  );
}
