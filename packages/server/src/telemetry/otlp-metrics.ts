/** What the program measures of OTLP: requests, failures and records of each signal. */

import type { DeltaStats, OtlpStats } from '@atalaya/receive';
import type { Registry } from 'prom-client';
import { instrumentsOf } from './instruments.ts';

/** What is read for them. */
interface OtlpReadings {
  /** By signal. */
  readonly otlp: Readonly<Record<string, OtlpStats>>;
  readonly otlpDeltas: DeltaStats;
}

/** Registers the instruments. */
export function registerOtlpMetrics(registry: Registry, readings: () => OtlpReadings): void {
  const { counter, gauge, labelledCounter } = instrumentsOf(registry, readings);
  gauge('atalaya_otlp_delta_series', 'Series of delta temporality whose totals are in memory.', (now) => now.otlpDeltas.series);
  counter(
    'atalaya_otlp_delta_gaps_total',
    'Data points of delta temporality that began later than the ones before them ended: what was measured between never arrived.',
    (now) => now.otlpDeltas.gaps,
  );
  labelledCounter(
    ['signal', 'transport'],
    'atalaya_otlp_requests_total',
    'Requests by OTLP, by signal and by how they came.',
    ({ otlp }, add) => {
      for (const [signal, { requests }] of Object.entries(otlp)) {
        for (const [transport, count] of Object.entries(requests)) add({ signal, transport }, count);
      }
    },
  );
  labelledCounter(['signal'], 'atalaya_otlp_requests_failed_total', 'Requests by OTLP that were refused as a whole.', ({ otlp }, add) => {
    for (const [signal, { failedRequests }] of Object.entries(otlp)) add({ signal }, failedRequests);
  });
  labelledCounter(['signal'], 'atalaya_otlp_records_total', 'Log records, spans and data points in requests by OTLP.', ({ otlp }, add) => {
    for (const [signal, { records }] of Object.entries(otlp)) add({ signal }, records);
  });
  labelledCounter(
    ['signal', 'reason'],
    'atalaya_otlp_records_refused_total',
    'Records in requests by OTLP that were refused, by reason.',
    ({ otlp }, add) => {
      for (const [signal, { refused }] of Object.entries(otlp)) {
        for (const [reason, count] of Object.entries(refused)) add({ signal, reason }, count);
      }
    },
  );
}
