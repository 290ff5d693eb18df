/** A LogReader over lines in memory: for tests, benchmarks and tools. */

import {
  AtalayaError,
  type CancelSignal,
  compileMatcher,
  compilePattern,
  type Labels,
  labelsToRecord,
  labelValue,
  type LogLevel,
  matchesAll,
} from '@atalaya/model';
import { labelsKey } from '../promql/series.ts';
import { DETECTED_LEVEL } from './line-view.ts';
import type { BlockStream, CountRequest, LineBlock, LineCondition, LineCounts, LinesRequest, LogReader } from './log-reader.ts';

/** A line in memory. */
export interface MemoryLine {
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  readonly text: string;
  /** Structured metadata, names and values alternating, sorted by name. */
  readonly attributes?: readonly string[];
  readonly level?: LogLevel;
}

/** One stream in memory, its lines in the order in which they were received. */
export interface MemoryStream {
  readonly labels: Labels;
  readonly lines: readonly MemoryLine[];
}

/** How a reader in memory behaves. */
export interface MemoryLogReaderOptions {
  /** Lines of a block; 1000 unless given. */
  readonly blockRows?: number;
}

interface Row {
  readonly stream: BlockStream;
  readonly line: MemoryLine;
}

const NO_ATTRIBUTES: readonly string[] = [];

/** Reads from the given streams; the iterable is walked anew for each reading, so that it may grow in between. */
export function createMemoryLogReader(streams: Iterable<MemoryStream>, { blockRows = 1000 }: MemoryLogReaderOptions = {}): LogReader {
  const cost = { linesRead: 0, bytesRead: 0 };

  function select({ matchers, conditions }: Pick<LinesRequest, 'matchers' | 'conditions'>, first: bigint, end: bigint): Row[] {
    const compiled = matchers.map(compileMatcher);
    const tests = conditions.map(conditionTest);
    const rows: Row[] = [];
    for (const stream of streams) {
      if (!matchesAll(stream.labels, compiled)) continue;
      for (const line of stream.lines) {
        if (line.timestamp < first || line.timestamp >= end) continue;
        cost.linesRead++;
        cost.bytesRead += bytesOf(line.text);
        if (tests.every((test) => test(stream.labels, line))) rows.push({ stream, line });
      }
    }
    return rows;
  }

  return {
    get cost() {
      return { ...cost };
    },
    async *lines(request, signal) {
      checkSignal(signal);
      const rows = select(request, request.start, request.end);
      rows.sort(({ line: { timestamp: a } }, { line: { timestamp: b } }) => (a < b ? -1 : a > b ? 1 : 0));
      if (request.direction === 'backward') rows.reverse();
      const places = new Map([...new Set(rows.map(({ stream }) => stream))].map((stream, place) => [stream, place]));
      for (let at = 0; at < rows.length; at += blockRows) {
        checkSignal(signal);
        yield blockOf(rows.slice(at, at + blockRows), places, request.attributes);
      }
    },
    async counts(request, limits, signal) {
      checkSignal(signal);
      const end = request.origin + BigInt(request.buckets) * request.width;
      const rows = select(request, request.origin + 1n, end + 1n);
      return countRows(rows, request, limits.groups);
    },
  };
}

function checkSignal(signal: CancelSignal): void {
  if (signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'reading lines' });
}

function blockOf(rows: readonly Row[], places: ReadonlyMap<BlockStream, number>, attributes: boolean): LineBlock {
  return {
    rows: rows.length,
    streams: [...places.keys()],
    streamOf: Uint32Array.from(rows, ({ stream }) => places.get(stream)!),
    timestamps: BigInt64Array.from(rows, ({ line }) => line.timestamp),
    line: (row) => rows[row]!.line.text,
    lineBytes: (row) => bytesOf(rows[row]!.line.text),
    attributes: (row) => (attributes ? (rows[row]!.line.attributes ?? NO_ATTRIBUTES) : NO_ATTRIBUTES),
    level: (row) => rows[row]!.line.level ?? 'unknown',
  };
}

/** Length of a text in UTF-8. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The halves of a surrogate pair are two units, and four bytes together.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** A label of a stored line: of its stream, else of its attributes, else its level where that is asked for. */
function storedLabel(stream: Labels, { attributes = NO_ATTRIBUTES, level = 'unknown' }: MemoryLine, name: string): string | undefined {
  const own = labelValue(stream, name);
  if (own !== '') return own;
  for (let i = 0; i < attributes.length; i += 2) if (attributes[i] === name) return attributes[i + 1];
  return name === DETECTED_LEVEL ? level : undefined;
}

function conditionTest(condition: LineCondition): (stream: Labels, line: MemoryLine) => boolean {
  switch (condition.kind) {
    case 'contains': {
      const { any, ignoreCase, negated } = condition;
      const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
      const needles = any.map(fold);
      return (_stream, { text }) => {
        const folded = fold(text);
        return needles.some((needle) => folded.includes(needle)) !== negated;
      };
    }
    case 'matches': {
      const patterns = condition.any.map((expression) => compilePattern(`(?s:.*)(?-s:${expression})(?s:.*)`));
      return (_stream, { text }) => patterns.some((pattern) => pattern.matches(text)) !== condition.negated;
    }
    case 'label': {
      const matcher = compileMatcher(condition.matcher);
      return (stream, line) => matcher.matches(storedLabel(stream, line, matcher.name) ?? '');
    }
  }
}

function countRows(rows: readonly Row[], { origin, width, measure, by }: CountRequest, most: number): LineCounts {
  const groups = new Map<string, { labels: Labels; buckets: Map<number, number> }>();
  for (const { stream, line } of rows) {
    const labels = by === undefined ? allLabels(stream.labels, line) : chosenLabels(stream.labels, line, by);
    const key = labelsKey(labels);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { labels, buckets: new Map() }));
    if (groups.size > most) {
      const reason = `more than ${most} groups of lines would be counted`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.memory', limit: most, reason });
    }
    const bucket = Number((line.timestamp - origin - 1n) / width);
    group.buckets.set(bucket, (group.buckets.get(bucket) ?? 0) + (measure === 'lines' ? 1 : bytesOf(line.text)));
  }
  return {
    lines: rows.length,
    groups: [...groups.values()].map(({ labels, buckets }) => {
      const sorted = [...buckets].sort(([a], [b]) => a - b);
      return { labels, buckets: Uint32Array.from(sorted, ([bucket]) => bucket), values: Float64Array.from(sorted, ([, value]) => value) };
    }),
  };
}

/** The labels of these names that a line has; an attribute may be empty and is there nevertheless. */
function chosenLabels(stream: Labels, line: MemoryLine, names: readonly string[]): Labels {
  return [...new Set(names)].sort().flatMap((name) => {
    const value = storedLabel(stream, line, name);
    return value === undefined ? [] : [name, value];
  });
}

/** Labels of the stream and attributes; an attribute that is named as one of the former gets another name. */
function allLabels(stream: Labels, { attributes = NO_ATTRIBUTES }: MemoryLine): Labels {
  const merged = labelsToRecord(stream);
  const own = new Set(Object.keys(merged));
  for (let i = 0; i < attributes.length; i += 2) {
    const name = attributes[i]!;
    merged[own.has(name) ? `${name}_extracted` : name] = attributes[i + 1]!;
  }
  return Object.keys(merged)
    .sort()
    .flatMap((name) => [name, merged[name]!]);
}
