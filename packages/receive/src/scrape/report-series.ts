/** The series that every scrape leaves about itself. */

import { type Labels, labelsOf, labelsToRecord, METRIC_NAME } from '@atalaya/model';
import type { MetricAppender, SeriesRef } from '../metric-writer.ts';

const NAMES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const;

/** Values of one scrape's report, in the order of the names above. */
export interface ScrapeReport {
  readonly up: boolean;
  readonly durationSeconds: number;
  readonly scraped: number;
  readonly kept: number;
  readonly added: number;
}

/** Writes the report series of one target. */
export class ReportSeries {
  readonly #labels: Labels[];
  #refs: (SeriesRef | undefined)[] = [];

  constructor(targetLabels: Labels) {
    this.#labels = NAMES.map((name) => labelsOf({ ...labelsToRecord(targetLabels), [METRIC_NAME]: name }));
  }

  /** Series that have been written. */
  live(): SeriesRef[] {
    return this.#refs.filter((ref) => ref !== undefined);
  }

  /** Forgets all refs, for when they may have become invalid (see SeriesRef). */
  forget(): void {
    this.#refs = [];
  }

  append(appender: MetricAppender, timestamp: number, report: ScrapeReport): void {
    const values = [report.up ? 1 : 0, report.durationSeconds, report.scraped, report.kept, report.added];
    values.forEach((value, index) => {
      const ref = this.#refs[index] ?? appender.series(this.#labels[index] as Labels);
      if (typeof ref !== 'number') return;
      this.#refs[index] = ref;
      appender.sample(ref, timestamp, value);
    });
  }
}
