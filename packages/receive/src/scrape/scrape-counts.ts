/** What one scrape held, and what became of it. */

import type { RejectReason } from '../metric-writer.ts';

/** Counts of one scrape. */
export interface ScrapeCounts {
  /** Samples in the body. */
  scraped: number;
  /** Samples left after metric relabelling. */
  kept: number;
  /** Series that the scrape before did not have. */
  added: number;
  /** Samples whose series was in the body already. */
  duplicates: number;
  /** Samples that the writer did not take, by reason. */
  refused: Partial<Record<RejectReason, number>>;
  /** Exemplars of samples that were kept. */
  exemplars: number;
  /** Exemplars that the writer did not take. */
  exemplarsRefused: number;
}

/** Counts to begin with. */
export function noCounts(): ScrapeCounts {
  return { scraped: 0, kept: 0, added: 0, duplicates: 0, refused: {}, exemplars: 0, exemplarsRefused: 0 };
}
