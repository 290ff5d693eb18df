/** The state of all targets as `/api/v1/targets` and `/api/v1/scrape_pools` answer it. */

import { formatDuration, labelsToRecord } from '@atalaya/model';
import { hostname } from 'node:os';
import { redactUrls } from '../scrape-config/redact.ts';
import type { ScrapeLoop } from './scrape-loop.ts';

/** An active target, field by field as in Prometheus' API. */
export interface ActiveTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  /** The same for somebody on another machine: `localhost` replaced by this host's name. */
  readonly globalUrl: string;
  readonly lastError: string;
  /** RFC 3339; year 1 before the first scrape, as in Prometheus. */
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

/** All targets at one moment. */
export interface TargetsSnapshot {
  readonly activeTargets: readonly ActiveTarget[];
  readonly droppedTargets: readonly { readonly discoveredLabels: Readonly<Record<string, string>>; readonly scrapePool: string }[];
  /** How many targets each pool has dropped, also those beyond `keep_dropped_targets`. */
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
  /** Names of all pools, those of built-in targets included. */
  readonly scrapePools: readonly string[];
}

const NEVER = '0001-01-01T00:00:00Z';

/** One loop as an active target. */
export function activeTarget(pool: string, loop: ScrapeLoop): ActiveTarget {
  const { target, status } = loop;
  const scrapeUrl = redactUrls(target.url);
  return {
    discoveredLabels: target.discoveredLabels,
    labels: labelsToRecord(target.labels),
    scrapePool: pool,
    scrapeUrl,
    globalUrl: scrapeUrl.replace(/^(https?:\/\/)(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/, `$1${hostname()}`),
    lastError: redactUrls(status.lastError),
    lastScrape: status.lastScrape === undefined ? NEVER : new Date(status.lastScrape).toISOString(),
    lastScrapeDuration: status.lastDurationSeconds,
    health: status.health,
    scrapeInterval: formatDuration(target.intervalMs),
    scrapeTimeout: formatDuration(target.timeoutMs),
  };
}
