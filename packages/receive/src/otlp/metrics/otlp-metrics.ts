/** The receiver of OTLP metrics. */

import { createOtlpReceiver, type OtlpOptions, type OtlpReceiver } from '../otlp-receiver.ts';
import { MetricIntake, type MetricIntakeOptions } from './metric-intake.ts';
import { walkMetricsJson } from './metrics-json.ts';
import { walkMetricsProtobuf } from './metrics-protobuf.ts';
import { PointTaker } from './point-taker.ts';
import { explainRefusal, type PointLimits, type PointRejectReason } from './reasons.ts';

/** What the receiver is made of; limits are those of the writer, and how many series with deltas there may be. */
export interface OtlpMetricsOptions extends Omit<OtlpOptions, 'limits'>, Omit<MetricIntakeOptions, 'limits'> {
  readonly limits: OtlpOptions['limits'] & PointLimits;
}

/** What there is to tell of deltas. */
export interface DeltaStats {
  /** Series whose deltas are added up. */
  readonly series: number;
  /** Points that began later than the ones before them ended, since the start. */
  readonly gaps: number;
}

/** The receiver of OTLP metrics, as Prometheus' own receiver translates them. */
export interface OtlpMetrics extends OtlpReceiver {
  deltas(): DeltaStats;
  /** Forgets the totals of series that have been idle for an hour. Called by a timer. */
  evictIdle(): void;
}

/** Makes the receiver. */
export function createOtlpMetrics(options: OtlpMetricsOptions): OtlpMetrics {
  const { limits, clock } = options;
  const intake = new MetricIntake(options);
  const receiver = createOtlpReceiver<PointRejectReason, PointTaker>(
    {
      name: 'metrics',
      records: 'data points',
      rejectedField: 'rejectedDataPoints',
      explain: (reason) => explainRefusal(reason, limits),
      open: () => new PointTaker(intake),
      walkProtobuf: walkMetricsProtobuf,
      walkJson: walkMetricsJson,
    },
    options,
  );
  return {
    ...receiver,
    deltas: () => ({ series: intake.deltas.size, gaps: intake.deltas.gaps }),
    evictIdle: () => intake.deltas.evictIdle(clock.now()),
  };
}
