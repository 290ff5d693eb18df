/** One line: when, how grave, the chosen columns, its text; and its fields when it is open. All of it is text, never markup. */

import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, type Ref } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldValue } from '../../data/logs/line-fields.ts';
import { markedParts, prettyJson, type Sought, withoutColours } from '../../data/logs/line-text.ts';
import type { LogLine } from '../../data/logs/line.ts';
import { formatMoment, momentParts } from '../../data/logs/nanoseconds.ts';
import { LevelMark } from './level-mark.tsx';
import { LineDetails } from './line-details.tsx';
import classes from './lines.module.css';
import type { Logs } from './use-logs.ts';

interface LineRowProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly index: number;
  readonly top: number;
  readonly line: LogLine;
  readonly lines: readonly LogLine[];
  readonly logs: Logs;
  readonly sought: readonly Sought[];
  /** Lines of several days stand together: the day is shown. */
  readonly days: boolean;
  readonly wrap: boolean;
  readonly pretty: boolean;
  readonly open: boolean;
  readonly focusable: boolean;
  readonly pointed: boolean;
}

/** Longer texts are cut in the list, and whole where the line is open. */
const CUT = 1200;
const CUT_WRAPPED = 8000;

/** The row, and the one of its fields. */
export function LineRow(props: LineRowProps) {
  const { ref, index, top, line, lines, logs, sought, days, wrap, pretty, open, focusable, pointed } = props;
  return (
    <div ref={ref} data-index={index} role="presentation" className={classes['item']} style={{ transform: `translateY(${top}px)` }}>
      <div
        role="row"
        aria-rowindex={index + 1}
        aria-expanded={open}
        data-line={line.id}
        data-level={line.level}
        data-pointed={pointed || undefined}
        tabIndex={focusable ? 0 : -1}
        className={classes['row']}
      >
        <span role="gridcell" className={classes['opener']}>
          <IconChevronRight size={13} aria-hidden />
        </span>
        <Moment time={line.time} logs={logs} days={days} />
        <span role="gridcell" className={classes['level']}>
          <LevelMark level={line.level} short />
        </span>
        {logs.columns.map((name) => (
          <span key={name} role="gridcell" className={classes['column']} title={name}>
            {fieldValue(line, name) ?? ''}
          </span>
        ))}
        <span role="gridcell" className={classes['text']}>
          <LineText text={line.text} sought={sought} wrap={wrap} pretty={pretty} />
        </span>
      </div>
      {open ? (
        <div role="row" className={classes['details']}>
          <div role="gridcell" aria-colspan={4 + logs.columns.length}>
            <LineDetails line={line} lines={lines} logs={logs} />
          </div>
        </div>
      ) : null}
    </div>
  );
}

function Moment({ time, logs, days }: { time: bigint; logs: Logs; days: boolean }) {
  const { day, clock, fraction } = momentParts(time, logs.zone);
  return (
    <span role="gridcell" className={classes['time']} title={formatMoment(time, logs.zone)}>
      {days ? `${day.slice(5)} ` : null}
      {clock}.{fraction.slice(0, 3)}
    </span>
  );
}

/** The text of a line with what is sought marked. */
export function LineText({ text, sought, wrap, pretty }: { text: string; sought: readonly Sought[]; wrap: boolean; pretty: boolean }) {
  const { t } = useTranslation();
  const shown = withoutColours((pretty ? prettyJson(text) : undefined) ?? text);
  const most = wrap || pretty ? CUT_WRAPPED : CUT;
  const cut = shown.length > most ? shown.slice(0, most) : shown;
  return (
    <>
      {cut === '' ? <i className="at-muted">{t('logs.emptyLine')}</i> : null}
      {markedParts(cut, sought).map((part, i) =>
        part.marked ? <mark key={i}>{part.text}</mark> : <Fragment key={i}>{part.text}</Fragment>,
      )}
      {cut === shown ? null : <i className="at-muted"> {t('logs.cut', { count: shown.length - most })}</i>}
    </>
  );
}
