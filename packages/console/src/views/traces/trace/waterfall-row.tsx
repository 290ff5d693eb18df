/** A row of the waterfall: a span's name at its depth, and its bar. */

import { IconChevronRight, IconClockExclamation, IconUnlink } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { TraceSpan } from '../../../data/traces/span.ts';
import type { Oddity } from '../../../data/traces/tree.ts';
import { type Part, stretchesOnScreen } from '../../../data/traces/view.ts';
import { useFormat } from '../../../format/use-format.ts';
import { SeverityIcon } from '../../../parts/severity.tsx';
import classes from './waterfall.module.css';

interface WaterfallRowProps {
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly place: number;
  readonly span: TraceSpan;
  readonly start: number;
  readonly depth: number;
  /** How many spans are below it. */
  readonly below: number;
  readonly folded: boolean;
  readonly dimmed: boolean;
  readonly found: boolean;
  readonly chosen: boolean;
  readonly focusable: boolean;
  readonly oddity: Oddity | undefined;
  /** Stretches of its own time, and those in which it is on the critical path. */
  readonly self: readonly number[];
  readonly critical: readonly number[];
  readonly part: Part;
  /** Of the timeline, pixels. */
  readonly width: number;
  readonly colour: string;
}

const BAR_HEIGHT = 13;
/** Deep spans would leave no room for their names: so many levels are indented. */
const MOST_INDENT = 14;
const INDENT = 13;

/** The row. Drawn anew only when something about it changes. */
export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { index, top, height, place, span, start, depth, below, folded, dimmed, found, chosen, focusable, oddity, critical } = props;
  const { t } = useTranslation();
  const formats = useFormat();
  const duration = formats.value(span.duration / 1e9, 'seconds');
  const failed = span.status === 'error';
  const said = [
    t('trace.rowName', { service: span.origin.service, name: span.name, duration, start: formats.value(start / 1e9, 'seconds') }),
    ...(failed ? [t('trace.rowError')] : []),
    ...(critical.length > 0 ? [t('trace.rowCritical')] : []),
    ...(oddity === 'skew' ? [t('trace.rowSkew')] : []),
    ...(oddity === 'missing-parent' ? [t('trace.rowOrphan')] : []),
    ...(below > 0 ? [t('trace.below', { count: below, spans: formats.integer(below) })] : []),
  ].join(', ');
  return (
    <div
      role="row"
      tabIndex={focusable ? 0 : -1}
      className={classes['row']}
      data-span={place}
      data-failed={failed || undefined}
      data-dimmed={dimmed || undefined}
      data-found={found || undefined}
      aria-label={said}
      aria-level={depth + 1}
      aria-rowindex={index + 1}
      aria-expanded={below > 0 ? !folded : undefined}
      aria-selected={chosen}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className={classes['name']} style={{ paddingLeft: 6 + Math.min(depth, MOST_INDENT) * INDENT }}>
        {below > 0 ? (
          <span className={classes['fold']} data-fold aria-hidden>
            <IconChevronRight size={13} />
          </span>
        ) : (
          <span className={classes['leaf']} aria-hidden />
        )}
        <i className={classes['mark']} style={{ background: props.colour }} aria-hidden />
        {failed ? <SeverityIcon severity="critical" size={14} /> : null}
        {oddity === 'skew' ? <IconClockExclamation size={14} className={classes['odd']} aria-hidden /> : null}
        {oddity === 'missing-parent' ? <IconUnlink size={14} className={classes['odd']} aria-hidden /> : null}
        <span className={classes['text']} title={`${span.origin.service} · ${span.name}`}>
          <b>{span.origin.service}</b> {span.name}
        </span>
        {folded ? <span className={classes['count']}>+{formats.integer(below)}</span> : null}
      </div>
      <div role="gridcell" className={classes['bars']}>
        <Bar {...props} duration={duration} />
      </div>
    </div>
  );
});

/** The bar: pale for the whole span, full where no child ran, underlined where the trace waited for it; its events are small marks. */
function Bar({ span, start, self, critical, part, width, colour, duration }: WaterfallRowProps & { duration: string }) {
  if (width === 0) return null;
  const scale = width / (part.to - part.from);
  const left = (start - part.from) * scale;
  const right = (start + span.duration - part.from) * scale;
  if (right < -1 || left > width + 1) return null;
  const x = Math.max(left, 0);
  const length = Math.max(Math.min(right, width) - x, 2);
  const path = (stretches: readonly number[], top: number, bottom: number) => {
    const drawn = stretchesOnScreen(stretches, part, width);
    let text = '';
    for (let i = 0; i < drawn.length; i += 2) {
      const [from, wide] = [(drawn[i] as number).toFixed(1), Math.max(drawn[i + 1] as number, 1).toFixed(1)];
      text += `M${from} ${top}h${wide}v${bottom - top}h-${wide}z`;
    }
    return text;
  };
  const shift = start - span.start;
  const labelRight = x + length;
  const fitsRight = labelRight < width - 62;
  return (
    <>
      <svg width={width} height={BAR_HEIGHT + 4} className={classes['bar']} aria-hidden>
        <rect x={x} y={0} width={length} height={BAR_HEIGHT} rx={2} fill={colour} opacity={0.34} />
        <path d={path(self, 0, BAR_HEIGHT)} fill={colour} />
        {critical.length === 0 ? null : <path d={path(critical, BAR_HEIGHT + 1, BAR_HEIGHT + 4)} className={classes['critical']} />}
        {span.events.map((event, i) => (
          <circle key={i} cx={(event.time + shift - part.from) * scale} cy={BAR_HEIGHT / 2} r={2.4} className={classes['event']} />
        ))}
      </svg>
      <span
        className={classes['duration']}
        data-inside={(!fitsRight && x < 62) || undefined}
        style={fitsRight ? { left: labelRight + 5 } : x >= 62 ? { right: width - x + 5 } : { right: 5 }}
      >
        {duration}
      </span>
    </>
  );
}
