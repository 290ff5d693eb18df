/** Reads samples: which series match, what the engine is asked, and how its answer becomes columns per series. */

import { AtalayaError, type CancelSignal, type Matcher } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import { type RawHistograms, selectHistograms } from '../histograms/histogram-selection.ts';
import type { HistogramTable } from '../histograms/histogram-table.ts';
import { numberAt, type WordsColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { matchSeries } from '../series-index/match.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { fragment, sql, uint64List } from '../sql.ts';
import { dayOf } from './day.ts';

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
  /** Native histograms, when one of the series has had any. */
  readonly histograms?: RawHistograms;
  /** What is missing because it is damaged on disk. */
  readonly warnings?: readonly string[];
}

/** Samples as columns: those of series `i` (in the order of the selection's slots) are `[offsets[i], offsets[i + 1])`. */
export interface SampleColumns {
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

const SHORT_RANGE = 0xffff_ffff;
const FARTHEST = 8.64e15;

/**
 * Matches and reads. Rejects with QUERY_LIMIT when there are more series or samples than the bounds allow, and as the engine's
 * queries do.
 */
export async function select(
  engine: Engine,
  index: SeriesIndex,
  histograms: HistogramTable,
  question: SelectQuestion,
  bounds: SelectBounds,
  limits: QueryLimits,
  signal: CancelSignal | undefined,
): Promise<RawSelection> {
  // Times beyond what a Date can say mean "all there is".
  const start = Math.ceil(Math.max(question.start, -FARTHEST));
  const end = Math.floor(Math.min(question.end, FARTHEST));
  const slots = start > end ? new Uint32Array(0) : slotsOf(index, question, dayOf(start), dayOf(end));
  if (slots.length > bounds.series) {
    const reason = `a selector matches ${slots.length} series; add matchers`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.series', limit: bounds.series, reason });
  }
  slots.sort((a, b) => index.idHigh(a) - index.idHigh(b) || index.idLow(a) - index.idLow(b));
  const ids = new Uint32Array(slots.length * 2);
  slots.forEach((slot, i) => {
    ids[i * 2] = index.idLow(slot);
    ids[i * 2 + 1] = index.idHigh(slot);
  });
  const base = end - start <= SHORT_RANGE && lowerWordsDiffer(ids) ? start : undefined;
  if (slots.length === 0) return { slots, ids, base, bytes: new Uint8Array(0) };
  const columns =
    base === undefined
      ? sql`id AS i, ts AS t, value AS v`
      : sql`toUInt32(bitAnd(id, 4294967295)) AS i, toUInt32(ts - ${base}) AS t, value AS v`;
  const statement = sql`SELECT ${fragment(columns)} FROM samples
    WHERE id IN (${uint64List(ids)}) AND ts >= ${start} AND ts <= ${end} ORDER BY id, ts`;
  const query = engine.query(statement, {
    limits: { ...limits, resultRows: bounds.samples },
    settings: { optimize_read_in_order: 1 },
    ...(signal === undefined ? {} : { signal }),
  });
  const { bytes } = await query.catch((error: unknown) => {
    throw samplesLimit(error, bounds);
  });
  const raw = { slots, ids, base, bytes };
  const places = histograms.having(slots);
  if (places === undefined) return raw;
  const theirIds = Uint32Array.from([...places].flatMap((place) => [ids[place * 2] as number, ids[place * 2 + 1] as number]));
  const range = { start, end };
  return { ...raw, histograms: await selectHistograms(engine, { places, ids: theirIds }, range, bounds, limits, signal) };
}

function slotsOf(index: SeriesIndex, { matchers, slots }: SelectQuestion, fromDay: number, toDay: number): Uint32Array {
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

/** Reads an answer into columns, passing over rows that repeat (series, time). The values' bits stay what they are. */
export function decodeSelection(raw: RawSelection): SampleColumns {
  const blocks = readNative(raw.bytes);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const decoder = new Decoder(raw.ids, rows);
  for (const block of blocks) {
    const values = column(block, 'v', 'Float64').values;
    if (raw.base === undefined) decoder.addWhole(column(block, 'i', 'UInt64'), column(block, 't', 'Int64'), values);
    else decoder.addShort(column(block, 'i', 'UInt32').values, column(block, 't', 'UInt32').values, raw.base, values);
  }
  return decoder.finish();
}

class Decoder {
  readonly #ids: Uint32Array;
  readonly #offsets: Uint32Array<ArrayBuffer>;
  readonly #timestamps: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  /** Values are moved as words: a NaN's bits (stale markers) might not survive as a number. */
  readonly #words: Uint32Array;
  /** The series that rows are being added to, -1 before the first. */
  #series = -1;
  #at = 0;

  constructor(ids: Uint32Array, rows: number) {
    this.#ids = ids;
    this.#offsets = new Uint32Array(ids.length / 2 + 1);
    this.#timestamps = new Float64Array(rows);
    this.#values = new Float64Array(rows);
    this.#words = new Uint32Array(this.#values.buffer);
  }

  addShort(ids: Uint32Array, times: Uint32Array, base: number, values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const timestamps = this.#timestamps;
    for (let row = 0; row < ids.length;) {
      const low = ids[row] as number;
      const from = row;
      while (row < ids.length && ids[row] === low) row++;
      this.#enter(low, undefined);
      const first = this.#offsets[this.#series] as number;
      const at = this.#at;
      // Nearly always no time repeats, and then the values move in one go; the first repetition leads to the way for every row.
      let previous = at > first ? (timestamps[at - 1] as number) - base : -1;
      let distinct = from;
      for (; distinct < row; distinct++) {
        const time = times[distinct] as number;
        if (time === previous) break;
        timestamps[at + distinct - from] = base + time;
        previous = time;
      }
      this.#values.set(values.subarray(from, distinct), at);
      this.#at += distinct - from;
      for (; distinct < row; distinct++) this.#put(first, base + (times[distinct] as number), words, distinct);
    }
  }

  addWhole(ids: WordsColumn<'UInt64'>, times: WordsColumn<'Int64'>, values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < values.length; row++) {
      this.#enter(ids.words[row * 2] as number, ids.words[row * 2 + 1]);
      this.#put(this.#offsets[this.#series] as number, numberAt(times, row), words, row);
    }
  }

  finish(): SampleColumns {
    this.#offsets.fill(this.#at, this.#series + 1);
    return {
      offsets: this.#offsets,
      timestamps: this.#timestamps.subarray(0, this.#at),
      values: this.#values.subarray(0, this.#at),
    };
  }

  /** Goes on to the series with this id; rows come in the order of the ids, and series without rows lie in between. */
  #enter(low: number, high: number | undefined): void {
    const ids = this.#ids;
    let series = Math.max(this.#series, 0);
    const is = (at: number): boolean => ids[at * 2] === low && (high === undefined || ids[at * 2 + 1] === high);
    for (; !is(series); series++) {
      if (series * 2 >= ids.length) throw new RangeError('the engine answered with a series that was not asked for');
    }
    if (series === this.#series) return;
    this.#offsets.fill(this.#at, this.#series + 1, series + 1);
    this.#series = series;
  }

  #put(first: number, time: number, words: Uint32Array, row: number): void {
    if (this.#at > first && this.#timestamps[this.#at - 1] === time) this.#at--;
    this.#timestamps[this.#at] = time;
    this.#words[this.#at * 2] = words[row * 2] as number;
    this.#words[this.#at * 2 + 1] = words[row * 2 + 1] as number;
    this.#at++;
  }
}
