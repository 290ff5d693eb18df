/** What the program measures of OTLP: requests, failures and records of each signal. */

import { Counter, Gauge, type Registry } from 'prom-client';
import type { DeltaStats, OtlpStats } from '@atalaya/receive';

/** What is read for them. */
interface OtlpReadings {
  /** By signal. */
  readonly otlp: Readonly<Record<string, OtlpStats>>;
  readonly otlpDeltas: DeltaStats;
}

/** Registers the instruments. */
export function registerOtlpMetrics(registry: Registry, readings: () => OtlpReadings): void {
  const registers = [registry];
  new Gauge({
    name: 'atalaya_otlp_delta_series',
    help: 'Series of delta temporality whose totals are in memory.',
    registers,
    collect() {
      this.set(readings().otlpDeltas.series);
    },
  });
  new Counter({
    name: 'atalaya_otlp_delta_gaps_total',
    help: 'Data points of delta temporality that began later than the ones before them ended: what was measured between never arrived.',
    registers,
    collect() {
      this.reset();
      this.inc(readings().otlpDeltas.gaps);
    },
  });
  new Counter({
    name: 'atalaya_otlp_requests_total',
    help: 'Requests by OTLP, by signal and by how they came.',
    labelNames: ['signal', 'transport'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { requests }] of Object.entries(readings().otlp)) {
        for (const [transport, count] of Object.entries(requests)) this.inc({ signal, transport }, count);
      }
    },
  });
  new Counter({
    name: 'atalaya_otlp_requests_failed_total',
    help: 'Requests by OTLP that were refused as a whole.',
    labelNames: ['signal'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { failedRequests }] of Object.entries(readings().otlp)) this.inc({ signal }, failedRequests);
    },
  });
  new Counter({
    name: 'atalaya_otlp_records_total',
    help: 'Log records, spans and data points in requests by OTLP.',
    labelNames: ['signal'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { records }] of Object.entries(readings().otlp)) this.inc({ signal }, records);
    },
  });
  new Counter({
    name: 'atalaya_otlp_records_refused_total',
    help: 'Records in requests by OTLP that were refused, by reason.',
    labelNames: ['signal', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { refused }] of Object.entries(readings().otlp)) {
        for (const [reason, count] of Object.entries(refused)) this.inc({ signal, reason }, count);
      }
    },
  });
}
