/** Reads samples: which series match, what the engine is asked, and what goes to the thread that makes columns of it. */

import { AtalayaError, type CancelSignal, type Matcher } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import { type RawHistograms, selectHistograms } from '../histograms/histogram-selection.ts';
import type { HistogramTable } from '../histograms/histogram-table.ts';
import { matchSeries } from '../series-index/match.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { fragment, sql, uint64List } from '../sql.ts';
import { dayOf } from './day.ts';
import type { RecentRows, Tail } from './tail.ts';

/** All series that fulfil every matcher, their samples between two times in milliseconds, both inclusive. */
export interface SelectQuestion {
  readonly matchers: readonly Matcher[];
  readonly start: number;
  readonly end: number;
  /** Only these series, found before with {@link MetricStore.matching}; the matchers are then not looked at. */
  readonly slots?: Uint32Array;
}

/** What one selection may read at most. */
export interface SelectBounds {
  readonly series: number;
  readonly samples: number;
}

/** An answer on its way: still the engine's bytes, cheap to hand to another thread. */
export interface RawSelection {
  /** The matching series, by ascending id. */
  readonly slots: Uint32Array;
  /** Their ids, two words (low, high) each. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /**
   * With a base, rows hold the lower word of the id and the time since the base as 32-bit numbers, else both whole. The short form is
   * a third less to move, and possible when no two lower words are equal and the range is below 49 days.
   */
  readonly base: number | undefined;
  /** Native blocks, sorted by (id, time). Rows may repeat (id, time): of those the last counts. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Samples that the engine may not have had yet; they count before those that it had. */
  readonly recent?: RecentRows;
  /** Rows that the engine read. */
  readonly rowsRead: number;
  /** Native histograms, when one of the series has had any. */
  readonly histograms?: RawHistograms;
  /** What is missing because it is damaged on disk. */
  readonly warnings?: readonly string[];
}

/** What selections are made from. */
export interface SelectionSources {
  readonly engine: Engine;
  readonly index: SeriesIndex;
  readonly tail: Tail;
  readonly histograms: HistogramTable;
}

const SHORT_RANGE = 0xffff_ffff;
const FARTHEST = 8.64e15;

/** What a question comes to: the series, and whole milliseconds. */
export interface MatchedQuestion {
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly start: number;
  readonly end: number;
}

/** Matches. @throws AtalayaError QUERY_LIMIT when there are more series than the bounds allow. */
export function match(index: SeriesIndex, question: SelectQuestion, bounds: SelectBounds): MatchedQuestion {
  // Times beyond what a Date can say mean "all there is".
  const start = Math.ceil(Math.max(question.start, -FARTHEST));
  const end = Math.floor(Math.min(question.end, FARTHEST));
  const slots = start > end ? new Uint32Array(0) : slotsOf(index, question, dayOf(start), dayOf(end));
  if (slots.length > bounds.series) {
    const reason = `a selector matches ${slots.length} series; add matchers`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.series', limit: bounds.series, reason });
  }
  return { slots, start, end };
}

/** The slots by ascending id, as {@link readRows} wants them. */
export function sortedById(index: SeriesIndex, slots: Uint32Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(slots).sort((a, b) => index.idHigh(a) - index.idHigh(b) || index.idLow(a) - index.idLow(b));
}

/** The ids of series as words. */
function idsOf(index: SeriesIndex, slots: Uint32Array): Uint32Array<ArrayBuffer> {
  const ids = new Uint32Array(slots.length * 2);
  slots.forEach((slot, i) => {
    ids[i * 2] = index.idLow(slot);
    ids[i * 2 + 1] = index.idHigh(slot);
  });
  return ids;
}

/**
 * Reads the samples of series, sorted by id, between two times from the table, and nothing else. Rejects as the engine's queries do,
 * with QUERY_LIMIT when there are more samples than `limits.resultRows`. `final` lets the engine find out which of several values for
 * one time was written last, which costs much more.
 */
export async function readRows(
  { engine, index }: Pick<SelectionSources, 'engine' | 'index'>,
  slots: Uint32Array,
  { start, end }: { readonly start: number; readonly end: number },
  limits: QueryLimits,
  signal: CancelSignal | undefined,
  final = false,
): Promise<RawSelection> {
  const ids = idsOf(index, slots);
  const base = end - start <= SHORT_RANGE && lowerWordsDiffer(ids) ? start : undefined;
  if (slots.length === 0) return { slots, ids, base, bytes: new Uint8Array(0), rowsRead: 0 };
  const columns =
    base === undefined
      ? sql`id AS i, ts AS t, value AS v`
      : sql`toUInt32(bitAnd(id, 4294967295)) AS i, toUInt32(ts - ${base}) AS t, value AS v`;
  const statement = sql`SELECT ${fragment(columns)} FROM samples ${fragment(final ? sql`FINAL` : sql``)}
    WHERE id IN (${uint64List(ids)}) AND ts >= ${start} AND ts <= ${end} ORDER BY id, ts`;
  const { bytes, rowsRead } = await engine.query(statement, {
    limits,
    settings: { optimize_read_in_order: 1 },
    ...(signal === undefined ? {} : { signal }),
  });
  return { slots, ids, base, bytes, rowsRead };
}

/**
 * Reads what a question matched, sorted by id: from the tables, joined with what is not there yet. Rejects with QUERY_LIMIT when there
 * are more samples than the bounds allow, and as the engine's queries do.
 */
export async function select(
  sources: SelectionSources,
  { slots: matched, start, end }: MatchedQuestion,
  bounds: SelectBounds,
  limits: QueryLimits,
  signal: CancelSignal | undefined,
): Promise<RawSelection> {
  const { tail } = sources;
  const slots = sortedById(sources.index, matched);
  const read = tail.beginRead();
  try {
    const rows = readRows(sources, slots, { start, end }, { ...limits, resultRows: bounds.samples }, signal);
    const stored = await rows.catch((error: unknown) => {
      throw samplesLimit(error, bounds);
    });
    const recent = tail.recentRows(read, slots, start, end);
    const histograms = await selectHistogramsOf(sources, { slots, start, end }, bounds, limits, signal);
    return { ...stored, ...(recent === undefined ? {} : { recent }), ...(histograms === undefined ? {} : { histograms }) };
  } finally {
    tail.endRead(read);
  }
}

/** The histograms of a selection's series, those not in the tables yet among them; `undefined` when none ever had any. */
export async function selectHistogramsOf(
  { engine, index, tail, histograms }: SelectionSources,
  { slots, start, end }: MatchedQuestion,
  bounds: SelectBounds,
  limits: QueryLimits,
  signal: CancelSignal | undefined,
): Promise<RawHistograms | undefined> {
  const having = histograms.having(slots);
  if (having === undefined) return undefined;
  const order = (place: number): number => slots[place] as number;
  const places = having.sort((a, b) => index.idHigh(order(a)) - index.idHigh(order(b)) || index.idLow(order(a)) - index.idLow(order(b)));
  const ids = idsOf(index, places.map(order));
  const read = tail.beginRead();
  try {
    const rows = await selectHistograms(engine, { places, ids }, { start, end }, bounds, limits, signal);
    return { ...rows, recent: tail.recentHistograms(read, slots, start, end) };
  } finally {
    tail.endRead(read);
  }
}

function slotsOf(index: SeriesIndex, { matchers, slots }: SelectQuestion, fromDay: number, toDay: number): Uint32Array<ArrayBuffer> {
  return slots === undefined ? matchSeries(index, matchers, fromDay, toDay) : index.keepActive(slots.slice(), fromDay, toDay);
}

/** Says which of Atalaya's settings it was when the engine found too many rows. */
function samplesLimit(error: unknown, bounds: SelectBounds): unknown {
  if (!(error instanceof AtalayaError) || error.code !== 'QUERY_LIMIT' || error.details['limit'] !== bounds.samples) return error;
  const reason = 'a selector reads more samples; ask for a shorter range or add matchers';
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: bounds.samples, reason }, { cause: error });
}

function lowerWordsDiffer(ids: Uint32Array): boolean {
  const lower = Uint32Array.from({ length: ids.length / 2 }, (_, i) => ids[i * 2] as number).sort();
  for (let i = 1; i < lower.length; i++) if (lower[i] === lower[i - 1]) return false;
  return true;
}
