/** The whole trace in little: every span a line of its service's colour. Dragging over it looks closer. */

import { Button, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { TraceSpan } from '../../../data/traces/span.ts';
import { isWhole, movedPart } from '../../../data/traces/view.ts';
import { useFormat } from '../../../format/use-format.ts';
import classes from './trace.module.css';
import { useDragPart } from './use-drag-part.ts';
import type { TraceState } from './use-trace.ts';

const HEIGHT = 56;

interface OverviewProps {
  readonly state: TraceState;
  colourOf(service: string): string;
}

/** The overview. */
export function Overview({ state, colourOf }: OverviewProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const scheme = useComputedColorScheme('light');
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { tree, part, setPart } = state;
  const whole = { from: 0, to: Math.max(tree.duration, 1) };
  const drag = useDragPart(whole, tree.duration, setPart);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context == null || width === 0) return;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = HEIGHT * ratio;
    context.scale(ratio, ratio);
    const style = getComputedStyle(element);
    const bad = style.getPropertyValue('--at-critical');
    const row = HEIGHT / tree.spans.length;
    const scale = width / Math.max(tree.duration, 1);
    const thick = Math.min(Math.max(row * 0.75, 1), 6);
    // Errors last, so that one among ten thousand is seen.
    for (const pass of [false, true]) {
      for (let place = 0; place < tree.spans.length; place += 1) {
        const span = tree.spans[place] as TraceSpan;
        if ((span.status === 'error') !== pass) continue;
        context.fillStyle = pass ? bad : colourOf(span.origin.service);
        context.fillRect(
          (tree.starts[place] as number) * scale,
          place * row,
          Math.max(span.duration * scale, pass ? 2 : 1),
          pass ? Math.max(thick, 2) : thick,
        );
      }
    }
  }, [tree, width, colourOf, scheme]);

  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowLeft: () => setPart(movedPart(part, tree.duration, 1, -0.2)),
      ArrowRight: () => setPart(movedPart(part, tree.duration, 1, 0.2)),
      '+': () => setPart(movedPart(part, tree.duration, 0.5)),
      '-': () => setPart(movedPart(part, tree.duration, 2)),
      Escape: () => setPart(whole),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    move();
    event.preventDefault();
  };
  const all = isWhole(part, tree.duration);
  const share = (time: number) => `${(time / whole.to) * 100}%`;
  const shown = drag.dragged ?? part;
  const told = (time: number) => formats.value(time / 1e9, 'seconds');
  const text = all ? t('trace.wholeShown') : t('trace.shownPart', { from: told(part.from), to: told(part.to) });
  return (
    <div className={classes['overview']}>
      <div
        ref={ref}
        className={classes['overviewMap']}
        style={{ height: HEIGHT }}
        tabIndex={0}
        role="slider"
        aria-label={`${t('trace.overview')}. ${t('trace.overviewHint')}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((part.from / whole.to) * 100)}
        aria-valuetext={text}
        title={t('trace.overviewHint')}
        onKeyDown={onKey}
        onDoubleClick={() => setPart(whole)}
        {...drag.handlers}
      >
        <canvas ref={canvas} style={{ width: '100%', height: HEIGHT }} aria-hidden />
        {all && drag.dragged === undefined ? null : (
          <>
            <span className={classes['veil']} style={{ left: 0, width: share(shown.from) }} />
            <span className={classes['veil']} style={{ left: share(shown.to), right: 0 }} />
            <span className={classes['frame']} style={{ left: share(shown.from), width: share(shown.to - shown.from) }} />
          </>
        )}
      </div>
      {all ? null : (
        <p className={classes['shownPart']}>
          <span role="status">{text}</span>
          <Button variant="subtle" size="compact-xs" onClick={() => setPart(whole)}>
            {t('trace.showWhole')}
          </Button>
        </p>
      )}
    </div>
  );
}
