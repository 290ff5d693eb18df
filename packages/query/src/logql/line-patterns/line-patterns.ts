/** Which messages the lines of a selection are made from, and how often each of them was written over time. */

import type { CancelSignal, LogLevel, Matcher } from '@atalaya/model';
import type { LineBlock, LineCondition, LogReader } from '../log-reader.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Cluster, Clusters } from './clusters.ts';
import { patternText } from './pattern-text.ts';

/** Whose messages are wanted, and how many lines may be looked at for it. */
export interface LinePatternsRequest {
  readonly matchers: readonly Matcher[];
  readonly conditions: readonly LineCondition[];
  /** What lines go through before they are looked at, and which they may not survive. */
  readonly pipeline: Pipeline | undefined;
  /** Whether the pipeline sees labels that were discovered. */
  readonly discovered: boolean;
  /** Nanoseconds since the epoch: from `start`, before `end`. */
  readonly start: bigint;
  readonly end: bigint;
  /** Width of the buckets of time, nanoseconds. They begin at whole multiples of it. */
  readonly step: bigint;
  /** Lines to look at; of more a sample is taken, spread over the time as the lines are. */
  readonly lines: number;
  /** Patterns to tell: the most frequent ones. */
  readonly patterns: number;
}

/** A pattern of LogQL's `|>` and the lines that were written after it. */
export interface LinePattern {
  readonly pattern: string;
  readonly level: LogLevel;
  /** Lines in all; an estimate where a sample was taken. */
  readonly lines: number;
  /** Begin of a bucket in seconds since the epoch and lines in it, ascending, without empty ones. */
  readonly samples: readonly (readonly [seconds: number, lines: number])[];
}

/** The messages of a selection. */
export interface LinePatterns {
  /** The most frequent ones first. */
  readonly patterns: readonly LinePattern[];
  /** Lines that were looked at, and how many there are. */
  readonly linesSeen: number;
  readonly lines: number;
}

/** Groups for the lines of one level. */
const CLUSTERS = 2000;
/** Readings that a sample is taken by: each costs the store a few thousand lines of every stream, whatever is taken of them. */
const SLICES = 12;

/** Looks at the lines of a selection, or at a sample of them. Rejects as the reader does. */
export async function linePatterns(reader: LogReader, request: LinePatternsRequest, signal: CancelSignal): Promise<LinePatterns> {
  const { step, start, end } = request;
  const first = floorTo(start, step);
  const steps = Math.max(1, Number((end - first + step - 1n) / step));
  const counts = await linesPerStep(reader, request, first, steps, signal);
  const lines = counts.reduce((sum, count) => sum + count, 0);
  const gathered = new Gathering(request);
  if (lines <= request.lines) {
    await gathered.read(reader, { start, end, most: lines }, (time) => Number((time - first) / step), signal);
    return answer(gathered, request, lines, (cluster) =>
      [...cluster.buckets].map(([bucket, count]) => [seconds(first, step, bucket), count]),
    );
  }
  // A slice is made of whole steps. Its sample is taken from its begin, and stands for all its steps by the lines that they have.
  const width = Math.ceil(steps / SLICES);
  const slices = Math.ceil(steps / width);
  const seen = new Float64Array(slices);
  for (let slice = 0; slice < slices; slice++) {
    const total = counts.subarray(slice * width, (slice + 1) * width).reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    const from = first + BigInt(slice * width) * step;
    const to = from + BigInt(width) * step;
    const range = { start: from > start ? from : start, end: to < end ? to : end, most: Math.ceil((request.lines * total) / lines) };
    seen[slice] = await gathered.read(reader, range, () => slice, signal);
  }
  return answer(gathered, request, lines, (cluster) =>
    [...cluster.buckets].flatMap(([slice, count]) => {
      const share = count / (seen[slice] as number);
      const samples: [number, number][] = [];
      for (let bucket = slice * width; bucket < Math.min(steps, (slice + 1) * width); bucket++) {
        const estimate = Math.round((counts[bucket] as number) * share);
        if (estimate > 0) samples.push([seconds(first, step, bucket), estimate]);
      }
      return samples;
    }),
  );
}

const floorTo = (time: bigint, step: bigint): bigint => time - (((time % step) + step) % step);
const seconds = (first: bigint, step: bigint, bucket: number): number => Number((first + BigInt(bucket) * step) / 1_000_000_000n);

/** How many lines each step has, before the pipeline. */
async function linesPerStep(
  reader: LogReader,
  { matchers, conditions, step, start, end }: LinePatternsRequest,
  first: bigint,
  steps: number,
  signal: CancelSignal,
): Promise<Float64Array> {
  const counts = new Float64Array(steps);
  // Buckets of counts hold their end but not their begin.
  const request = { matchers, conditions, origin: first - 1n, width: step, buckets: steps, measure: 'lines', by: [] } as const;
  const { groups } = await reader.counts(request, { groups: 1 }, signal);
  for (const { buckets, values } of groups) {
    for (const [i, bucket] of buckets.entries()) counts[bucket] = (counts[bucket] as number) + (values[i] as number);
  }
  // The first and the last step may be wider than the question; that makes a sample a little smaller, nothing else.
  return start >= end ? new Float64Array(steps) : counts;
}

/** Lines by level, in groups. */
class Gathering {
  readonly byLevel = new Map<LogLevel, Clusters>();
  seen = 0;
  readonly #request: LinePatternsRequest;

  constructor(request: LinePatternsRequest) {
    this.#request = request;
  }

  /** Reads lines of a range, at most so many; gives back how many there were before the pipeline. */
  async read(
    reader: LogReader,
    { start, end, most }: { readonly start: bigint; readonly end: bigint; readonly most: number },
    bucketOf: (time: bigint) => number,
    signal: CancelSignal,
  ): Promise<number> {
    if (most === 0 || start >= end) return 0;
    const { matchers, conditions, pipeline, discovered } = this.#request;
    const attributes = pipeline !== undefined;
    let left = most;
    const reading = reader.lines(
      { matchers, conditions, start, end, direction: 'forward', expected: most, attributes, discovered },
      signal,
    );
    for await (const block of reading) {
      const rows = Math.min(left, block.rows);
      for (let row = 0; row < rows; row++) this.#take(block, row, bucketOf);
      left -= rows;
      if (left === 0) break;
    }
    this.seen += most - left;
    return most - left;
  }

  #take(block: LineBlock, row: number, bucketOf: (time: bigint) => number): void {
    const timestamp = block.timestamps[row] as bigint;
    let text = block.line(row);
    const { pipeline } = this.#request;
    if (pipeline !== undefined) {
      const stream = (block.streams[block.streamOf[row] as number] as LineBlock['streams'][number]).labels;
      const processed = pipeline.process({ stream, attributes: block.attributes(row), text, timestamp });
      if (processed === undefined) return;
      text = processed.text;
    }
    const level = block.level(row);
    let clusters = this.byLevel.get(level);
    if (clusters === undefined) this.byLevel.set(level, (clusters = new Clusters({ clusters: CLUSTERS })));
    clusters.add(text, bucketOf(timestamp));
  }
}

/** The groups as patterns; those that are written down alike are one. */
function answer(
  { byLevel, seen }: Gathering,
  { patterns }: LinePatternsRequest,
  lines: number,
  samplesOf: (cluster: Cluster) => readonly (readonly [number, number])[],
): LinePatterns {
  const found: LinePattern[] = [];
  for (const [level, clusters] of byLevel) {
    const byText = new Map<string, Map<number, number>>();
    for (const cluster of clusters.all) {
      const text = patternText(cluster);
      let samples = byText.get(text);
      if (samples === undefined) byText.set(text, (samples = new Map<number, number>()));
      for (const [at, count] of samplesOf(cluster)) samples.set(at, (samples.get(at) ?? 0) + count);
    }
    for (const [pattern, samples] of byText) {
      if (pattern === '') continue;
      const ordered = [...samples].sort(([a], [b]) => a - b);
      found.push({ pattern, level, lines: ordered.reduce((sum, [, count]) => sum + count, 0), samples: ordered });
    }
  }
  found.sort((a, b) => b.lines - a.lines || (a.pattern < b.pattern ? -1 : 1));
  return { patterns: found.slice(0, patterns), linesSeen: seen, lines };
}
