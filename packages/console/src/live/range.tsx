/** The time range and the refresh interval of the page, kept in the URL and shared by all that shows data. */

import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, type ReactNode, use, useMemo, useRef } from 'react';

import { sharedSearch } from '../data/search.ts';
import { statusQuery } from '../data/status.ts';
import {
  DEFAULT_RANGE,
  defaultRange,
  DEFAULT_REFRESH,
  isLive,
  REFRESH_INTERVALS,
  type RefreshName,
  resolveRange,
  type TimeRangeText,
} from '../data/time-range.ts';
import { useNow } from './now.ts';

/** What the range controls and the charts work with. */
export interface RangeState {
  readonly range: TimeRangeText;
  readonly refresh: RefreshName;
  /** Milliseconds between two questions; 0 when paused, or when the range lies in the past. */
  readonly refreshMs: number;
  /** Length of the range, milliseconds. */
  readonly span: number;
  setRange(range: TimeRangeText): void;
  setRefresh(refresh: RefreshName): void;
  /** Narrows the range to a part that was dragged over; {@link resetZoom} goes back. */
  zoom(start: number, end: number): void;
  resetZoom(): void;
}

const RangeContext = createContext<RangeState | undefined>(undefined);

/** Gives the range of the URL to all below. */
export function RangeProvider({ children }: { children: ReactNode }) {
  const search = sharedSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const before = useRef<TimeRangeText | undefined>(undefined);
  const refresh = search.refresh ?? DEFAULT_REFRESH;
  // Only a range from a fixed moment until now grows, and its length only matters for the step: a minute is fine enough.
  const now = useNow(60_000);
  // Only read here: the frame below asks for it.
  const status = useQuery({ ...statusQuery, enabled: false });
  const fallback = defaultRange(status.data?.storage.oldestSample, now);
  const from = search.from ?? fallback.from;
  const to = search.to ?? fallback.to;

  const state = useMemo((): RangeState => {
    const range = { from, to };
    const { start, end } = resolveRange(range, now);
    const write = (next: Record<string, unknown>) =>
      void navigate({ to: '.', search: ((old: Record<string, unknown>) => ({ ...old, ...next })) as never });
    const setRange = (next: TimeRangeText) => write({ from: next.from, to: next.to });
    return {
      range,
      refresh,
      refreshMs: isLive(range) ? REFRESH_INTERVALS[refresh] : 0,
      span: end - start,
      setRange(next) {
        before.current = undefined;
        setRange(next);
      },
      setRefresh: (next) => write({ refresh: next }),
      zoom(zoomStart, zoomEnd) {
        before.current ??= range;
        setRange({ from: String(Math.floor(zoomStart)), to: String(Math.ceil(zoomEnd)) });
      },
      resetZoom() {
        if (before.current !== undefined) setRange(before.current);
        else if (!isLive(range)) setRange(DEFAULT_RANGE);
        before.current = undefined;
      },
    };
  }, [from, to, refresh, now, navigate]);
  return <RangeContext value={state}>{children}</RangeContext>;
}

/** The page's range. */
export function useRange(): RangeState {
  const state = use(RangeContext);
  if (state === undefined) throw new Error('useRange needs a RangeProvider above it');
  return state;
}
