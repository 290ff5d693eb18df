/** The script target that needs nothing else: engine and samples in memory, answers through the encoder. */

import {
  AtalayaError,
  type CancelSignal,
  type CounterResetHint,
  type Labels,
  ManualClock,
  type NativeHistogram,
  writeStaleMarker,
} from '@atalaya/model';
import type { PromqlFeature } from '@atalaya/lang';
import { createMemoryReader, createPromqlEngine, encodeAnswer, type MemorySeries, type QueryResult } from '@atalaya/query';
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
        return { data: body.data, warnings: body.warnings ?? [], infos: body.infos ?? [], hints: hintsOf(answer.result) };
      } catch (error) {
        if (!(error instanceof AtalayaError)) throw error;
        return { error: error.message };
      }
    },
  };
}

/** The reset hints of all histograms of an answer, which do not show in its JSON, in the order in which they stand there. */
function hintsOf(result: QueryResult): CounterResetHint[] {
  if (result.resultType !== 'vector' && result.resultType !== 'matrix') return [];
  const histograms: readonly (NativeHistogram | undefined)[] =
    result.resultType === 'vector' ? (result.histograms ?? []) : (result.histograms?.values ?? []);
  return histograms.flatMap((histogram) => (histogram === undefined ? [] : [histogram.counterReset]));
}

function columnsOf(labels: Labels, points: ReadonlyMap<number, Exclude<Point, undefined>>): MemorySeries {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const floats = sorted.filter(([, point]) => typeof point !== 'object');
  const values = new Float64Array(floats.length);
  for (const [index, [, point]] of floats.entries()) {
    if (point === 'stale') writeStaleMarker(values, index);
    else values[index] = point as number;
  }
  const series: MemorySeries = { labels, timestamps: timesOf(floats), values };
  const histograms = sorted.flatMap(([time, point]) => (typeof point === 'object' ? [[time, point.histogram] as const] : []));
  if (histograms.length === 0) return series;
  return { ...series, histograms: { timestamps: timesOf(histograms), values: histograms.map(([, histogram]) => histogram) } };
}

function timesOf(points: readonly (readonly [number, unknown])[]): Float64Array {
  return Float64Array.from(points, ([time]) => time);
}
