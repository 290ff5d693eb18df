/** Log lines as the console holds them, and how the answers of the API become lines. */

import type { LabelRecord } from '../prometheus.ts';
import { type Level, LEVEL_LABEL, levelOf } from './levels.ts';

/** Which end of a range is read first: `backward` begins with the newest line. */
export type Direction = 'forward' | 'backward';

/** One line of a log. */
export interface LogLine {
  /** Unique among all lines that this page has read. */
  readonly id: number;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly text: string;
  /** The labels of its stream; lines of a stream share the object. */
  readonly stream: LabelRecord;
  /** What belongs to this line alone: its attributes (structured metadata). */
  readonly metadata: LabelRecord;
  /** What the query's own parsers took out of the text. */
  readonly parsed: LabelRecord;
  readonly level: Level;
}

/** A stream of an answer. The third part of an entry comes where the labels were asked for by category. */
export interface StreamAnswer {
  readonly stream: LabelRecord;
  readonly values: readonly (readonly [string, string, EntryLabels?])[];
}

/** What an entry has besides its stream's labels. */
interface EntryLabels {
  readonly structuredMetadata?: LabelRecord;
  readonly parsed?: LabelRecord;
}

const NOTHING: LabelRecord = {};
let lastId = 0;

/**
 * The lines of an answer in one order. A server that does not tell labels apart by category gives them all as the stream's;
 * then `streamLabels`, the names of labels that streams have, tell which they are.
 */
export function readStreams(streams: readonly StreamAnswer[], direction: Direction, streamLabels?: ReadonlySet<string>): LogLine[] {
  const lines: LogLine[] = [];
  for (const { stream, values } of streams) {
    const labels = streamLabels === undefined ? { own: stream, others: NOTHING } : divided(stream, streamLabels);
    for (const [time, text, more] of values) {
      const metadata = more?.structuredMetadata ?? NOTHING;
      const parsed = more?.parsed ?? labels.others;
      lines.push({
        id: ++lastId,
        time: BigInt(time),
        text,
        stream: labels.own,
        metadata,
        parsed,
        level: levelOf(metadata[LEVEL_LABEL] ?? stream[LEVEL_LABEL] ?? parsed[LEVEL_LABEL]),
      });
    }
  }
  // Stable: lines of one moment stay as the server gave them.
  const sign = direction === 'forward' ? 1 : -1;
  return lines.sort((a, b) => (a.time === b.time ? 0 : a.time < b.time ? -sign : sign));
}

function divided(labels: LabelRecord, streamLabels: ReadonlySet<string>): { own: LabelRecord; others: LabelRecord } {
  const own: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) (streamLabels.has(name) ? own : others)[name] = value;
  return { own, others };
}

/** The same for lines that are the same: moment, stream and text. Two lines that were sent twice share it. */
export function sameness(line: LogLine): string {
  return `${line.time} ${JSON.stringify(line.stream)} ${line.text}`;
}

/** A short name of a line's text, for links that point at it (FNV-1a, 32 bits). */
export function textMark(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** How a link names a line: its nanoseconds and the mark of its text. */
export function lineReference(line: LogLine): string {
  return `${line.time}-${textMark(line.text)}`;
}

/** Reads {@link lineReference}; `undefined` when it is none. */
export function readLineReference(text: string): { time: bigint; mark: string } | undefined {
  const [, time, mark] = /^(\d{1,20})-([0-9a-z]+)$/.exec(text) ?? [];
  return time === undefined || mark === undefined ? undefined : { time: BigInt(time), mark };
}
