/** The address of one line: the page as it is, at a fixed time around the line, with the line pointed at. */

import { useRouter } from '@tanstack/react-router';

import { lineReference, type LogLine } from '../../data/logs/line.ts';
import { toMilliseconds } from '../../data/logs/nanoseconds.ts';
import { isLive } from '../../data/time-range.ts';
import { useRange } from '../../live/range.tsx';

/** Of what came after a line, so much is in the range of its link. Milliseconds. */
const AFTER = 300_000;

/** The link. A range that moves with the clock is fixed, else the line would leave it. */
export function useLineLink(line: LogLine): string {
  const router = useRouter();
  const { range, span } = useRange();
  const at = toMilliseconds(line.time);
  const fixed = isLive(range) ? { from: String(Math.round(at - span)), to: String(at + AFTER) } : range;
  const { href } = router.buildLocation({
    to: '/logs',
    search: ((old: Record<string, unknown>) => ({ ...old, ...fixed, tail: undefined, tab: undefined, line: lineReference(line) })) as never,
  });
  return new URL(href, location.origin).href;
}
