/** A receiver of OTLP metrics with a journal that remembers, for tests: described as OTLP's JSON, sent either way. */

import { Buffer } from 'node:buffer';
import { formatLabels, ManualClock, silentLogger } from '@atalaya/model';
import { createMetricWriter } from '../../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../../metrics/limits.ts';
import { RecordingJournal } from '../../metrics/recording-journal.ts';
import { textAttribute } from '../encode-for-tests.ts';
import { encodeMetrics, type TestMetricsRequest, type TestOtlpMetric } from './encode-for-tests.ts';
import { createOtlpMetrics } from './otlp-metrics.ts';
import type { PointLimits } from './reasons.ts';
import { DEFAULT_OTLP_TRANSLATION, type OtlpTranslation } from './translation.ts';

export const NOW = Date.UTC(2026, 0, 15);
export const CUMULATIVE = 2;
export const DELTA = 1;
export type Way = 'protobuf' | 'json';
export const WAYS: Way[] = ['protobuf', 'json'];

/** Nanoseconds of so many seconds after NOW. */
export const at = (seconds: number): string => `${NOW + seconds * 1000}000000`;

/** A request with the metrics of one service, called `shop`. */
export function ofShop(...metrics: TestOtlpMetric[]): TestMetricsRequest {
  return { resourceMetrics: [{ resource: { attributes: [textAttribute('service.name', 'shop')] }, scopeMetrics: [{ metrics }] }] };
}

export interface Partial {
  rejected: number;
  message: string;
}

/** Starts one. */
export function startMetrics({
  limits = {},
  translation = {},
  convertDelta = true,
}: {
  limits?: { [Name in keyof PointLimits]?: number };
  translation?: { [Name in keyof OtlpTranslation]?: OtlpTranslation[Name] };
  convertDelta?: boolean;
} = {}) {
  const journal = new RecordingJournal();
  const clock = new ManualClock(NOW);
  const allLimits = { ...DEFAULT_METRIC_LIMITS, deltaSeries: 1000, ...limits };
  const writer = createMetricWriter({ journal, clock, limits: allLimits });
  let wanted: OtlpTranslation = { ...DEFAULT_OTLP_TRANSLATION, ...translation };
  const receiver = createOtlpMetrics({
    writer,
    clock,
    log: silentLogger,
    convertDelta,
    translation: () => wanted,
    limits: { bodyBytes: 32 << 20, ...allLimits },
  });
  const post = (way: Way, body: Uint8Array) =>
    receiver.handle({ contentType: way === 'json' ? 'application/json' : 'application/x-protobuf', contentEncoding: undefined, body });
  return {
    journal,
    clock,
    writer,
    receiver,
    post,
    translate: (changes: { [Name in keyof OtlpTranslation]?: OtlpTranslation[Name] }) => {
      wanted = { ...wanted, ...changes };
    },
    /** Sends a request, which must not fail as a whole; gives how many points were refused, and why. */
    send: async (way: Way, request: TestMetricsRequest): Promise<Partial | undefined> => {
      const before = receiver.stats().refused;
      const answer = await post(way, way === 'json' ? Buffer.from(JSON.stringify(request)) : encodeMetrics(request));
      if (answer.status !== 200) throw new Error(`${answer.status} ${Buffer.from(answer.body).toString('latin1')}`);
      const text = Buffer.from(answer.body).toString('utf8');
      const after = receiver.stats().refused;
      const rejected = Object.entries(after).reduce((sum, [reason, count]) => sum + count - (before[reason] ?? 0), 0);
      return text === '' || text === '{}' ? undefined : { rejected, message: text };
    },
    /** Native histograms by series, in the order in which they came. */
    histograms: () => {
      const names = new Map<string, string>();
      return journal.batches.flatMap((_, batch) => {
        for (const [fingerprint, labels] of journal.definedSeries(batch)) names.set(fingerprint, formatLabels(labels));
        return journal
          .histograms(batch)
          .map(({ fingerprint, timestamp, histogram }) => ({ series: names.get(fingerprint), timestamp, histogram }));
      });
    },
  };
}
