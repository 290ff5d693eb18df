/** Moving and zooming a plane: by pointer, wheel, pinch, keys and buttons. The plane's transform is written past React: nothing is drawn anew. */

import { type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';

/** Size of what is on the plane, in its own pixels. */
export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/** What buttons and keys do with the plane. */
export interface Viewport {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly plane: RefObject<HTMLDivElement | null>;
  zoomBy(factor: number): void;
  panBy(x: number, y: number): void;
  /** Shows all of it. */
  fit(): void;
  /** Brings a point of the plane into the middle, if it is not in sight. */
  show(x: number, y: number, always?: boolean): void;
}

const LEAST = 0.12;
const MOST = 2.5;
/** At first nodes are large enough for a finger, even if not all are in sight. */
const LEAST_AT_FIRST = 0.42;
const MARGIN = 28;
/** Below this scale texts cannot be read: what is small is left out. */
const READABLE = 0.5;

/** The viewport; fits the plane into the stage at first, and again when the stage's size changes, until somebody moves it. */
export function useViewport({ width, height }: PlaneSize): Viewport {
  const stage = useRef<HTMLDivElement>(null);
  const plane = useRef<HTMLDivElement>(null);
  const at = useRef({ x: 0, y: 0, scale: 1, touched: false });
  const size = useRef({ width, height });

  const write = useCallback(() => {
    const { x, y, scale } = at.current;
    const element = plane.current;
    if (element === null) return;
    element.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    element.toggleAttribute('data-far', scale < READABLE);
    element.style.setProperty('--scale', String(scale));
  }, []);

  const acts = useMemo(() => {
    const zoomAt = (factor: number, px: number, py: number) => {
      const before = at.current;
      const scale = Math.min(Math.max(before.scale * factor, LEAST), MOST);
      const ratio = scale / before.scale;
      at.current = { x: px - (px - before.x) * ratio, y: py - (py - before.y) * ratio, scale, touched: true };
      write();
    };
    const fit = (least: number = LEAST) => {
      const box = stage.current;
      if (box === null || size.current.width === 0) return;
      const room = { width: box.clientWidth - 2 * MARGIN, height: box.clientHeight - 2 * MARGIN };
      const scale = Math.min(Math.max(Math.min(room.width / size.current.width, room.height / size.current.height), least), 1.15);
      at.current = {
        // What does not fit begins where the calls do.
        x: Math.max((box.clientWidth - size.current.width * scale) / 2, MARGIN),
        y: (box.clientHeight - size.current.height * scale) / 2,
        scale,
        touched: false,
      };
      write();
    };
    return {
      zoomAt,
      fit,
      zoomBy: (factor: number) => zoomAt(factor, (stage.current?.clientWidth ?? 0) / 2, (stage.current?.clientHeight ?? 0) / 2),
      panBy: (x: number, y: number) => {
        at.current = { ...at.current, x: at.current.x + x, y: at.current.y + y, touched: true };
        write();
      },
      show: (x: number, y: number, always = false) => {
        const box = stage.current;
        if (box === null) return;
        const scale = always ? Math.max(at.current.scale, 0.8) : at.current.scale;
        const [px, py] = [at.current.x + x * scale, at.current.y + y * scale];
        const inside = px > MARGIN && py > MARGIN && px < box.clientWidth - MARGIN && py < box.clientHeight - MARGIN;
        if (inside && !always) return;
        at.current = { x: box.clientWidth / 2 - x * scale, y: box.clientHeight / 2 - y * scale, scale, touched: true };
        write();
      },
    };
  }, [write]);

  useEffect(() => {
    size.current = { width, height };
    if (!at.current.touched) acts.fit(LEAST_AT_FIRST);
  }, [width, height, acts]);

  useEffect(() => {
    const box = stage.current;
    if (box === null) return undefined;
    const observer = new ResizeObserver(() => !at.current.touched && acts.fit(LEAST_AT_FIRST));
    observer.observe(box);
    const fingers = new Map<number, { x: number; y: number }>();
    const place = (event: MouseEvent) => {
      const { left, top } = box.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { x, y } = place(event);
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      acts.zoomAt(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), x, y);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button, [data-edge]'))) return;
      fingers.set(event.pointerId, place(event));
      box.setPointerCapture(event.pointerId);
      box.dataset['moving'] = '';
    };
    const move = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = place(event);
      fingers.set(event.pointerId, now);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (other === undefined) return acts.panBy(now.x - before.x, now.y - before.y);
      const ratio = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1);
      acts.zoomAt(ratio, (now.x + other.x) / 2, (now.y + other.y) / 2);
    };
    const up = (event: PointerEvent) => {
      fingers.delete(event.pointerId);
      if (fingers.size === 0) delete box.dataset['moving'];
    };
    // The browser scrolls what gets the focus into sight: that is our work.
    const scrolled = () => {
      acts.panBy(-box.scrollLeft, -box.scrollTop);
      box.scrollTo(0, 0);
    };
    box.addEventListener('wheel', wheel, { passive: false });
    box.addEventListener('pointerdown', down);
    box.addEventListener('pointermove', move);
    box.addEventListener('pointerup', up);
    box.addEventListener('pointercancel', up);
    box.addEventListener('scroll', scrolled);
    return () => {
      observer.disconnect();
      box.removeEventListener('wheel', wheel);
      box.removeEventListener('pointerdown', down);
      box.removeEventListener('pointermove', move);
      box.removeEventListener('pointerup', up);
      box.removeEventListener('pointercancel', up);
      box.removeEventListener('scroll', scrolled);
    };
  }, [acts]);

  return { stage, plane, zoomBy: acts.zoomBy, panBy: acts.panBy, fit: acts.fit, show: acts.show };
}
