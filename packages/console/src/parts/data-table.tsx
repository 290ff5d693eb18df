/** A table of any length: virtual rows, sorting, columns to choose, arrow keys, copying of cells and rows. */

import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconChevronDown, IconChevronUp, IconColumns3, IconCopy } from '@tabler/icons-react';
import {
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { recall, remember } from '../data/remembered.ts';
import classes from './data-table.module.css';

/** A column: what a cell holds for sorting and copying, and how it is shown. */
export interface DataColumn<Row> {
  readonly id: string;
  readonly header: string;
  value(row: Row): string | number;
  render?(row: Row): ReactNode;
  readonly numeric?: boolean;
  /** In the code font. */
  readonly mono?: boolean;
  /** Stays in sight at the right edge when the table scrolls sideways. */
  readonly sticky?: boolean;
  /** A CSS grid track; `minmax(120px, 1fr)` unless given. */
  readonly track?: string;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly DataColumn<Row>[];
  rowKey(row: Row): string;
  readonly sortBy?: { id: string; desc: boolean };
  readonly maxHeight?: number;
  /** Remembers the chosen columns under this name. */
  readonly remembered?: string;
  /** Puts the buttons into the head of the panel above, which must have none of its own. */
  readonly toolsAbove?: boolean;
}

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() });
const ROW_HEIGHT = 32;

/** The table. */
export function DataTable<Row extends object>({
  label,
  rows,
  columns,
  rowKey,
  sortBy,
  maxHeight = 480,
  remembered,
  toolsAbove = false,
}: DataTableProps<Row>) {
  const { t } = useTranslation();
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(
      columns.map((column) =>
        helper.accessor((row: Row) => column.value(row), {
          id: column.id,
          header: column.header,
          sortFn: (a, b, id) => compareCells(a.getValue(id), b.getValue(id)),
          sortDescFirst: column.numeric === true,
        }),
      ),
    );
  }, [columns]);
  const chosen = recall<Record<string, Record<string, boolean>>>('table-columns', {});
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    initialState: { sorting: sortBy ? [sortBy] : [], columnVisibility: remembered === undefined ? {} : (chosen[remembered] ?? {}) },
  });
  const visible = table.getVisibleLeafColumns();
  const shown = visible.map((column) => columns.find(({ id }) => id === column.id)).filter((column) => column !== undefined);
  const sorted = table.getRowModel().rows;
  const { columnVisibility } = table.state;
  useEffect(() => {
    if (remembered !== undefined) remember('table-columns', { ...recall<object>('table-columns', {}), [remembered]: columnVisibility });
  }, [remembered, columnVisibility]);

  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const [active, setActive] = useState({ row: 0, column: 0 });
  const tracks = shown.map((column) => column.track ?? 'minmax(120px, 1fr)').join(' ');
  const style = { gridTemplateColumns: tracks };
  const clipboard = useClipboard({ timeout: 1600 });

  const cellAt = (place: string) => scroller.current?.querySelector<HTMLElement>(`[data-cell="${place}"]`);
  // The cell to be focused once it is drawn; the latest wish counts when keys come faster than frames.
  const wanted = useRef<string | undefined>(undefined);
  const focusCell = (row: number, column: number) => {
    setActive({ row, column });
    virtualizer.scrollToIndex(row);
    wanted.current = `${row}-${column}`;
    // Most often it is there already.
    cellAt(wanted.current)?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      if (wanted.current !== undefined) cellAt(wanted.current)?.focus();
      wanted.current = undefined;
    });
  };
  const onKey = (event: KeyboardEvent) => {
    const row = sorted[active.row]?.original;
    const column = shown[active.column];
    const moves: Record<string, [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [10, 0],
      PageUp: [-10, 0],
    };
    const move = moves[event.key];
    if (move) focusCell(clamp(active.row + move[0], sorted.length), clamp(active.column + move[1], shown.length));
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && row && column && getSelection()?.isCollapsed !== false) {
      clipboard.copy(event.shiftKey ? rowText(row, shown) : String(column.value(row)));
    } else return;
    event.preventDefault();
  };
  const copyActive = () => {
    const row = sorted[active.row]?.original;
    if (row) clipboard.copy(rowText(row, shown));
  };
  return (
    <div>
      <div className={classes['tools']} data-above={toolsAbove || undefined}>
        <Tooltip label={clipboard.copied ? t('action.copied') : t('table.copyRow')}>
          <ActionIcon aria-label={clipboard.copied ? t('action.copied') : t('table.copyRow')} onClick={copyActive}>
            {clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
        <Menu closeOnItemClick={false} position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('table.columns')}>
              <IconColumns3 size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('table.columns')}</Menu.Label>
            {table.getAllLeafColumns().map((column) => (
              <Menu.CheckboxItem
                key={column.id}
                checked={column.getIsVisible()}
                disabled={column.getIsVisible() && visible.length === 1}
                onChange={() => column.toggleVisibility()}
              >
                {columns.find(({ id }) => id === column.id)?.header}
              </Menu.CheckboxItem>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div ref={scroller} className={classes['scroller']} style={{ maxHeight }}>
        <div role="grid" tabIndex={-1} aria-label={label} aria-rowcount={sorted.length + 1} className={classes['grid']} onKeyDown={onKey}>
          <div role="row" aria-rowindex={1} className={classes['head']} style={style}>
            {shown.map((column) => {
              const direction = table.getColumn(column.id)?.getIsSorted() ?? false;
              const Arrow = direction === 'asc' ? IconChevronUp : IconChevronDown;
              return (
                <div
                  key={column.id}
                  role="columnheader"
                  aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
                  data-numeric={column.numeric || undefined}
                  data-mono={column.mono || undefined}
                  data-sticky={column.sticky || undefined}
                >
                  <button type="button" onClick={() => table.getColumn(column.id)?.toggleSorting()}>
                    {column.header}
                    <Arrow size={13} aria-hidden style={{ opacity: direction === false ? 0 : 1 }} />
                  </button>
                </div>
              );
            })}
          </div>
          <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
            {virtualizer.getVirtualItems().map((item) => {
              const row = sorted[item.index];
              if (row === undefined) return null;
              return (
                <div
                  key={row.id}
                  role="row"
                  aria-rowindex={item.index + 2}
                  className={classes['row']}
                  data-active={item.index === active.row || undefined}
                  style={{ ...style, height: ROW_HEIGHT, transform: `translateY(${item.start}px)` }}
                >
                  {shown.map((column, index) => (
                    <div
                      key={column.id}
                      role="gridcell"
                      data-cell={`${item.index}-${index}`}
                      data-numeric={column.numeric || undefined}
                      data-mono={column.mono || undefined}
                      data-sticky={column.sticky || undefined}
                      tabIndex={item.index === active.row && index === active.column ? 0 : -1}
                      onFocus={() => setActive({ row: item.index, column: index })}
                      title={column.render ? undefined : String(column.value(row.original))}
                    >
                      {column.render ? column.render(row.original) : column.value(row.original)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), Math.max(length - 1, 0));
}

function compareCells(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function rowText<Row>(row: Row, columns: readonly DataColumn<Row>[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((column) => [column.id, column.value(row)])));
}
