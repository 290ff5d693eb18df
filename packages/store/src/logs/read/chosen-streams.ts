/** Which streams a question is about, and how SQL says so. */

import { compileMatcher, labelValue, type Matcher } from '@atalaya/model';
import { matchSeries } from '../../series-index/match.ts';
import { sql, type Sql, uint64List } from '../../sql.ts';
import { dayOf } from '../../metrics/day.ts';
import type { Streams } from '../streams.ts';

/** The streams that fulfil every matcher and have lines in a range of time. */
export interface ChosenStreams {
  readonly slots: Uint32Array;
  /** Whether there are no others in that range, so that they need not be named. */
  readonly all: boolean;
  /** Whether one of them has lines that came by OTLP. */
  readonly otlp: boolean;
}

/** Times in nanoseconds, both inclusive. @throws AtalayaError BAD_QUERY for an invalid regular expression. */
export function chooseStreams(streams: Streams, matchers: readonly Matcher[], start: bigint, end: bigint): ChosenStreams {
  const { index } = streams;
  const [from, to] = [dayOf(Number(start) / 1e6 - 1), dayOf(Number(end) / 1e6 + 1)];
  const slots = matchSeries(index, matchers, from, to);
  const all = slots.length === matchSeries(index, [], from, to).length;
  return { slots, all, otlp: slots.some((slot) => streams.isOtlp(slot)) };
}

/** That a row is of one of these streams. */
export function ofStreams(streams: Streams, slots: Uint32Array): Sql {
  if (slots.length === 0) return sql`0`;
  return sql`StreamId IN (${uint64List(fingerprints(streams, slots))})`;
}

/** Fingerprints as words. */
export function fingerprints({ index }: Streams, slots: Uint32Array): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(slots.length * 2);
  slots.forEach((slot, i) => {
    words[i * 2] = index.idLow(slot);
    words[i * 2 + 1] = index.fpHigh(slot);
  });
  return words;
}

/** Those of the streams whose label fulfils the matcher. */
export function fulfilling(streams: Streams, slots: Uint32Array, matcher: Matcher): Uint32Array {
  const compiled = compileMatcher(matcher);
  return slots.filter((slot) => compiled.matches(labelValue(streams.labels(slot), matcher.name)));
}

/** Those of the streams that have such a label. */
export function withLabel(streams: Streams, slots: Uint32Array, name: string): Uint32Array {
  return slots.filter((slot) => labelValue(streams.labels(slot), name) !== '');
}
