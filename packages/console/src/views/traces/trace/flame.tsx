/** The flame graph: equal calls piled up by the way to them, each as wide as the time that was spent in it and below it. */

import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type FlameBox, flameBoxes } from '../../../data/traces/flame.ts';
import { useFormat } from '../../../format/use-format.ts';
import { Panel } from '../../../parts/panel.tsx';
import classes from './flame.module.css';
import type { TraceState } from './use-trace.ts';

const ROW = 22;
/** Boxes that would be narrower are left out, pixels. */
const LEAST = 1;
/** Names need so much room. */
const NAMED = 34;

interface FlameProps {
  readonly state: TraceState;
  colourOf(service: string): string;
}

/** The graph. A click, or Enter, looks closer at a box; the box at the bottom of the way back leads to its span. */
export function FlameGraph({ state, colourOf }: FlameProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const boxes = useMemo(() => flameBoxes(state.tree), [state.tree]);
  const [base, setBase] = useState(0);
  const [active, setActive] = useState(0);
  const { ref, width } = useElementSize();
  const graph = useRef<HTMLDivElement>(null);
  const below = boxes[base] as FlameBox;
  const whole = boxes[0] as FlameBox;
  const scale = below.weight === 0 ? 0 : width / below.weight;
  const shown = useMemo(() => {
    const inside = new Set<number>();
    return boxes.filter((box) => {
      // What is above a box that is looked at stays as the way back.
      const within = box.index === base || inside.has(box.parent);
      if (within) inside.add(box.index);
      return within && (box.weight * scale >= LEAST || box.index === base);
    });
  }, [boxes, base, scale]);
  const wayBack: FlameBox[] = [];
  for (let at = below.parent; at >= 0; at = (boxes[at] as FlameBox).parent) wayBack.unshift(boxes[at] as FlameBox);
  const rows = wayBack.length + Math.max(...shown.map(({ depth }) => depth - below.depth + 1));

  const nameOf = (box: FlameBox) => (box.index === 0 ? t('trace.flame.whole') : box.name);
  const time = (nanoseconds: number) => formats.value(nanoseconds / 1e9, 'seconds');
  const said = (box: FlameBox) =>
    box.index === 0
      ? `${t('trace.flame.whole')}, ${time(box.weight)}`
      : t('trace.flame.box', {
          name: box.name,
          service: box.service,
          calls: t('trace.flame.calls', { count: box.count, calls: formats.integer(box.count) }),
          weight: time(box.weight),
          share: formats.value(box.weight / Math.max(whole.weight, 1), 'ratio'),
          self: time(box.self),
        });
  const focus = (index: number) => {
    setActive(index);
    requestAnimationFrame(() => graph.current?.querySelector<HTMLElement>(`[data-box="${index}"]`)?.focus());
  };
  const look = (index: number) => {
    setBase(index);
    focus(index);
  };
  const onKey = (event: KeyboardEvent) => {
    const box = boxes[active];
    if (box === undefined) return;
    const beside = shown.filter(({ depth, index }) => depth === box.depth && index !== base).sort((a, b) => a.offset - b.offset);
    const at = beside.findIndex(({ index }) => index === active);
    const to: Record<string, number | undefined> = {
      ArrowUp: box.parent >= 0 ? box.parent : undefined,
      ArrowDown: shown.filter(({ parent }) => parent === active).sort((a, b) => a.offset - b.offset)[0]?.index,
      ArrowLeft: beside[at - 1]?.index,
      ArrowRight: beside[at + 1]?.index,
    };
    if (event.key in to) {
      const next = to[event.key];
      if (next !== undefined) focus(next);
    } else if (event.key === 'Escape' && base !== 0) look(0);
    else return;
    event.preventDefault();
  };
  const chosen = boxes[active] as FlameBox;
  return (
    <Panel
      title={t('trace.flame.title')}
      note={t('trace.flame.note')}
      actions={
        base === 0 ? undefined : (
          <Button variant="default" size="compact-xs" onClick={() => look(0)}>
            {t('trace.flame.zoomOut')}
          </Button>
        )
      }
    >
      <p className={classes['chosen']} role="status">
        <span>{said(chosen)}</span>
        {chosen.index === 0 ? null : (
          <Button variant="subtle" size="compact-xs" onClick={() => state.reveal(chosen.place)}>
            {t('trace.flame.toSpan')}
          </Button>
        )}
      </p>
      <div ref={ref}>
        <div
          ref={graph}
          role="tree"
          tabIndex={-1}
          aria-label={`${t('trace.flame.title')}. ${t('trace.flame.keys')}`}
          className={classes['graph']}
          style={{ height: rows * ROW }}
          onKeyDown={onKey}
        >
          {[...wayBack, ...shown].map((box) => {
            const back = box.depth < below.depth;
            const left = back ? 0 : (box.offset - below.offset) * scale;
            const wide = back ? width : Math.min(box.weight * scale, width - left);
            return (
              <button
                key={box.index}
                type="button"
                role="treeitem"
                aria-level={box.depth + 1}
                aria-selected={box.index === active}
                data-box={box.index}
                data-back={back || undefined}
                data-bad={box.errors > 0 || undefined}
                tabIndex={box.index === active ? 0 : -1}
                aria-label={said(box)}
                className={classes['box']}
                style={{
                  top: (back ? box.depth : wayBack.length + box.depth - below.depth) * ROW,
                  left,
                  width: Math.max(wide - 1, 1),
                  ...(box.index === 0 ? {} : { ['--own' as string]: colourOf(box.service) }),
                }}
                onMouseEnter={() => setActive(box.index)}
                onFocus={() => setActive(box.index)}
                onClick={() => look(box.index)}
              >
                {wide < NAMED ? null : (
                  <span data-bad={box.errors > 0 || undefined} data-calls={box.count > 1 ? ` ×${formats.integer(box.count)}` : ''}>
                    {nameOf(box)}
                  </span>
                )}
              </button>
            );
          })}
        </div>
      </div>
    </Panel>
  );
}
