/** Dragging over a stretch of time: what is dragged over while it lasts, and the part that was meant when it ends. */

import { type PointerEvent, useState } from 'react';

import { draggedPart, type Part } from '../../../data/traces/view.ts';

/** Below this a drag is a click, pixels. */
const LEAST = 4;

/** Handlers for an element that shows `shown` from its left to its right edge. */
export function useDragPart(shown: Part, duration: number, onPart: (part: Part) => void) {
  const [drag, setDrag] = useState<{ from: number; to: number; x: number } | undefined>(undefined);
  const timeOf = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return shown.from + ((event.clientX - left) / width) * (shown.to - shown.from);
  };
  return {
    dragged: drag === undefined ? undefined : draggedPart(drag.from, drag.to, duration),
    handlers: {
      onPointerDown(event: PointerEvent) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = timeOf(event);
        setDrag({ from: at, to: at, x: event.clientX });
      },
      onPointerMove(event: PointerEvent) {
        if (drag !== undefined) setDrag({ ...drag, to: timeOf(event) });
      },
      onPointerUp(event: PointerEvent) {
        if (drag === undefined) return;
        setDrag(undefined);
        if (Math.abs(event.clientX - drag.x) >= LEAST) onPart(draggedPart(drag.from, timeOf(event), duration));
      },
      onPointerCancel: () => setDrag(undefined),
    },
  };
}
