/** Client of what log lines are collected from on the server's host. */

import type { LogTargets } from '@atalaya/model';

import { requestJson } from '../http.ts';

/** Query key and function of all of them. */
export const logTargetsQuery = {
  queryKey: ['logs', 'targets'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    ((await requestJson('/api/atalaya/log-targets', { signal })) as LogTargets).targets,
};

/** Something that lines are collected from. */
export type LogTarget = LogTargets['targets'][number];

const ORDER: Record<LogTarget['state'], number> = { failed: 0, waiting: 1, reading: 2, done: 3 };

/** Those in trouble first, then those that bring most. */
export function sortedLogTargets(targets: readonly LogTarget[]): LogTarget[] {
  return targets.toSorted((a, b) => ORDER[a.state] - ORDER[b.state] || b.lines - a.lines || (a.name < b.name ? -1 : 1));
}

/** Lines of a target that were refused for good. */
export function rejectedLines({ rejected }: LogTarget): number {
  return Object.values(rejected).reduce((sum, count) => sum + count, 0);
}

/** The query for the lines of a target; `undefined` while it has no labels. */
export function linesOfTarget({ labels }: LogTarget): string | undefined {
  const pairs = Object.entries(labels).filter(([name, value]) => !name.startsWith('__') && value !== '');
  if (pairs.length === 0) return undefined;
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
