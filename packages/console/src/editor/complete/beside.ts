/** Where the documentation of a completion stands: beside the list where there is room, else under or over it, never on it. */

import type { Rect } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';

const GAP = 4;
const LEAST_WIDTH = 260;
const MOST_WIDTH = 360;

/** The place of the card, relative to the list. */
export function besideList(_view: EditorView, list: Rect, _option: Rect, card: Rect, space: Rect): { style: string } {
  const right = space.right - list.right;
  const left = list.left - space.left;
  const height = Math.min(card.bottom - card.top, space.bottom - space.top);
  if (Math.max(right, left) >= LEAST_WIDTH + GAP) {
    const toRight = right >= Math.min(MOST_WIDTH, LEAST_WIDTH) + GAP;
    const width = Math.min(MOST_WIDTH, (toRight ? right : left) - GAP);
    // Moved up when it would end below the window.
    const up = Math.max(0, list.top + height - space.bottom);
    return { style: `${toRight ? 'left' : 'right'}: calc(100% + ${GAP}px); top: ${-up}px; max-width: ${width}px` };
  }
  const below = space.bottom - list.bottom >= height + GAP;
  const width = Math.min(MOST_WIDTH, space.right - list.left);
  return { style: `left: 0; ${below ? 'top' : 'bottom'}: calc(100% + ${GAP}px); max-width: ${width}px` };
}
