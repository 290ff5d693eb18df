/** Drops what is too old or too much, whole days at a time, and the series of which nothing is left. */

import type { Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { HistogramTable } from '../histograms/histogram-table.ts';
import { column, readNative } from '../native/read.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { joined, sql, type Sql, uint64List } from '../sql.ts';
import { stringAt } from '../native/block.ts';
import { dayOf } from './day.ts';

/** How much is kept. */
export interface Retention {
  /** Milliseconds; 0 keeps for ever. */
  readonly ageMs: number;
  /** Bytes of samples, histograms and exemplars on disk; 0 is no limit. */
  readonly bytes: number;
}

/** What a round of retention did. */
export interface RetentionResult {
  readonly droppedDays: number;
  readonly droppedBytes: number;
  readonly removedSeries: number;
}

/** A day's partition. */
interface Day {
  readonly id: string;
  readonly day: number;
  readonly bytes: number;
}

/** The first timestamp that queries may see, by age; minus infinity when everything is kept. */
export function horizon(retention: Retention, now: number): number {
  return retention.ageMs === 0 ? Number.NEGATIVE_INFINITY : now - retention.ageMs;
}

/** Days that one statement drops at most. */
const DAYS_AT_ONCE = 200;

/**
 * Applies the retention once. Today's partition is never dropped for its size. `returned` is told of a series that was being removed
 * from the tables when new samples of it came: it has to be written again.
 */
export async function applyRetention(
  engine: Engine,
  index: SeriesIndex,
  histograms: HistogramTable,
  retention: Retention,
  now: number,
  log: Logger,
  returned: (slot: number) => void,
): Promise<RetentionResult> {
  const days = await partitions(engine);
  const firstKept = dayOf(horizon(retention, now));
  const today = dayOf(now);
  let total = days.reduce((sum, { bytes }) => sum + bytes, 0);
  let droppedBytes = 0;
  let droppedDays = 0;
  let lastDropped = firstKept - 1;
  const drops: Sql[] = [];
  for (const day of days) {
    const tooOld = day.day < firstKept;
    const tooMuch = retention.bytes > 0 && total > retention.bytes && day.day < today;
    if (!tooOld && !tooMuch) break;
    drops.push(sql`DROP PARTITION ID ${day.id}`);
    total -= day.bytes;
    droppedBytes += day.bytes;
    droppedDays++;
    lastDropped = Math.max(lastDropped, day.day);
  }
  for (let at = 0; at < drops.length; at += DAYS_AT_ONCE) {
    const some = joined(drops.slice(at, at + DAYS_AT_ONCE), ', ');
    await engine.execute(sql`ALTER TABLE samples ${some}`);
    await engine.execute(sql`ALTER TABLE histogram_samples ${some}`);
    await engine.execute(sql`ALTER TABLE exemplars ${some}`);
  }
  const removedSeries = await removeSeries(engine, index, histograms, lastDropped, returned);
  const result = { droppedDays, droppedBytes, removedSeries };
  if (droppedDays > 0 || removedSeries > 0) log.info(result, 'retention dropped old samples');
  return result;
}

/** All days that have samples, the oldest first. */
async function partitions(engine: Engine): Promise<Day[]> {
  const { bytes } = await engine.query(
    sql`SELECT partition_id AS id, toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts
      WHERE active AND database = currentDatabase() AND table IN ('samples', 'histogram_samples', 'exemplars') GROUP BY partition_id`,
  );
  const days: Day[] = [];
  for (const block of readNative(bytes)) {
    const ids = column(block, 'id', 'String');
    const sizes = column(block, 'bytes', 'Float64').values;
    for (let row = 0; row < block.rows; row++) {
      const id = stringAt(ids, row);
      days.push({ id, day: Number(id), bytes: sizes[row] as number });
    }
  }
  return days.sort((a, b) => a.day - b.day);
}

/** Series that one statement names at most. */
const CHUNK = 20_000;

/** Removes the series whose last samples lay on or before a day, from the tables first. */
async function removeSeries(
  engine: Engine,
  index: SeriesIndex,
  histograms: HistogramTable,
  lastDropped: number,
  returned: (slot: number) => void,
): Promise<number> {
  const gone: number[] = [];
  for (let slot = 0; slot < index.size; slot++) {
    if (index.lastDay(slot) <= lastDropped && index.firstDay(slot) <= index.lastDay(slot)) gone.push(slot);
  }
  let removed = 0;
  for (let at = 0; at < gone.length; at += CHUNK) {
    const chunk = gone.slice(at, at + CHUNK);
    const ids = uint64List(Uint32Array.from(chunk.flatMap((slot) => [index.idLow(slot), index.idHigh(slot)])));
    const having = new Set(await histograms.forget(chunk));
    await engine.execute(sql`DELETE FROM series_activity WHERE id IN (${ids})`);
    await engine.execute(sql`DELETE FROM series WHERE id IN (${ids})`);
    for (const slot of chunk) {
      if (index.lastDay(slot) > lastDropped) {
        returned(slot);
        if (having.has(slot)) histograms.note([slot]);
      } else {
        index.remove(slot);
        removed++;
      }
    }
  }
  return removed;
}
