/** Room `receive`: every way in: scrapes, remote write, the host. Turns what arrives into journal records. */

export type { MetricAppender, MetricWriter, MetricWriterStats, RejectReason, SampleOutcome, SeriesRef } from './metric-writer.ts';
