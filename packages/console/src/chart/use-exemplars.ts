/** The exemplars of a chart's queries, and whether they are shown. */

import { keepPreviousData, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

import { type Exemplar, exemplarsQuery, onTheAxis } from '../data/exemplars.ts';
import { recall, remember } from '../data/remembered.ts';
import { refetchAfter } from '../live/queries.ts';
import { useRange } from '../live/range.tsx';

const NONE: readonly Exemplar[] = [];

/** Exemplars as a chart takes them. */
export interface ShownExemplars {
  /** None while they are switched off. */
  readonly exemplars: readonly Exemplar[];
  /** Their values are on the chart's axis. */
  readonly onAxis: boolean;
  /** There are some, shown or not. */
  readonly any: boolean;
  readonly shown: boolean;
  toggle(): void;
}

/** Asks for the exemplars of some expressions. A failure is silent: the chart is what was asked for. */
export function useExemplars(expressions: readonly string[]): ShownExemplars {
  const { range, refreshMs } = useRange();
  const [shown, setShown] = useState(() => !recall('exemplars-hidden', false));
  const combine = useCallback((results: UseQueryResult<readonly Exemplar[]>[]): readonly Exemplar[] => {
    const all = results.flatMap(({ data }) => data ?? []);
    return all.length === 0 ? NONE : all;
  }, []);
  const found = useQueries({
    queries: expressions.map((expression) => ({
      ...exemplarsQuery(expression, range, Date.now),
      placeholderData: keepPreviousData,
      refetchInterval: refetchAfter(refreshMs),
    })),
    combine,
  });
  return {
    exemplars: shown ? found : NONE,
    onAxis: expressions.length > 0 && expressions.every(onTheAxis),
    any: found.length > 0,
    shown,
    toggle() {
      remember('exemplars-hidden', shown);
      setShown(!shown);
    },
  };
}
