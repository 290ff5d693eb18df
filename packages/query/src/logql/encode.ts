/** Answers as bytes, in the form of Loki's HTTP API. */

import { formatFixed } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { labelsKey, showLabels } from '../promql/series.ts';
import type { LogEntry, LogqlAnswer, LogqlResult } from './answer.ts';
import { encodeLogqlStats } from './encode-stats.ts';

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
const encoder = new TextEncoder();

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
  const out: string[] = [];
  out.push(`{"status":"success","data":{"resultType":"${result.resultType}"`);
  if (categorised) out.push(',"encodingFlags":["categorize-labels"]');
  out.push(',"result":');
  writeResult(out, result, categorised);
  out.push(`,"stats":${encodeLogqlStats(stats, sizeOf(result), waitedMs)}}}`);
  return encoder.encode(out.join(''));
}

function writeResult(out: string[], result: LogqlResult, categorised: boolean): void {
  switch (result.resultType) {
    case 'streams':
      return writeStreams(out, result.entries, categorised);
    case 'scalar':
      out.push(point(result.timestamp, result.value));
      break;
    case 'vector':
      out.push('[');
      for (const [series, labels] of result.labels.entries()) {
        out.push(`${series === 0 ? '' : ','}{"metric":${object(labels)},"value":${point(result.timestamp, result.values[series]!)}}`);
      }
      out.push(']');
      break;
    case 'matrix': {
      const { labels, offsets, timestamps, values } = result;
      out.push('[');
      for (const [series, set] of labels.entries()) {
        const points: string[] = [];
        for (let i = offsets[series]!; i < offsets[series + 1]!; i++) points.push(point(timestamps[i]!, values[i]!));
        out.push(`${series === 0 ? '' : ','}{"metric":${object(set)},"values":[${points.join(',')}]}`);
      }
      out.push(']');
      break;
    }
  }
}

/** Seconds with as many decimals as they need, and the value in a string: never with an exponent, as Loki writes both. */
function point(milliseconds: number, value: number): string {
  return `[${formatFixed(milliseconds / 1000)},"${formatFixed(value)}"]`;
}

function object(labels: Labels): string {
  let text = '{';
  for (let i = 0; i < labels.length; i += 2) text += `${i === 0 ? '' : ','}${JSON.stringify(labels[i])}:${JSON.stringify(labels[i + 1])}`;
  return `${text}}`;
}

/** Streams in the order of their labels as text, each line where it was read. */
function writeStreams(out: string[], entries: readonly LogEntry[], categorised: boolean): void {
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
  for (const [place, { labels, lines }] of ordered.entries()) {
    out.push(`${place === 0 ? '[' : ','}{"stream":${object(labels)},"values":[`);
    for (const [at, { timestamp, line, categories }] of lines.entries()) {
      const more = categorised ? `,${ownLabels(categories)}` : '';
      out.push(`${at === 0 ? '' : ','}["${timestamp}",${JSON.stringify(line)}${more}]`);
    }
    out.push(']}');
  }
  out.push(ordered.length === 0 ? '[]' : ']');
}

/** Labels of a line that are not its stream's. */
function ownLabels({ structuredMetadata, parsed }: LogEntry['categories']): string {
  const parts: string[] = [];
  if (structuredMetadata.length > 0) parts.push(`"structuredMetadata":${object(structuredMetadata)}`);
  if (parsed.length > 0) parts.push(`"parsed":${object(parsed)}`);
  return `{${parts.join(',')}}`;
}

/** Lines, series or points of a result, as Loki counts `totalEntriesReturned`. */
function sizeOf(result: LogqlResult): number {
  if (result.resultType === 'streams') return result.entries.length;
  return result.resultType === 'scalar' ? 0 : result.values.length;
}
