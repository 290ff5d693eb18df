/** The signals of OTLP that are taken, and where: one line each. */

import type { OtlpReceiver, OtlpStats } from '@atalaya/receive';

/** Where a signal is taken. */
interface OtlpSignal {
  /** Paths of HTTP, and what is taken at each. */
  readonly paths: Readonly<Record<string, string>>;
  /** The method of gRPC. */
  readonly method: string;
}

/** By name. */
export const OTLP_SIGNALS = {
  logs: {
    paths: { '/v1/logs': 'OTLP logs in protobuf or JSON', '/otlp/v1/logs': 'OTLP logs where Loki has them' },
    method: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  },
  metrics: {
    paths: {
      '/v1/metrics': 'OTLP metrics in protobuf or JSON',
      '/api/v1/otlp/v1/metrics': 'OTLP metrics where Prometheus has them',
      '/otlp/v1/metrics': 'OTLP metrics where Mimir has them',
    },
    method: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  },
  traces: {
    paths: { '/v1/traces': 'OTLP traces in protobuf or JSON', '/otlp/v1/traces': 'OTLP traces beside the logs' },
    method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  },
} as const satisfies Record<string, OtlpSignal>;

/** Name of a signal. */
export type OtlpSignalName = keyof typeof OTLP_SIGNALS;

/** The receiver of each signal. */
export type OtlpReceivers = Readonly<Record<OtlpSignalName, OtlpReceiver>>;

/** Names and places of all signals. */
export const eachOtlpSignal = (): readonly [OtlpSignalName, OtlpSignal][] => Object.entries(OTLP_SIGNALS) as [OtlpSignalName, OtlpSignal][];

/** What each receiver has counted. */
export const otlpStats = (receivers: OtlpReceivers): Record<OtlpSignalName, OtlpStats> =>
  Object.fromEntries(eachOtlpSignal().map(([name]) => [name, receivers[name].stats()])) as Record<OtlpSignalName, OtlpStats>;
