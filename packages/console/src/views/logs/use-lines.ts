/** The list of lines of the page's question, read on as it is scrolled, with new lines looked for at the page's interval. */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';

import { readLineReference } from '../../data/logs/line.ts';
import { LineList, type LinesQuestion, type LinesState } from '../../data/logs/line-list.ts';
import { queryLines } from '../../data/logs/loki.ts';
import { isLive } from '../../data/time-range.ts';
import { useRange } from '../../live/range.tsx';
import type { Logs } from './use-logs.ts';

/** Makes a list for each question. */
export function useLines(logs: Logs): { list: LineList; state: LinesState } {
  const { query, url } = logs;
  const { range, refreshMs } = useRange();
  const { from, to } = range;
  const order = url.order ?? 'newest';
  const { line } = url;
  const list = useMemo(() => {
    const around = line === undefined ? undefined : readLineReference(line)?.time;
    const question: LinesQuestion = { query, range: { from, to }, order };
    return new LineList(around === undefined ? question : { ...question, around }, queryLines, Date.now);
  }, [query, from, to, order, line]);
  useEffect(() => {
    void list.begin();
    return () => list.close();
  }, [list]);
  const state = useSyncExternalStore(
    (listener) => list.subscribe(listener),
    () => list.state,
  );
  useQuery({
    queryKey: ['logs', 'fresh', query, from, to, order],
    queryFn: async () => {
      await list.poll();
      return list.state.fresh;
    },
    enabled: isLive(range) && state.phase !== 'loading',
    refetchInterval: refreshMs > 0 ? refreshMs : false,
    staleTime: Infinity,
  });
  return { list, state };
}
