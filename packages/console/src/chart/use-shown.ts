/** Which series of a chart are drawn: a click isolates one, with Ctrl or Shift it switches one. */

import { useMemo, useState } from 'react';

import type { Frame } from '../data/series.ts';

/** The next set of hidden series after a click on one. */
export function clickSeries(hidden: ReadonlySet<string>, ids: readonly string[], id: string, add: boolean): Set<string> {
  const next = new Set(hidden);
  if (add) {
    if (!next.delete(id)) next.add(id);
    return next.size >= ids.length ? new Set() : next;
  }
  const isolated = !hidden.has(id) && ids.every((other) => other === id || hidden.has(other));
  return isolated ? new Set() : new Set(ids.filter((other) => other !== id));
}

/** The flags for a chart and what a click in its legend does. */
export function useShown(frame: Frame) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set());
  const shown = useMemo(() => frame.series.map((series) => !hidden.has(series.id)), [frame, hidden]);
  const click = (id: string, add: boolean) => {
    const ids = frame.series.map((series) => series.id);
    setHidden((before) => clickSeries(before, ids, id, add));
  };
  return { shown, click };
}
