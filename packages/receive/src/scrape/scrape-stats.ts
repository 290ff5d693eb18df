/** What scraping has done since the start, for the program's own metrics. */

import type { RejectReason } from '../metric-writer.ts';
import type { ScrapeCounts } from './scrape-counts.ts';

/** Running totals, shared by all loops. */
export class ScrapeTotals {
  scrapes = 0;
  failures = 0;
  /** Beats at which no scrape began because the one before was not done. */
  missed = 0;
  samples = 0;
  duplicates = 0;
  exemplars = 0;
  exemplarsRefused = 0;
  staleMarkers = 0;
  commitFailures = 0;
  discoveryFailures = 0;
  refused: Partial<Record<RejectReason, number>> = {};
  /** The error that was logged last, so that a lasting one is logged once. Emptied when a scrape is written. */
  lastCommitError = '';

  /** Takes in one scrape. */
  count(counts: ScrapeCounts, failure: string | undefined): void {
    this.scrapes++;
    if (failure !== undefined) {
      this.failures++;
      return;
    }
    this.samples += counts.scraped;
    this.duplicates += counts.duplicates;
    this.exemplars += counts.exemplars;
    this.exemplarsRefused += counts.exemplarsRefused;
    for (const [reason, count] of Object.entries(counts.refused) as [RejectReason, number][]) {
      this.refused[reason] = (this.refused[reason] ?? 0) + count;
    }
  }
}

/** A snapshot of the totals and of what is scraped now. */
export interface ScrapeStats {
  /** Targets by job and health. */
  readonly targets: readonly { readonly job: string; readonly up: number; readonly down: number; readonly unknown: number }[];
  readonly scrapes: number;
  readonly failures: number;
  readonly missed: number;
  readonly samples: number;
  readonly duplicates: number;
  readonly exemplars: number;
  readonly exemplarsRefused: number;
  readonly staleMarkers: number;
  readonly commitFailures: number;
  readonly discoveryFailures: number;
  /** Samples of scrapes that the writer did not take, by reason. */
  readonly refused: Readonly<Partial<Record<RejectReason, number>>>;
  /** Lines in the targets' caches and the memory of these, bytes. */
  readonly cachedLines: number;
  readonly cacheBytes: number;
}
