/** Groups of series, as aggregations form them by their labels. */

import type { Aggregation } from '@atalaya/lang';
import { type Labels, METRIC_NAME } from '@atalaya/model';
import { dropLabels, keepLabels, labelsKey, valuesKey } from './series.ts';

/** Which group each series belongs to, and the groups' labels in the order of their first series. */
export interface Grouping {
  readonly labels: readonly Labels[];
  /** The group's number by series. */
  readonly of: Int32Array;
}

/** Groups series by `by` or `without`. Computed once for all steps. */
export function groupSeries(series: readonly Labels[], { without, grouping }: Pick<Aggregation, 'without' | 'grouping'>): Grouping {
  const groups = new Map<string, number>();
  const labels: Labels[] = [];
  const of = new Int32Array(series.length);
  const names = new Set(grouping);
  const ordered = [...names].sort();
  if (without) names.add(METRIC_NAME);
  for (const [index, set] of series.entries()) {
    const own = without ? dropLabels(set, names) : undefined;
    const key = own === undefined ? valuesKey(set, ordered) : labelsKey(own);
    let group = groups.get(key);
    if (group === undefined) {
      group = labels.length;
      groups.set(key, group);
      labels.push(own ?? keepLabels(set, names));
    }
    of[index] = group;
  }
  return { labels, of };
}

/** The series of each group. */
export function membersOf({ labels, of }: Grouping): number[][] {
  const members: number[][] = labels.map(() => []);
  for (const [series, group] of of.entries()) (members[group] as number[]).push(series);
  return members;
}
