/** Client of the scrape targets, and the list that the targets page shows. */

import { requestJson } from './http.ts';
import { type LabelRecord, unwrap } from './prometheus.ts';

/** A target as the API sends it; durations in seconds, `lastScrape` in RFC 3339 (year 1 when never). */
export interface Target {
  readonly discoveredLabels: LabelRecord;
  readonly labels: LabelRecord;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  readonly lastError: string;
  readonly lastScrape: string;
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

/** A discovered target that relabelling threw out. */
export interface DroppedTarget {
  readonly discoveredLabels: LabelRecord;
  readonly scrapePool?: string;
}

/** All targets. */
export interface Targets {
  readonly activeTargets: readonly Target[];
  readonly droppedTargets: readonly DroppedTarget[];
  /** How many were dropped by pool; the list itself may be cut short. */
  readonly droppedTargetCounts?: Readonly<Record<string, number>>;
}

/** Query key and function of all targets. */
export const targetsQuery = {
  queryKey: ['targets'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => unwrap<Targets>(await requestJson('/api/v1/targets', { signal })).data,
};

/** What a target can be filtered by. */
export type TargetState = Target['health'];

/** How many targets are in which state. */
export type TargetCounts = Readonly<Record<TargetState | 'all', number>>;

/** Counts targets by state. */
export function countTargets(targets: readonly Target[]): TargetCounts {
  const counts = { all: targets.length, up: 0, down: 0, unknown: 0 };
  for (const target of targets) counts[target.health] += 1;
  return counts;
}

/** A scrape pool (a job of the configuration) with those of its targets that pass the filter. */
export interface TargetPool {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly counts: TargetCounts;
}

const STATE_ORDER: Record<TargetState, number> = { down: 0, unknown: 1, up: 2 };

/**
 * Pools in order of trouble, then name; in each, targets in trouble first. `text` matches address, labels, pool and
 * error, without regard to case, every word somewhere. Pools with nothing left are not in the list.
 */
export function targetPools(targets: readonly Target[], state: TargetState | undefined, text: string): TargetPool[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const byPool = Map.groupBy(targets, (target) => target.scrapePool);
  const pools: TargetPool[] = [];
  for (const [name, all] of byPool) {
    const shown = all
      .filter((target) => state === undefined || target.health === state)
      .filter((target) => words.length === 0 || matchesWords(target, words))
      .sort((a, b) => STATE_ORDER[a.health] - STATE_ORDER[b.health] || a.scrapeUrl.localeCompare(b.scrapeUrl));
    if (shown.length > 0) pools.push({ name, targets: shown, counts: countTargets(all) });
  }
  return pools.sort((a, b) => Number(b.counts.down > 0) - Number(a.counts.down > 0) || a.name.localeCompare(b.name));
}

function matchesWords(target: Target, words: readonly string[]): boolean {
  const labels = Object.entries(target.labels).map(([name, value]) => `${name}=${value}`);
  const haystack = [target.scrapePool, target.scrapeUrl, target.lastError, ...labels].join('\n').toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/** When the target was last scraped, epoch milliseconds; `undefined` when never. */
export function lastScrapeTime(target: Target): number | undefined {
  const time = Date.parse(target.lastScrape);
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

/** A name for the target that people recognise: its instance, else its address. */
export function targetName(target: Target): string {
  return target.labels['instance'] ?? target.scrapeUrl;
}
