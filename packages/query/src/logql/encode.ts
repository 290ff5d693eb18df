/** Answers as bytes, in the form of Loki's HTTP API. */

import type { Labels } from '@atalaya/model';
import { Output } from '../promql/output.ts';
import { labelsKey, showLabels } from '../promql/series.ts';
import type { LogEntry, LogqlAnswer, LogqlResult } from './answer.ts';
import { encodeLogqlStats } from './encode-stats.ts';

/** How much room is made beforehand; where it is not enough the buffer grows. */
const LABELS_BYTES = 256;
const USUAL_POINT_BYTES = 28;

/** How an answer is written. */
export interface LogAnswerEncoding {
  /** Whether labels are told by where they come from: streams by their own labels, the others with each line (Loki's `categorize-labels`). */
  readonly categorised?: boolean;
  /** How long the query waited for its turn, in milliseconds. */
  readonly waitedMs?: number;
}

/** Writes an answer as `{"status":"success","data":{…}}` with its statistics. */
export function encodeLogAnswer(answer: LogqlAnswer, encoding: LogAnswerEncoding = {}): Uint8Array<ArrayBuffer> {
  const { result, stats } = answer;
  const { categorised = false, waitedMs = 0 } = encoding;
  const out = new Output(roomFor(result));
  out.ascii(`{"status":"success","data":{"resultType":"${result.resultType}"`);
  if (categorised) out.ascii(',"encodingFlags":["categorize-labels"]');
  out.ascii(',"result":');
  writeResult(out, result, categorised);
  out.ascii(`,"stats":${encodeLogqlStats(stats, sizeOf(result), waitedMs)}}}`);
  return out.finish();
}

function roomFor(result: LogqlResult): number {
  const fixed = 4096;
  if (result.resultType === 'streams') return fixed + result.entries.reduce((sum, { line }) => sum + line.length + LABELS_BYTES, 0);
  if (result.resultType === 'scalar') return fixed;
  return fixed + result.labels.length * LABELS_BYTES + result.values.length * USUAL_POINT_BYTES;
}

function writeResult(out: Output, result: LogqlResult, categorised: boolean): void {
  switch (result.resultType) {
    case 'streams':
      return writeStreams(out, result.entries, categorised);
    case 'scalar':
      return writePoint(out, result.timestamp, result.value);
    case 'vector':
      out.ascii('[');
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '{"metric":' : ',{"metric":');
        out.labels(labels);
        out.ascii(',"value":');
        writePoint(out, result.timestamp, result.values[series]!);
        out.ascii('}');
      }
      return out.ascii(']');
    case 'matrix': {
      const { labels, offsets, timestamps, values } = result;
      out.ascii('[');
      for (const [series, set] of labels.entries()) {
        out.ascii(series === 0 ? '{"metric":' : ',{"metric":');
        out.labels(set);
        out.ascii(',"values":[');
        for (let i = offsets[series]!; i < offsets[series + 1]!; i++) {
          if (i > offsets[series]!) out.ascii(',');
          writePoint(out, timestamps[i]!, values[i]!);
        }
        out.ascii(']}');
      }
      return out.ascii(']');
    }
  }
}

/** Seconds with as many decimals as they need, and the value in a string. */
function writePoint(out: Output, milliseconds: number, value: number): void {
  out.ascii('[');
  out.fixed(milliseconds / 1000);
  out.ascii(',"');
  out.fixed(value);
  out.ascii('"]');
}

/** Streams in the order of their labels as text, each line where it was read. */
function writeStreams(out: Output, entries: readonly LogEntry[], categorised: boolean): void {
  const streams = new Map<string, { labels: Labels; lines: LogEntry[] }>();
  for (const entry of entries) {
    const labels = categorised ? entry.categories.stream : entry.labels;
    const key = labelsKey(labels);
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, { labels, lines: [entry] });
    else stream.lines.push(entry);
  }
  const ordered = [...streams.values()].map((stream) => ({ ...stream, name: showLabels(stream.labels) }));
  ordered.sort((a, b) => (a.name < b.name ? -1 : 1));
  out.ascii('[');
  for (const [place, { labels, lines }] of ordered.entries()) {
    out.ascii(place === 0 ? '{"stream":' : ',{"stream":');
    out.labels(labels);
    out.ascii(',"values":[');
    for (const [at, entry] of lines.entries()) {
      if (at > 0) out.ascii(',');
      writeLine(out, entry, categorised);
    }
    out.ascii(']}');
  }
  out.ascii(']');
}

function writeLine(out: Output, { timestamp, line, categories }: LogEntry, categorised: boolean): void {
  out.ascii(`["${timestamp}",`);
  out.text(JSON.stringify(line));
  if (categorised) writeOwnLabels(out, categories);
  out.ascii(']');
}

/** Labels of a line that are not its stream's. */
function writeOwnLabels(out: Output, { structuredMetadata, parsed }: LogEntry['categories']): void {
  out.ascii(',{');
  if (structuredMetadata.length > 0) {
    out.ascii('"structuredMetadata":');
    out.labels(structuredMetadata);
  }
  if (parsed.length > 0) {
    out.ascii(structuredMetadata.length > 0 ? ',"parsed":' : '"parsed":');
    out.labels(parsed);
  }
  out.ascii('}');
}

/** Lines, series or points of a result, as Loki counts `totalEntriesReturned`. */
function sizeOf(result: LogqlResult): number {
  if (result.resultType === 'streams') return result.entries.length;
  return result.resultType === 'scalar' ? 0 : result.values.length;
}
