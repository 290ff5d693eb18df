/** The spans of a trace over time, a row each: only those in sight are drawn, however many there are. */

import { Button } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ALL_SPANS } from '../../../data/traces/rows.ts';
import { rememberedStretches } from '../../../data/traces/self-stretches.ts';
import type { TraceSpan } from '../../../data/traces/span.ts';
import { rulerTicks } from '../../../data/traces/view.ts';
import { useFormat } from '../../../format/use-format.ts';
import { Empty } from '../../../parts/states.tsx';
import { usePageRows } from '../../../parts/use-page-rows.ts';
import { useDragPart } from './use-drag-part.ts';
import type { TraceState } from './use-trace.ts';
import { WaterfallRow } from './waterfall-row.tsx';
import classes from './waterfall.module.css';

/** What the page may do with the waterfall. */
export interface WaterfallHandle {
  /** Brings a span into sight and gives it the focus. */
  scrollTo(place: number): void;
  /** Gives the focus back to the row that had it. */
  focus(): void;
}

interface WaterfallProps {
  readonly state: TraceState;
  readonly ref?: Ref<WaterfallHandle>;
  colourOf(service: string): string;
  /** Called when the details are to be closed. */
  onClose(): void;
}

const ROW_HEIGHT = 27;
const NARROW_ROW_HEIGHT = 45;
const PAGE_ROWS = 20;
/** Room right of the bars, so that their last label is not cut. */
const NOTHING: readonly number[] = [];

/** The rows with the ruler above them. */
export function Waterfall({ state, ref, colourOf, onClose }: WaterfallProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false });
  const { tree, rows, part, chosen, folded, path, foundSet } = state;
  const { ref: ruler, width } = useElementSize();
  const [active, setActive] = useState<number | undefined>(chosen);
  const rowHeight = narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const { grid, virtualizer, margin, focusRow } = usePageRows({
    count: rows.length,
    rowHeight,
    overscan: 10,
    scrollPaddingStart: 190,
    scrollPaddingEnd: 90,
  });
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);
  const items = virtualizer.getVirtualItems();

  const rowOf = useMemo(() => new Map(rows.map(({ place }, index) => [place, index])), [rows]);
  const selfOf = useMemo(() => rememberedStretches(tree), [tree]);

  // A span that is to be shown may have to be unfolded first: it is scrolled to when its row is there.
  const wanted = useRef<number | undefined>(undefined);
  const focusSpan = (place: number) => {
    const index = rowOf.get(place);
    if (index === undefined) return false;
    setActive(place);
    focusRow(index, `[data-span="${place}"]`);
    return true;
  };
  useEffect(() => {
    if (wanted.current !== undefined && focusSpan(wanted.current)) wanted.current = undefined;
  });
  // Once: the span that the address names.
  const first = useRef(true);
  useEffect(() => {
    if (!first.current || margin === 0) return;
    first.current = false;
    const index = chosen === undefined ? undefined : rowOf.get(chosen);
    if (index !== undefined && index > 12) virtualizer.scrollToIndex(index, { align: 'center' });
  }, [margin, chosen, rowOf, virtualizer]);

  useImperativeHandle(ref, () => ({
    scrollTo(place) {
      wanted.current = place;
      setActive(place);
    },
    focus() {
      if (active !== undefined) focusSpan(active);
    },
  }));

  const open = (place: number) => {
    setActive(place);
    if (place === chosen) onClose();
    else state.choose(place);
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>('[data-span]');
    if (row === null || getSelection()?.isCollapsed === false) return;
    const place = Number(row.dataset['span']);
    if (target.closest('[data-fold]') !== null) {
      setActive(place);
      state.toggleFold(place);
    } else open(place);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement) || !event.target.matches('[data-span]'))
      return;
    const place = Number(event.target.dataset['span']);
    const index = rowOf.get(place) ?? 0;
    const go = (to: number) => focusSpan(rows[Math.min(Math.max(to, 0), rows.length - 1)]?.place ?? place);
    const folds = (tree.after[place] as number) > place + 1;
    switch (event.key) {
      case 'ArrowDown':
      case 'j':
        go(index + 1);
        break;
      case 'ArrowUp':
      case 'k':
        go(index - 1);
        break;
      case 'PageDown':
        go(index + PAGE_ROWS);
        break;
      case 'PageUp':
        go(index - PAGE_ROWS);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(rows.length - 1);
        break;
      case 'ArrowRight':
        if (folds && folded.has(place)) state.toggleFold(place);
        else if (folds) go(index + 1);
        break;
      case 'ArrowLeft':
        if (folds && !folded.has(place)) state.toggleFold(place);
        else if ((tree.parent[place] as number) >= 0) focusSpan(tree.parent[place] as number);
        break;
      case 'Enter':
      case ' ':
        open(place);
        break;
      case 'Escape':
        if (chosen === undefined) return;
        onClose();
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const drag = useDragPart(part, tree.duration, state.setPart);
  const { step, ticks } = rulerTicks(part, Math.max(2, Math.floor(width / 110)));
  const scale = width / (part.to - part.from);
  const lines = { '--tick': `${step * scale}px`, '--first': `${((ticks[0] ?? 0) - part.from) * scale}px` } as Record<string, string>;
  const shownFirst = items[0]?.index ?? 0;
  const shownLast = items.at(-1)?.index ?? 0;
  const activeRow = active === undefined ? undefined : rowOf.get(active);
  const focusable = activeRow !== undefined && activeRow >= shownFirst && activeRow <= shownLast ? active : rows[shownFirst]?.place;
  return (
    <div className={classes['waterfall']} style={lines}>
      <div className={classes['ruler']}>
        <span className={classes['rulerName']} />
        <div
          ref={ruler}
          className={classes['rulerTicks']}
          title={t('trace.overviewHint')}
          onDoubleClick={() => state.setPart({ from: 0, to: tree.duration })}
          {...drag.handlers}
        >
          {ticks.map((tick) => (
            <span key={tick} style={{ left: (tick - part.from) * scale }}>
              {(tick - part.from) * scale > width - 40 ? '' : tick === 0 ? '0' : formats.value(tick / 1e9, 'seconds')}
            </span>
          ))}
          {drag.dragged === undefined ? null : (
            <i style={{ left: (drag.dragged.from - part.from) * scale, width: (drag.dragged.to - drag.dragged.from) * scale }} />
          )}
        </div>
      </div>
      {rows.length === 0 ? (
        <Empty title={t('trace.nothingFits')} height={180}>
          <Button variant="default" onClick={() => state.setFilter(ALL_SPANS)}>
            {t('trace.showAll')}
          </Button>
        </Empty>
      ) : null}
      <div
        ref={grid}
        role="treegrid"
        tabIndex={-1}
        aria-label={t('trace.timeline')}
        aria-rowcount={rows.length}
        className={classes['grid']}
        style={{ height: virtualizer.getTotalSize() }}
        onClick={onClick}
        onKeyDown={onKey}
      >
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const { place } = row;
          const span = tree.spans[place] as TraceSpan;
          return (
            <WaterfallRow
              key={place}
              index={item.index}
              top={item.start - margin}
              height={rowHeight}
              place={place}
              span={span}
              start={tree.starts[place] as number}
              depth={tree.depth[place] as number}
              below={(tree.after[place] as number) - place - 1}
              folded={folded.has(place)}
              dimmed={row.dimmed}
              found={foundSet.has(place)}
              chosen={place === chosen}
              focusable={place === focusable}
              oddity={tree.oddities[place]}
              self={selfOf(place)}
              critical={path.get(place) ?? NOTHING}
              part={part}
              width={width}
              colour={colourOf(span.origin.service)}
            />
          );
        })}
      </div>
    </div>
  );
}
