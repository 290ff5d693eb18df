/** Every receiver that requests over HTTP and gRPC are handed to. */

import type { Clock, Logger } from '@atalaya/model';
import {
  createLokiPush,
  createOtlpLogs,
  createOtlpMetrics,
  createOtlpTraces,
  createRemoteWrite,
  type LogWriter,
  type LokiPush,
  type OtlpMetrics,
  type OtlpMetricsOptions,
  type RemoteWrite,
  createZipkin,
  type SpanWriter,
  type Zipkin,
} from '@atalaya/receive';
import type { OtlpReceivers } from './otlp-signals.ts';
import { metricLimits } from './writer-limits.ts';
import type { Settings } from './settings/table.ts';

/** By protocol. */
export interface Receivers {
  readonly remoteWrite: RemoteWrite;
  readonly lokiPush: LokiPush;
  readonly zipkin: Zipkin;
  readonly otlp: OtlpReceivers & { readonly metrics: OtlpMetrics };
}

/** What receivers write with. */
export interface ReceiverOptions {
  readonly writer: OtlpMetricsOptions['writer'];
  readonly logWriter: LogWriter;
  readonly spanWriter: SpanWriter;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Logger;
  /** How OTLP's names become those of Prometheus, as its configuration has it now. */
  readonly translation: OtlpMetricsOptions['translation'];
}

/** Makes them. */
export function createReceivers({ writer, logWriter, spanWriter, settings, clock, log, translation }: ReceiverOptions): Receivers {
  const bodyBytes = settings['limits.body'];
  const common = { clock, log, limits: { bodyBytes } };
  return {
    remoteWrite: createRemoteWrite({ writer, clock, log, limits: { bodyBytes, decompressedBytes: bodyBytes } }),
    lokiPush: createLokiPush({ writer: logWriter, ...common }),
    zipkin: createZipkin({ writer: spanWriter, ...common }),
    otlp: {
      logs: createOtlpLogs({ writer: logWriter, ...common }),
      metrics: createOtlpMetrics({
        writer,
        clock,
        log,
        limits: { bodyBytes, ...metricLimits(settings), deltaSeries: settings['limits.delta_series'] },
        convertDelta: settings['otlp.convert_delta'],
        translation,
      }),
      traces: createOtlpTraces({ writer: spanWriter, ...common }),
    },
  };
}
