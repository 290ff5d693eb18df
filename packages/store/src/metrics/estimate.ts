/** What a selection would read, told from the index and the sizes of the tables before anything is read. */

import type { Clock } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { matchSeries } from '../series-index/match.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { sql } from '../sql.ts';
import { dayOf } from './day.ts';
import type { SelectQuestion } from './selection.ts';

/** What a selection would find. */
export interface SelectionEstimate {
  /** Series that match and were active on one of the days. */
  readonly series: number;
  /** Samples, histograms among them, as if on each day all active series had equally many. */
  readonly samples: number;
}

/** How long the sizes of the tables are taken for new. */
const REFRESH_MS = 30_000;

/** Estimates selections. */
export class Estimator {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  readonly #clock: Clock;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** The days that have samples, ascending. */
  #days: readonly number[] = [];
  /** How many samples a series has on all days before, by the day's place; one entry more than there are days. */
  #before = new Float64Array(1);
  /** Times of the first and the last sample of each day. */
  #spans: ReadonlyMap<number, Span> = new Map();

  constructor(engine: Engine, index: SeriesIndex, clock: Clock) {
    this.#engine = engine;
    this.#index = index;
    this.#clock = clock;
  }

  /** @throws AtalayaError BAD_QUERY for an invalid regular expression; rejects as the engine's queries do. */
  async estimate(question: SelectQuestion): Promise<SelectionEstimate> {
    const { start, end, matchers } = question;
    if (!(start <= end)) return { series: 0, samples: 0 };
    const [fromDay, toDay] = [dayOf(start), dayOf(end)];
    const slots = matchSeries(this.#index, matchers, fromDay, toDay);
    if (slots.length === 0) return { series: 0, samples: 0 };
    await this.#refresh();
    let samples = 0;
    for (const slot of slots) {
      const first = Math.max(fromDay, this.#index.firstDay(slot));
      const last = Math.min(toDay, this.#index.lastDay(slot));
      samples += this.#onDays(first, last);
      // The days at the ends are not wanted whole.
      if (first === fromDay) samples -= this.#onDays(first, first) * (1 - wanted(this.#spans.get(first), start, Infinity));
      if (last === toDay) samples -= this.#onDays(last, last) * (1 - wanted(this.#spans.get(last), -Infinity, end));
    }
    return { series: slots.length, samples: Math.max(0, Math.round(samples)) };
  }

  /** How many samples one series has on these days, both inclusive. */
  #onDays(first: number, last: number): number {
    if (last < first) return 0;
    return this.#before[placeOf(this.#days, last + 1)]! - this.#before[placeOf(this.#days, first)]!;
  }

  async #refresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#readAt < REFRESH_MS) return;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { bytes } = await this.#engine.query(
      // From the parts' own counts, minima and maxima: no sample is read.
      sql`SELECT CAST(_partition_id AS String) AS id, toFloat64(count()) AS rows, toFloat64(min(ts)) AS first, toFloat64(max(ts)) AS last
        FROM samples GROUP BY _partition_id
        UNION ALL SELECT CAST(_partition_id AS String) AS id, toFloat64(count()) AS rows, toFloat64(min(ts)) AS first, toFloat64(max(ts)) AS last
        FROM histogram_samples GROUP BY _partition_id`,
    );
    const spans = new Map<number, Span>();
    const rowsOf = new Map<number, number>();
    for (const block of readNative(bytes)) {
      const ids = column(block, 'id', 'String');
      const rows = column(block, 'rows', 'Float64').values;
      const first = column(block, 'first', 'Float64').values;
      const last = column(block, 'last', 'Float64').values;
      for (let row = 0; row < block.rows; row++) {
        const day = Number(stringAt(ids, row));
        const known = spans.get(day) ?? { first: Infinity, last: -Infinity };
        rowsOf.set(day, (rowsOf.get(day) ?? 0) + rows[row]!);
        spans.set(day, { first: Math.min(known.first, first[row]!), last: Math.max(known.last, last[row]!) });
      }
    }
    this.#readAt = this.#clock.monotonic();
    const days = [...rowsOf.keys()].sort((a, b) => a - b);
    const active = this.#activeSeries(days);
    this.#days = days;
    this.#spans = spans;
    this.#before = new Float64Array(days.length + 1);
    for (const [i, day] of days.entries()) this.#before[i + 1] = this.#before[i]! + rowsOf.get(day)! / Math.max(1, active[i]!);
  }

  /** How many series were active on each of the days. */
  #activeSeries(days: readonly number[]): Float64Array {
    const index = this.#index;
    const begun = new Float64Array(days.length + 1);
    for (let slot = 0; slot < index.size; slot++) {
      const from = placeOf(days, index.firstDay(slot));
      const to = placeOf(days, index.lastDay(slot) + 1);
      if (to <= from) continue;
      begun[from]!++;
      begun[to]!--;
    }
    let sum = 0;
    return begun.map((change) => (sum += change));
  }
}

/** The place of the first day that is not before this one. */
function placeOf(days: readonly number[], day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (days[middle]! < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** Which share of a day's samples lies between two times, both inclusive, as if they were spread evenly. */
function wanted(span: Span | undefined, start: number, end: number): number {
  if (span === undefined) return 0;
  const overlap = Math.min(end, span.last) + 1 - Math.max(start, span.first);
  return Math.min(1, Math.max(0, overlap / (span.last + 1 - span.first)));
}
