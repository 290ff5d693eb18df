/** The script target that needs nothing else: engine and samples in memory, answers through the encoder. */

import { AtalayaError, type CancelSignal, type Labels, ManualClock, writeStaleMarker } from '@atalaya/model';
import type { PromqlFeature } from '@atalaya/lang';
import { createMemoryReader, createPromqlEngine, encodeAnswer, type MemorySeries } from '@atalaya/query';
import type { ApiData, Reply, Target } from './run-script.ts';
import type { LoadCommand, Point } from './script.ts';

/** A signal that never fires. */
export const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

export const GENEROUS_LIMITS = { series: 10_000, samples: 10_000_000, points: 11_000, timeMs: 60_000 };

/** A target with an empty memory, its engine with the feature flags that a script asks for. */
export function createMemoryTarget(features?: ReadonlySet<PromqlFeature>): Target {
  const stored = new Map<string, { labels: Labels; points: Map<number, Exclude<Point, undefined>> }>();
  const series = {
    *[Symbol.iterator](): Iterator<MemorySeries> {
      for (const { labels, points } of stored.values()) yield columnsOf(labels, points);
    },
  };
  const engine = createPromqlEngine(createMemoryReader(series), {
    lookbackMs: 300_000,
    limits: GENEROUS_LIMITS,
    clock: new ManualClock(),
    ...(features === undefined ? {} : { features }),
  });
  return {
    clear() {
      stored.clear();
      return Promise.resolve();
    },
    load({ stepMs, series: lines }: LoadCommand) {
      for (const { labels, points } of lines) {
        const key = labels.join('\u0000');
        const target = stored.get(key) ?? { labels, points: new Map() };
        stored.set(key, target);
        for (const [index, point] of points.entries()) if (point !== undefined) target.points.set(index * stepMs, point);
      }
      return Promise.resolve();
    },
    async ask({ query, startMs, endMs, stepMs }): Promise<Reply> {
      try {
        const answer =
          stepMs === 0
            ? await engine.instant({ query, timeMs: startMs }, NEVER)
            : await engine.range({ query, startMs, endMs, stepMs }, NEVER);
        const text = new TextDecoder().decode(encodeAnswer(answer));
        const body = JSON.parse(text) as { data: ApiData; warnings?: string[]; infos?: string[] };
        return { data: body.data, warnings: body.warnings ?? [], infos: body.infos ?? [] };
      } catch (error) {
        if (!(error instanceof AtalayaError)) throw error;
        return { error: error.message };
      }
    },
  };
}

function columnsOf(labels: Labels, points: ReadonlyMap<number, Exclude<Point, undefined>>): MemorySeries {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const values = new Float64Array(sorted.length);
  for (const [index, [, point]] of sorted.entries()) {
    if (point === 'stale') writeStaleMarker(values, index);
    else values[index] = point;
  }
  return { labels, timestamps: Float64Array.from(sorted, ([time]) => time), values };
}
