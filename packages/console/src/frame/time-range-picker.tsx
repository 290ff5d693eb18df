/** The choice of the time range: presets, any two moments, and steps back, forth and out. */

import { formatDuration } from '@atalaya/model';
import { ActionIcon, Button, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { formatTimePoint, isLive, parseTimePoint, PRESETS, presetOf, resolveRange, type TimeRangeText } from '../data/time-range.ts';
import { useFormat } from '../format/use-format.ts';
import { useNow } from '../live/now.ts';
import { useRange } from '../live/range.tsx';
import classes from './frame.module.css';
import picker from './time-range-picker.module.css';

/** A range in words: a preset's name, or both ends. */
function useRangeLabel(now: number): (range: TimeRangeText) => string {
  const { t } = useTranslation();
  const formats = useFormat();
  return (range) => {
    const preset = presetOf(range);
    if (preset !== undefined) return t(`range.last.${preset}`);
    const point = parseTimePoint(range.from);
    if (isLive(range) && point?.kind === 'ago') return t('range.lastAny', { duration: formatDuration(point.by) });
    const { start, end } = resolveRange(range, now);
    return t('range.between', { from: formats.moment(start), to: formats.moment(end) });
  };
}

/** The picker. */
export function TimeRangePicker() {
  const { t } = useTranslation();
  const formats = useFormat();
  const state = useRange();
  const now = useNow(60_000);
  const label = useRangeLabel(now);
  const [opened, setOpened] = useState(false);
  const choose = (range: TimeRangeText) => {
    state.setRange(range);
    setOpened(false);
  };
  const current = presetOf(state.range);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes['control']} onClick={() => setOpened(!opened)}>
          <IconClock size={15} aria-hidden />
          <span className="at-hidden">{t('range.label')}</span>
          {label(state.range)}
          <span className={classes['zone']}>{formats.zone(now)}</span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={picker['dropdown']} aria-label={t('range.label')}>
        <div className={picker['presets']}>
          {PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              className={picker['preset']}
              aria-pressed={preset === current}
              onClick={() => choose({ from: `now-${preset}`, to: 'now' })}
            >
              {t(`range.last.${preset}`)}
            </button>
          ))}
        </div>
        {opened ? <Absolute range={state.range} onApply={choose} /> : null}
        <Steps />
      </Popover.Dropdown>
    </Popover>
  );
}

function Absolute({ range, onApply }: { range: TimeRangeText; onApply(range: TimeRangeText): void }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const [from, setFrom] = useState(() => editable(range.from));
  const [to, setTo] = useState(() => editable(range.to));
  const first = parseTimePoint(from);
  const last = parseTimePoint(to);
  const [now] = useState(() => Date.now());
  const backwards = first !== undefined && last !== undefined && at(first, now) >= at(last, now);
  const invalid = first === undefined || last === undefined || backwards;
  return (
    <form
      className={picker['absolute']}
      onSubmit={(event) => {
        event.preventDefault();
        if (first && last && !backwards) onApply({ from: formatTimePoint(first), to: formatTimePoint(last) });
      }}
    >
      <TextInput
        size="xs"
        label={t('range.from')}
        value={from}
        error={first ? null : t('range.bad')}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={t('range.to')}
        value={to}
        error={last ? (backwards ? t('range.backwards') : null) : t('range.bad')}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" disabled={invalid}>
        {t('range.apply')}
      </Button>
      <p className={picker['hint']}>{t('range.hint', { zone: formats.zone(now) })}</p>
    </form>
  );
}

function Steps() {
  const { t } = useTranslation();
  const { range, setRange } = useRange();
  // The new range: both ends moved by so many lengths of the old one.
  const move = (byStart: number, byEnd: number) => {
    const now = Date.now();
    const { start, end } = resolveRange(range, now);
    const from = Math.round(start + byStart * (end - start));
    setRange({ from: String(from), to: String(Math.round(Math.min(end + byEnd * (end - start), Math.max(now, end)))) });
  };
  const steps = [
    { label: t('range.earlier'), icon: IconChevronLeft, act: () => move(-0.5, -0.5) },
    {
      label: t('range.zoomOut'),
      icon: IconZoomOut,
      act: () => move(-0.5, 0.5),
    },
    { label: t('range.later'), icon: IconChevronRight, act: () => move(0.5, 0.5) },
  ];
  return (
    <div className={picker['steps']}>
      {steps.map(({ label, icon: Icon, act }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon aria-label={label} onClick={act}>
            <Icon size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}

/** A point as it is edited: relative ones as they are, instants as local date and time. */
function editable(text: string): string {
  const point = parseTimePoint(text);
  if (point?.kind !== 'instant') return text;
  const local = new Date(point.at - new Date(point.at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

function at(point: NonNullable<ReturnType<typeof parseTimePoint>>, now: number): number {
  return point.kind === 'instant' ? point.at : now - point.by;
}
