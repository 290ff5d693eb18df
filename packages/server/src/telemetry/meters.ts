/** Reads the running counters once a second, so that pages can show rates. */

import type { Clock } from '@atalaya/model';
import type { MetricWriter } from '@atalaya/receive';
import { RateMeter } from './rate-meter.ts';

const EVERY_MS = 1000;

/** Rates over the last seconds: samples per second, CPU seconds per second. */
export interface Meters {
  readonly throughput: RateMeter;
  readonly cpu: { readonly main: RateMeter; readonly engine: RateMeter };
  /** When a sample was last accepted, milliseconds since the epoch. */
  lastEnqueueAt(): number | undefined;
  stop(): void;
}

/** CPU time of this process, seconds. */
export function processCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Starts reading. */
export function startMeters(sources: {
  readonly clock: Clock;
  readonly writer: MetricWriter;
  readonly engine: { readonly report: { readonly cpuSeconds: number } | undefined };
}): Meters {
  const { clock, writer, engine } = sources;
  const throughput = new RateMeter();
  const cpu = { main: new RateMeter(), engine: new RateMeter() };
  let lastWritten = 0;
  let lastAt: number | undefined;
  const read = (): void => {
    const at = clock.monotonic();
    const { samplesWritten } = writer.stats();
    if (samplesWritten > lastWritten) lastAt = clock.now();
    lastWritten = samplesWritten;
    throughput.read(at, samplesWritten);
    cpu.main.read(at, processCpuSeconds());
    if (engine.report !== undefined) cpu.engine.read(at, engine.report.cpuSeconds);
  };
  read();
  const timer = clock.every(EVERY_MS, read);
  return { throughput, cpu, lastEnqueueAt: () => lastAt, stop: () => timer.cancel() };
}
