/** What the metric writer accepts: the numbers behind every refusal, and their defaults. */

/** Limits of the metrics path. Counts are per process; `Infinity` switches a limit off. */
export interface MetricLimits {
  /** Active series (used within the last hour). When reached only new series are refused. */
  readonly series: number;
  /** Labels of one series, the metric name included. */
  readonly labels: number;
  /** UTF-8 bytes of a label name. */
  readonly labelNameBytes: number;
  /** UTF-8 bytes of a label value. */
  readonly labelValueBytes: number;
  /** Buckets of one native histogram; the bounds of one with custom buckets are as many at most. */
  readonly histogramBuckets: number;
  /** How much older than the newest sample of its series a sample may be, milliseconds. */
  readonly outOfOrderWindowMs: number;
  /** How much older than now a sample may be, milliseconds: what the store would drop at once is refused. */
  readonly retentionMs: number;
  /** How far ahead of this machine's clock a sample may be, milliseconds. */
  readonly maxFutureMs: number;
}

/** Limits that suit one machine and a few hundred targets. */
export const DEFAULT_METRIC_LIMITS: MetricLimits = {
  series: 1_000_000,
  labels: 64,
  labelNameBytes: 1024,
  labelValueBytes: 16 * 1024,
  histogramBuckets: 4096,
  outOfOrderWindowMs: Infinity,
  retentionMs: 15 * 24 * 3_600_000,
  maxFutureMs: 10 * 60_000,
};
