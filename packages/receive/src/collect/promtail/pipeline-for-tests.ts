/** Pipelines in tests: stages as YAML, lines in, entries out. */

import { ManualClock } from '@atalaya/model';
import type { ConfigWarning } from '../../scrape-config/cursor.ts';
import type { CollectedEntry, EntryPipeline } from '../entry.ts';
import { StageMetrics } from './metrics/stage-metrics.ts';
import { parsePromtailConfig } from './parse.ts';

/** 2026-01-10T12:00:00Z. */
export const START = Date.UTC(2026, 0, 10, 12);

/** A line, or one with labels or a time of its own. */
export type LineIn = string | { readonly line: string; readonly labels?: Readonly<Record<string, string>>; readonly timestamp?: bigint };

/** An entry that came out. */
export interface LineOut {
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  /** As `2026-01-10T12:00:00.000000000Z`. */
  readonly time: string;
}

export interface PipelineForTests {
  readonly pipeline: EntryPipeline;
  readonly clock: ManualClock;
  readonly metrics: StageMetrics;
  readonly warnings: readonly ConfigWarning[];
  readonly out: LineOut[];
  /** Sends lines through, each one nanosecond after the one before. */
  send(...lines: readonly LineIn[]): void;
  flush(): void;
}

/** Makes a pipeline of `pipeline_stages` written as YAML. @throws AtalayaError BAD_CONFIG */
export function makePipeline(stages: string, random?: () => number): PipelineForTests {
  const clock = new ManualClock(START);
  const metrics = new StageMetrics(clock);
  const text = `scrape_configs:\n- job_name: test\n  journal: {}\n  pipeline_stages:\n${stages.replaceAll(/^/gm, '  ')}\n`;
  const { config, warnings } = parsePromtailConfig(text, {
    file: 'promtail.yml',
    directory: '/',
    clock,
    metrics,
    ...(random === undefined ? {} : { random }),
  });
  const pipeline = config.jobs[0]?.pipeline();
  if (pipeline === undefined) throw new Error('no job');
  const out: LineOut[] = [];
  let sequence = 0n;
  const emit = ({ line, labels, attributes, timestamp }: CollectedEntry): void => {
    out.push({ line, labels: Object.fromEntries(labels), attributes: Object.fromEntries(attributes), time: timeText(timestamp) });
  };
  return {
    pipeline,
    clock,
    metrics,
    warnings,
    out,
    send(...lines) {
      for (const given of lines) {
        const { line, labels = { job: 'test' }, timestamp } = typeof given === 'string' ? { line: given } : given;
        const at = timestamp ?? BigInt(clock.now()) * 1_000_000n + sequence++;
        pipeline.process({ line, labels: new Map(Object.entries(labels)), attributes: new Map(), timestamp: at }, emit);
      }
    },
    flush: () => pipeline.flush(emit),
  };
}

/** What comes out of a pipeline for one line; `undefined` when it is dropped. */
export function runLine(stages: string, line: LineIn): LineOut | undefined {
  const run = makePipeline(stages);
  run.send(line);
  run.flush();
  return run.out[0];
}

function timeText(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}
