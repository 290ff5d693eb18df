/** Questions about streams: which labels they have, how many there are, how much they hold. */

import type { CancelSignal, Labels, Matcher } from '@atalaya/model';
import { readLazily } from '../../native/lazy.ts';
import { fragment, joined, sql } from '../../sql.ts';
import { labelNames, type LabelQuestion, labelValues, slotsOf } from '../../metrics/label-answers.ts';
import type { Streams } from '../streams.ts';
import { ofStreams } from './chosen-streams.ts';
import type { ReadSources } from './lines.ts';
import { clampTime } from './requests.ts';
import { inRange } from './table-range.ts';

/** A question about streams that fulfil one of the sets of matchers; no set means all streams. */
export interface StreamQuestion {
  readonly matcherSets: readonly (readonly Matcher[])[];
  /** Nanoseconds since the epoch, inclusive. What is answered without looking at lines is answered to the day. */
  readonly start: bigint;
  /** Nanoseconds since the epoch, exclusive. */
  readonly end: bigint;
}

/** How much streams hold. */
export interface StreamStats {
  readonly streams: number;
  /** Parts of the table that hold their lines. */
  readonly chunks: number;
  readonly entries: number;
  /** Bytes of the lines' texts. */
  readonly bytes: number;
}

/** Names of labels, sorted. */
export function streamLabelNames({ index }: Streams, question: StreamQuestion): string[] {
  return labelNames(index, inMilliseconds(question));
}

/** Values of one label, sorted. */
export function streamLabelValues({ index }: Streams, name: string, question: StreamQuestion): string[] {
  return labelValues(index, name, inMilliseconds(question));
}

/** Labels of the streams. */
export function streamSeries(streams: Streams, question: StreamQuestion): Labels[] {
  return Array.from(slotsOf(streams.index, inMilliseconds(question)), (slot) => streams.labels(slot));
}

/** Counts streams that have lines in the range, and their lines. Rejects as the engine's queries do. */
export async function streamStats(
  { engine, streams, limits }: ReadSources,
  question: StreamQuestion,
  signal: CancelSignal,
): Promise<StreamStats> {
  const nothing = { streams: 0, chunks: 0, entries: 0, bytes: 0 };
  const { matcherSets, start, end } = question;
  if (end <= start) return nothing;
  const slots = slotsOf(streams.index, inMilliseconds(question));
  if (slots.length === 0) return nothing;
  const where = inRange(clampTime(start), clampTime(end - 1n), matcherSets.length === 0 ? [] : [ofStreams(streams, slots)]);
  const columns = [
    sql`toFloat64(uniqExact(StreamId)) AS streams`,
    sql`toFloat64(uniqExact(_part)) AS chunks`,
    sql`toFloat64(count()) AS entries`,
    sql`toFloat64(sum(length(Body))) AS bytes`,
  ];
  const { bytes } = await engine.query(sql`SELECT ${joined(columns, ', ')} FROM otel_logs WHERE ${fragment(where)}`, { limits, signal });
  for (const block of readLazily(bytes)) {
    if (block.rows === 0) continue;
    const value = (name: string): number => block.column(name, 'Float64')[0] as number;
    return { streams: value('streams'), chunks: value('chunks'), entries: value('entries'), bytes: value('bytes') };
  }
  return nothing;
}

function inMilliseconds({ matcherSets, start, end }: StreamQuestion): LabelQuestion {
  return { matcherSets, start: Number(start) / 1e6, end: Number(end) / 1e6, limit: undefined };
}
