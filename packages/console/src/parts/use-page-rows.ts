/** Rows of the page itself, scrolled with its window: only those in sight are drawn, however many there are. */

import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

interface PageRowsOptions {
  readonly count: number;
  /** In pixels; the height of a row that was not measured. */
  readonly rowHeight: number;
  /** So many rows out of sight are drawn on each side. */
  readonly overscan: number;
  /** What is sticky above and below the rows must not cover the one that is scrolled to. */
  readonly scrollPaddingStart?: number;
  readonly scrollPaddingEnd?: number;
  /** What a row keeps while others come before it; its index when not given. */
  keyOf?(index: number): number | string;
}

interface PageRows {
  /** For the element that holds the rows. */
  readonly grid: RefObject<HTMLDivElement | null>;
  readonly virtualizer: Virtualizer<Window, Element>;
  /** Where the rows begin on the page: what a row's `start` is to be lessened by. 0 until it is known. */
  readonly margin: number;
  /** Brings a row into sight and gives the focus to its element. */
  focusRow(index: number, selector: string): void;
}

/** The rows. */
export function usePageRows({
  count,
  rowHeight,
  overscan,
  scrollPaddingStart = 0,
  scrollPaddingEnd = 0,
  keyOf,
}: PageRowsOptions): PageRows {
  const grid = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: margin,
    scrollPaddingStart,
    scrollPaddingEnd,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });

  // Where the rows begin changes with what stands above them.
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return undefined;
    const measure = () => setMargin(Math.round(element.getBoundingClientRect().top + scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const focusRow = (index: number, selector: string) => {
    virtualizer.scrollToIndex(index, { align: 'auto' });
    const focus = () => grid.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    focus();
    // A row that was out of sight is there with the next picture.
    requestAnimationFrame(focus);
  };
  return { grid, virtualizer, margin, focusRow };
}
