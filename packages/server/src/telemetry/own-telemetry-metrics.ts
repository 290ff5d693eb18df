/** What the program measures of what it tells of itself: its own log and its own traces. */

import type { Registry } from 'prom-client';
import { instrumentsOf } from './instruments.ts';
import type { OwnLogStats } from './own-logs.ts';
import type { OwnTraceStats } from './own-traces/own-traces.ts';

/** What the instruments are read from when somebody asks for the metrics. */
export interface OwnTelemetryReadings {
  readonly ownLogs: OwnLogStats;
  readonly ownTraces: OwnTraceStats;
}

/** Registers the instruments. */
export function registerOwnTelemetryMetrics(registry: Registry, readings: () => OwnTelemetryReadings): void {
  const { counter, counterBy } = instrumentsOf(registry, readings);
  counterBy(
    'outcome',
    'atalaya_own_log_lines_total',
    'Lines of the own log by what became of them: written; dropped, as there was no room; suppressed, so that it does not feed on itself.',
    ({ ownLogs: { written, dropped, suppressed } }) => ({ written, dropped, suppressed }),
  );
  counterBy(
    'outcome',
    'atalaya_own_spans_total',
    'Spans of the own traces by what became of them: written; dropped, as there was no room or they were refused.',
    ({ ownTraces: { written, dropped } }) => ({ written, dropped }),
  );
  counter(
    'atalaya_own_traces_left_out_total',
    'Own traces that were not kept: there were enough of their kind.',
    (now) => now.ownTraces.leftOut,
  );
}
