/** What is already journaled of metrics' types and help texts, so that unchanged metadata is not written with every scrape. */

import type { MetadataEntry } from '@atalaya/journal';

/** Enough for any honest set of metric names; beyond it the memory starts anew, which costs a repetition only. */
const MOST_METRICS = 50_000;
/** After this long everything is said again, in case the store has dropped what nobody used. */
const SAID_AGAIN_SECONDS = 3600;

/** Metadata by metric name, as last journaled. */
export class KnownMetadata {
  readonly #byMetric = new Map<string, MetadataEntry>();
  #since: number;

  constructor(seconds: number) {
    this.#since = seconds;
  }

  has([metric, type, help, unit]: MetadataEntry): boolean {
    const known = this.#byMetric.get(metric);
    return known !== undefined && known[1] === type && known[2] === help && known[3] === unit;
  }

  /** Remembers what has been journaled. */
  add(entries: readonly MetadataEntry[]): void {
    for (const entry of entries) {
      if (this.#byMetric.size >= MOST_METRICS) this.#byMetric.clear();
      this.#byMetric.set(entry[0], entry);
    }
  }

  forget(): void {
    this.#byMetric.clear();
  }

  forgetOld(seconds: number): void {
    if (seconds - this.#since < SAID_AGAIN_SECONDS) return;
    this.#since = seconds;
    this.#byMetric.clear();
  }
}

/** A description of at most `most` characters; what is left out is marked. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
