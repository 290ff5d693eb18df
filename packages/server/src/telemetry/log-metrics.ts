/** What the program measures of log lines: how many come in, what becomes of them, who reads them. */

import type { Registry } from 'prom-client';
import type { LogState } from '../engine/log-contract.ts';
import { instrumentsOf } from './instruments.ts';

/** What the instruments are read from when somebody asks for the metrics. */
export interface LogReadings {
  readonly linesWritten: number;
  readonly bytesWritten: number;
  readonly linesTruncated: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly activeStreams: number;
  /** What the engine tells; undefined while it is away. */
  readonly state: LogState | undefined;
}

/** Registers the instruments. */
export function registerLogMetrics(registry: Registry, readings: () => LogReadings): void {
  const { counter, counterBy, gauge } = instrumentsOf(registry, readings);
  counter('atalaya_log_lines_written_total', 'Log lines accepted.', (now) => now.linesWritten);
  counter('atalaya_log_bytes_written_total', 'Bytes of the texts of accepted log lines.', (now) => now.bytesWritten);
  // The names by which dashboards for Loki know the same.
  counter('loki_distributor_lines_received_total', 'Log lines accepted, under the name that Loki has for it.', (now) => now.linesWritten);
  counter(
    'loki_distributor_bytes_received_total',
    'Bytes of accepted log lines, under the name that Loki has for it.',
    (now) => now.bytesWritten,
  );
  counter('atalaya_log_lines_truncated_total', 'Log lines that were too long and were cut.', (now) => now.linesTruncated);
  counter('atalaya_log_lines_repeated_total', 'Log lines left out because their sender repeated them.', (now) => now.state?.repeated ?? 0);
  gauge('atalaya_log_active_streams', 'Log streams written to within the last hour.', (now) => now.activeStreams);
  gauge('atalaya_log_stored_streams', 'Log streams in the store.', (now) => now.state?.streams ?? 0);
  gauge('atalaya_log_waiting_lines', 'Log lines taken in that are not in the table yet.', (now) => now.state?.waitingLines ?? 0);
  gauge('atalaya_log_queries_running', 'Queries about logs that run or wait for their turn.', (now) => now.state?.queriesRunning ?? 0);
  gauge('atalaya_log_tails_open', 'Log tails that are followed.', (now) => now.state?.tails ?? 0);
  counter(
    'atalaya_log_tail_lines_dropped_total',
    'Lines that a tail should have got and did not.',
    (now) => now.state?.tailLinesDropped ?? 0,
  );
  counterBy('reason', 'atalaya_log_lines_rejected_total', 'Log lines refused, by reason.', (now) => now.rejected);
}
