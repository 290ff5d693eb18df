/** The plan of a query as a tree whose bars are a picture of its time: every step covers the steps that it is made of. */

import type { ExplainedNode } from '@atalaya/model';
import { IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { isFolded, type PlanRow, planRows, sourceKnown } from '../../../data/explain.ts';
import { useFormat } from '../../../format/use-format.ts';
import classes from './explain.module.css';
import { translateNote } from './notes.ts';

/** Operations that take no time worth showing. */
const CONSTANT = new Set(['number', 'text']);

/** A part of the query's text. */
interface Part {
  readonly start: number;
  readonly end: number;
}

interface PlanTreeProps {
  readonly plan: ExplainedNode;
  readonly label: string;
  /** Called with the part of the query that a step stands for while it is looked at. */
  onPoint(part: Part | undefined): void;
  /** Called when somebody wants to go there. */
  onOpen(part: Part): void;
}

/** The tree. Arrow keys walk, fold and unfold; Enter goes to the step's place in the query. */
export function PlanTree({ plan, label, onPoint, onOpen }: PlanTreeProps) {
  const { t } = useTranslation();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState('0');
  const tree = useRef<HTMLDivElement>(null);
  const all = planRows(plan);
  const rows = all.filter(({ id }) => !isFolded(id, folded));
  const total = all[0]?.whole ?? 0;

  const fold = (id: string, close: boolean) => {
    const next = new Set(folded);
    if (close) next.add(id);
    else next.delete(id);
    setFolded(next);
  };
  const focus = (id: string | undefined) => {
    if (id !== undefined) tree.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent, row: PlanRow) => {
    const at = rows.findIndex(({ id }) => id === row.id);
    const hasChildren = row.node.children.length > 0;
    switch (event.key) {
      case 'ArrowDown':
        focus(rows[at + 1]?.id);
        break;
      case 'ArrowUp':
        focus(rows[at - 1]?.id);
        break;
      case 'Home':
        focus(rows[0]?.id);
        break;
      case 'End':
        focus(rows.at(-1)?.id);
        break;
      case 'ArrowRight':
        if (hasChildren && folded.has(row.id)) fold(row.id, false);
        else if (hasChildren) focus(`${row.id}.0`);
        break;
      case 'ArrowLeft':
        if (hasChildren && !folded.has(row.id)) fold(row.id, true);
        else if (row.depth > 0) focus(row.id.slice(0, row.id.lastIndexOf('.')));
        break;
      case 'Enter':
        onOpen(row.node);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <section className={classes['plan']}>
      <div className={classes['planLegend']}>
        <h3>{t('explain.plan')}</h3>
        <span>
          <span className={classes['swatch']} data-bar="read" aria-hidden /> {t('explain.reading')}
        </span>
        <span>
          <span className={classes['swatch']} data-bar="computed" aria-hidden /> {t('explain.computing')}
        </span>
        <span>
          <span className={classes['swatch']} data-bar="below" aria-hidden /> {t('explain.below')}
        </span>
      </div>
      <div ref={tree} role="treegrid" tabIndex={-1} aria-label={label} className={classes['tree']} onMouseLeave={() => onPoint(undefined)}>
        <div role="row" className={classes['treeHead']}>
          {(['step', 'time', 'series', 'points', 'samplesRead'] as const).map((name) => (
            <span key={name} role="columnheader" data-numeric={name === 'step' || name === 'time' ? undefined : true}>
              {t(`explain.column.${name}`)}
            </span>
          ))}
        </div>
        {rows.map((row) => (
          <div
            key={row.id}
            role="row"
            data-row={row.id}
            tabIndex={row.id === active ? 0 : -1}
            aria-level={row.depth + 1}
            aria-expanded={row.node.children.length === 0 ? undefined : !folded.has(row.id)}
            className={[classes['treeRow'], CONSTANT.has(row.node.operation) ? classes['constant'] : ''].join(' ')}
            onMouseEnter={() => onPoint(row.node)}
            onFocus={() => {
              setActive(row.id);
              onPoint(row.node);
            }}
            onBlur={() => onPoint(undefined)}
            onKeyDown={(event) => onKey(event, row)}
          >
            <PlanRowCells row={row} total={total} folded={folded.has(row.id)} onFold={(close) => fold(row.id, close)} />
          </div>
        ))}
      </div>
    </section>
  );
}

interface CellsProps {
  readonly row: PlanRow;
  readonly total: number;
  readonly folded: boolean;
  onFold(close: boolean): void;
}

function PlanRowCells({ row, total, folded, onFold }: CellsProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { node, depth } = row;
  const { read } = node;
  // Computed as a part of the step above, or not reached: its numbers would be zeros that mean nothing.
  const idle = node.evaluations === 0 && row.read + row.computed === 0;
  const uncounted = node.evaluations === 0;
  return (
    <>
      <div role="gridcell" className={classes['step']} style={{ paddingLeft: depth * 16 }}>
        {node.children.length === 0 ? (
          <span className={classes['leaf']} aria-hidden />
        ) : (
          // For the pointer only: the row itself folds by keyboard, and tells it.
          <button type="button" tabIndex={-1} className={classes['fold']} aria-hidden onClick={() => onFold(!folded)}>
            <IconChevronRight size={14} data-open={!folded || undefined} />
          </button>
        )}
        <div className={classes['stepText']}>
          <code>{node.summary}</code> <OperationWord operation={node.operation} />
          {node.notes.map((note) => (
            <p key={note} className={classes['note']}>
              {translateNote(note, t)}
            </p>
          ))}
        </div>
      </div>
      <div role="gridcell" className={classes['time']}>
        <TimeBar row={row} total={total} />
        <span className="at-figures">{idle ? '–' : formats.value((row.read + row.computed) / 1000, 'seconds')}</span>
      </div>
      <div role="gridcell" data-numeric data-name={t('explain.column.series')}>
        {uncounted ? '–' : formats.value(node.series, 'count')}
      </div>
      <div role="gridcell" data-numeric data-name={t('explain.column.points')}>
        {uncounted ? '–' : formats.value(node.points, 'count')}
      </div>
      <div role="gridcell" data-numeric data-name={t('explain.column.samplesRead')}>
        {read === undefined ? (
          <span className="at-muted">–</span>
        ) : (
          <>
            {formats.value(read.samples, 'count')}
            <span className={classes['source']}>
              {sourceKnown(read) && read.rowsFromDisk === 0 ? t('explain.allInMemory') : null}
              {read.rowsFromDisk === 0
                ? null
                : t('explain.someFromDisk', { count: read.rowsFromDisk, rows: formats.value(read.rowsFromDisk, 'count') })}
            </span>
          </>
        )}
      </div>
    </>
  );
}

/** The kind of a step in a word. */
function OperationWord({ operation }: { operation: string }) {
  const { t } = useTranslation();
  const known = (['select', 'aggregate', 'call', 'binary', 'subquery', 'number', 'text', 'unary'] as const).find(
    (name) => name === operation,
  );
  return <span className={classes['operation']}>{known === undefined ? operation : t(`explain.operation.${known}`)}</span>;
}

/** The step's part of the whole time: pale what the steps below took, then what reading and computing took here. */
function TimeBar({ row, total }: { row: PlanRow; total: number }) {
  const percent = (value: number) => `${total === 0 ? 0 : (value / total) * 100}%`;
  const below = row.whole - row.read - row.computed;
  return (
    <div className={classes['bar']} aria-hidden>
      <div className={classes['barParts']} style={{ left: percent(row.from), width: percent(row.whole) }}>
        <div data-bar="below" style={{ flexGrow: below }} />
        <div data-bar="read" style={{ flexGrow: row.read }} />
        <div data-bar="computed" style={{ flexGrow: row.computed }} />
      </div>
    </div>
  );
}
