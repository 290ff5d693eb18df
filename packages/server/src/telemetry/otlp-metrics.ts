/** What the program measures of OTLP: requests, failures and records of each signal. */

import { Counter, type Registry } from 'prom-client';
import type { OtlpStats } from '@atalaya/receive';

/** Registers the instruments; readings are by signal. */
export function registerOtlpMetrics(registry: Registry, readings: () => Readonly<Record<string, OtlpStats>>): void {
  const registers = [registry];
  new Counter({
    name: 'atalaya_otlp_requests_total',
    help: 'Requests by OTLP, by signal and by how they came.',
    labelNames: ['signal', 'transport'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { requests }] of Object.entries(readings())) {
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
      for (const [signal, { failedRequests }] of Object.entries(readings())) this.inc({ signal }, failedRequests);
    },
  });
  new Counter({
    name: 'atalaya_otlp_records_total',
    help: 'Log records, spans and data points in requests by OTLP.',
    labelNames: ['signal'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { records }] of Object.entries(readings())) this.inc({ signal }, records);
    },
  });
  new Counter({
    name: 'atalaya_otlp_records_refused_total',
    help: 'Records in requests by OTLP that were refused, by reason.',
    labelNames: ['signal', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [signal, { refused }] of Object.entries(readings())) {
        for (const [reason, count] of Object.entries(refused)) this.inc({ signal, reason }, count);
      }
    },
  });
}
