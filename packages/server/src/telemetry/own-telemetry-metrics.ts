/** What the program measures of what it tells of itself: its own log and its own traces. */

import { Counter, type Registry } from 'prom-client';
import type { OwnLogStats } from './own-logs.ts';
import type { OwnTraceStats } from './own-traces/own-traces.ts';

/** What the instruments are read from when somebody asks for the metrics. */
export interface OwnTelemetryReadings {
  readonly ownLogs: OwnLogStats;
  readonly ownTraces: OwnTraceStats;
}

/** Registers the instruments. */
export function registerOwnTelemetryMetrics(registry: Registry, readings: () => OwnTelemetryReadings): void {
  const registers = [registry];
  new Counter({
    name: 'atalaya_own_log_lines_total',
    help: 'Lines of the own log by what became of them: written; dropped, as there was no room; suppressed, so that it does not feed on itself.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(readings().ownLogs)) this.inc({ outcome }, Number(count));
    },
  });
  new Counter({
    name: 'atalaya_own_spans_total',
    help: 'Spans of the own traces by what became of them: written; dropped, as there was no room or they were refused.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      const { written, dropped } = readings().ownTraces;
      this.inc({ outcome: 'written' }, written);
      this.inc({ outcome: 'dropped' }, dropped);
    },
  });
  new Counter({
    name: 'atalaya_own_traces_left_out_total',
    help: 'Own traces that were not kept: there were enough of their kind.',
    registers,
    collect() {
      this.reset();
      this.inc(readings().ownTraces.leftOut);
    },
  });
}
