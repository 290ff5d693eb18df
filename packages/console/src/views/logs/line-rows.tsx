/** The lines as rows of the page itself: only those in sight are drawn, however many there are. */

import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Sought } from '../../data/logs/line-text.ts';
import type { LogLine } from '../../data/logs/line.ts';
import { momentParts } from '../../data/logs/nanoseconds.ts';
import { usePageRows } from '../../parts/use-page-rows.ts';
import { LineRow } from './line-row.tsx';
import classes from './lines.module.css';
import type { Logs } from './use-logs.ts';

interface LineRowsProps {
  readonly logs: Logs;
  readonly lines: readonly LogLine[];
  readonly sought: readonly Sought[];
  /** The line that is looked for: it is scrolled to and opened. */
  readonly pointed?: number | undefined;
  /** Called when the end comes into sight. */
  readonly onEnd?: (() => void) | undefined;
}

const ROW_HEIGHT = 23;
/** So many rows before the end the next lines are asked for. */
const AHEAD = 60;

/** The rows. */
export function LineRows({ logs, lines, sought, pointed, onEnd }: LineRowsProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<ReadonlySet<number>>(() => new Set());
  const [active, setActive] = useState<number | undefined>(undefined);
  const { wrap = false, pretty = false } = logs.url;
  const { grid, virtualizer, margin, focusRow } = usePageRows({
    count: lines.length,
    rowHeight: ROW_HEIGHT,
    overscan: 14,
    keyOf: (index) => lines[index]?.id ?? index,
  });
  const items = virtualizer.getVirtualItems();

  const last = items.at(-1)?.index ?? 0;
  const nearEnd = last >= lines.length - AHEAD;
  useEffect(() => {
    if (nearEnd) onEnd?.();
  }, [nearEnd, onEnd, lines.length]);

  // Once for each line that a link points at.
  const shown = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (pointed === undefined || shown.current === pointed) return;
    shown.current = pointed;
    setOpened(new Set([pointed]));
    setActive(pointed);
    virtualizer.scrollToIndex(
      lines.findIndex(({ id }) => id === pointed),
      { align: 'center' },
    );
  }, [pointed, lines, virtualizer]);

  const toggle = (id: number) => {
    setActive(id);
    setOpened((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>('[data-line]');
    // Who marks text does not want the line to open.
    if (row === null || getSelection()?.isCollapsed === false || target.closest('a, button') !== null) return;
    toggle(Number(row.dataset['line']));
  };

  const focusLine = (index: number) => {
    const line = lines[index];
    if (line === undefined) return;
    setActive(line.id);
    focusRow(index, `[data-line="${line.id}"]`);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement) || !event.target.matches('[data-line]'))
      return;
    const at = lines.findIndex(({ id }) => id === active);
    const moves: Record<string, number> = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: lines.length - 1 };
    const to = moves[event.key];
    if (to !== undefined) focusLine(Math.min(Math.max(to, 0), lines.length - 1));
    else if ((event.key === 'Enter' || event.key === ' ' || event.key === 'o') && active !== undefined) toggle(active);
    else if (event.key === 'Escape' && active !== undefined && opened.has(active)) toggle(active);
    else return;
    event.preventDefault();
  };

  const days = useMemo(() => {
    const first = lines[0];
    const end = lines.at(-1);
    return first !== undefined && end !== undefined && momentParts(first.time, logs.zone).day !== momentParts(end.time, logs.zone).day;
  }, [lines, logs.zone]);
  const firstShown = items[0]?.index ?? 0;
  const focusable = lines.slice(firstShown, last + 1).some(({ id }) => id === active) ? active : lines[firstShown]?.id;
  return (
    <div
      ref={grid}
      role="treegrid"
      tabIndex={-1}
      aria-label={t('logs.lines')}
      aria-rowcount={lines.length}
      className={classes['grid']}
      data-wrap={wrap || undefined}
      data-days={days || undefined}
      style={{ '--columns': logs.columns.length } as never}
      onKeyDown={onKey}
      onClick={onClick}
    >
      <div role="rowgroup" className={classes['rows']} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          return (
            <LineRow
              key={line.id}
              ref={virtualizer.measureElement}
              index={item.index}
              top={item.start - margin}
              line={line}
              lines={lines}
              logs={logs}
              sought={sought}
              days={days}
              wrap={wrap}
              pretty={pretty}
              open={opened.has(line.id)}
              focusable={focusable === line.id}
              pointed={pointed === line.id}
            />
          );
        })}
      </div>
    </div>
  );
}
