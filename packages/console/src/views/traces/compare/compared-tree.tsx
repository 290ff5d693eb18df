/** The merged tree of two traces: a row each operation at its place, durations of both as bars of one scale, the difference in words and colour. */

import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { placeOfTrace } from '../../../data/links/addresses.ts';
import { type ComparedNode, shownNodes, type Side, verdictOf } from '../../../data/traces/compare.ts';
import type { TraceTree } from '../../../data/traces/tree.ts';
import { useFormat } from '../../../format/use-format.ts';
import { Panel } from '../../../parts/panel.tsx';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { SeverityIcon } from '../../../parts/severity.tsx';
import { Empty } from '../../../parts/states.tsx';
import { usePageRows } from '../../../parts/use-page-rows.ts';
import classes from './compare.module.css';

const ROW_HEIGHT = 44;
const NARROW_ROW_HEIGHT = 68;
const INDENT = 14;
const MOST_INDENT = 12;

interface ComparedTreeProps {
  readonly nodes: readonly ComparedNode[];
  readonly a: TraceTree;
  readonly b: TraceTree;
  readonly onlyChanges: boolean;
  onOnlyChanges(only: boolean): void;
}

/** The tree. */
export function ComparedTree({ nodes, a, b, onlyChanges, onOnlyChanges }: ComparedTreeProps) {
  const { t } = useTranslation();
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => new Set());
  const [active, setActive] = useState(0);
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false });
  const rowHeight = narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const rows = useMemo(() => shownNodes(nodes, onlyChanges, folded), [nodes, onlyChanges, folded]);
  const longest = useMemo(() => nodes.reduce((most, node) => Math.max(most, node.a?.total ?? 0, node.b?.total ?? 0), 1), [nodes]);
  const { grid, virtualizer, margin, focusRow } = usePageRows({
    count: rows.length,
    rowHeight,
    overscan: 10,
    scrollPaddingStart: 80,
    scrollPaddingEnd: 90,
  });
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);

  const toggle = (key: string) => {
    const next = new Set(folded);
    if (!next.delete(key)) next.add(key);
    setFolded(next);
  };
  const focusAt = (index: number) => {
    const at = Math.min(Math.max(index, 0), rows.length - 1);
    setActive(at);
    focusRow(at, `[data-row="${at}"]`);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return;
    const node = rows[active];
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      j: active + 1,
      ArrowUp: active - 1,
      k: active - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) focusAt(to);
    else if (
      node !== undefined &&
      node.below > 0 &&
      (event.key === 'ArrowLeft') !== folded.has(node.key) &&
      /^Arrow(?:Left|Right)$/.test(event.key)
    )
      toggle(node.key);
    else return;
    event.preventDefault();
  };
  const items = virtualizer.getVirtualItems();
  const focusable = items.some(({ index }) => index === active) ? active : (items[0]?.index ?? 0);
  return (
    <Panel
      title={t('compare.tree')}
      actions={
        <Button variant={onlyChanges ? 'light' : 'default'} aria-pressed={onlyChanges} onClick={() => onOnlyChanges(!onlyChanges)}>
          {t('compare.onlyChanges')}
        </Button>
      }
      flush
    >
      <div className={classes['heads']} aria-hidden>
        <span>{t('compare.operation')}</span>
        <span>A</span>
        <span>B</span>
        <span>{t('compare.difference')}</span>
      </div>
      {rows.length === 0 ? (
        <Empty title={t('compare.noChanges')} height={180}>
          <p>{t('compare.noChangesAdvice')}</p>
        </Empty>
      ) : null}
      <div
        ref={grid}
        role="treegrid"
        tabIndex={-1}
        aria-label={t('compare.tree')}
        aria-rowcount={rows.length}
        className={classes['grid']}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKey}
      >
        {items.map((item) => {
          const node = rows[item.index];
          if (node === undefined) return null;
          return (
            <ComparedRow
              key={node.key}
              node={node}
              index={item.index}
              top={item.start - margin}
              height={rowHeight}
              longest={longest}
              focusable={item.index === focusable}
              folded={folded.has(node.key)}
              ids={[a.trace.id, b.trace.id]}
              onFocus={() => setActive(item.index)}
              onToggle={() => toggle(node.key)}
            />
          );
        })}
      </div>
    </Panel>
  );
}

interface ComparedRowProps {
  readonly node: ComparedNode;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly longest: number;
  readonly focusable: boolean;
  readonly folded: boolean;
  readonly ids: readonly [string, string];
  onFocus(): void;
  onToggle(): void;
}

function ComparedRow({ node, index, top, height, longest, focusable, folded, ids, onFocus, onToggle }: ComparedRowProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const verdict = verdictOf(node);
  const words = t(`compare.verdict.${verdict}`);
  const change = formats.value(Math.abs(node.change) / 1e9, 'seconds');
  return (
    <div
      role="row"
      tabIndex={focusable ? 0 : -1}
      data-row={index}
      data-verdict={verdict}
      aria-level={node.depth + 1}
      aria-rowindex={index + 1}
      aria-expanded={node.below > 0 ? !folded : undefined}
      aria-label={t('compare.row', { service: node.service, name: node.name, verdict: words })}
      className={classes['row']}
      style={{ height, transform: `translateY(${top}px)` }}
      onFocus={onFocus}
    >
      <div role="gridcell" className={classes['name']} style={{ paddingLeft: 8 + Math.min(node.depth, MOST_INDENT) * INDENT }}>
        {node.below > 0 ? (
          <button type="button" tabIndex={-1} aria-hidden className={classes['fold']} onClick={onToggle}>
            <IconChevronRight size={13} />
          </button>
        ) : (
          <span className={classes['leaf']} />
        )}
        <span className={classes['text']} title={`${node.service} · ${node.name}`}>
          <b>{node.service}</b> {node.name}
        </span>
      </div>
      <SideCell side={node.a} longest={longest} traceId={ids[0]} />
      <SideCell side={node.b} longest={longest} traceId={ids[1]} />
      <div role="gridcell" className={classes['change']}>
        <b>{verdict === 'same' ? '' : `${node.change > 0 ? '+' : '−'}${change}`}</b>
        <span>{words}</span>
      </div>
    </div>
  );
}

/** What one of the traces has there. */
function SideCell({ side, longest, traceId }: { side: Side | undefined; longest: number; traceId: string }) {
  const { t } = useTranslation();
  const formats = useFormat();
  if (side === undefined) {
    return (
      <div role="gridcell" className={classes['cell']}>
        <span className="at-muted">–</span>
      </div>
    );
  }
  return (
    <div role="gridcell" className={classes['cell']}>
      <PlaceLink place={placeOfTrace(traceId, undefined, side.spanId)}>{formats.value(side.total / 1e9, 'seconds')}</PlaceLink>
      <span className={classes['times']}>
        {side.count > 1 ? `×${formats.integer(side.count)}` : ''}
        {side.errors > 0 ? (
          <em title={t('traces.errors', { count: side.errors, errors: formats.integer(side.errors) })}>
            <SeverityIcon severity="critical" size={12} />
            {formats.integer(side.errors)}
          </em>
        ) : null}
      </span>
      <i className={classes['track']} aria-hidden>
        <i style={{ width: `${Math.max((side.total / longest) * 100, 0.5)}%` }} />
      </i>
    </div>
  );
}
