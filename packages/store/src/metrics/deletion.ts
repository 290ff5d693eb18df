/** Deletes samples of chosen series between two times, and the series of which nothing is left. */

import type { Engine } from '../engine/engine.ts';
import type { ExemplarTable } from '../exemplars/exemplar-table.ts';
import type { HistogramTable } from '../histograms/histogram-table.ts';
import { column, readNative } from '../native/read.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { sql, uint64List } from '../sql.ts';
import type { Tail } from './tail.ts';

/** What a deletion works on. */
export interface DeletionSources {
  readonly engine: Engine;
  readonly index: SeriesIndex;
  readonly histograms: HistogramTable;
  readonly exemplars: ExemplarTable;
  readonly tail: Tail;
}

/** What a deletion did. */
export interface DeletionResult {
  /** Series that were looked at: those that matched. */
  readonly series: number;
  /** Those of which nothing was left. */
  readonly removedSeries: number;
}

/** Series that one statement names at most. */
const CHUNK = 20_000;
/** What 64 bits hold, for ranges without an end. */
const FARTHEST = 8.64e15;

/**
 * Deletes what the tables hold of these series in `[start, end]` (milliseconds). Samples are hidden from the moment a statement
 * ends, and leave the disk with the next merge or with {@link purgeDeleted}. Samples that are not in the tables yet stay: they
 * came later than the order.
 */
export async function deleteSamples(sources: DeletionSources, slots: Uint32Array, start: number, end: number): Promise<DeletionResult> {
  const { engine, index } = sources;
  const from = Math.ceil(Math.max(start, -FARTHEST));
  const to = Math.floor(Math.min(end, FARTHEST));
  let removedSeries = 0;
  for (let at = 0; at < slots.length; at += CHUNK) {
    const chunk = slots.slice(at, at + CHUNK);
    const words = idWords(index, chunk);
    const ids = uint64List(words);
    await engine.execute(sql`DELETE FROM samples WHERE id IN (${ids}) AND ts >= ${from} AND ts <= ${to}`);
    if (sources.histograms.having(chunk) !== undefined) {
      await engine.execute(sql`DELETE FROM histogram_samples WHERE id IN (${ids}) AND ts >= ${from} AND ts <= ${to}`);
    }
    await sources.exemplars.delete(words, from, to);
    removedSeries += await removeEmpty(sources, chunk);
  }
  return { series: slots.length, removedSeries };
}

/** Takes what was deleted off the disk. */
export async function purgeDeleted(engine: Engine): Promise<void> {
  // Materializing the mask rewrites only parts that have one.
  await engine.execute(sql`ALTER TABLE samples APPLY DELETED MASK SETTINGS mutations_sync = 2`);
  await engine.execute(sql`ALTER TABLE histogram_samples APPLY DELETED MASK SETTINGS mutations_sync = 2`);
  await engine.execute(sql`ALTER TABLE exemplars APPLY DELETED MASK SETTINGS mutations_sync = 2`);
}

/** Removes those of the series that have no sample, neither in the tables nor on the way there. */
async function removeEmpty(sources: DeletionSources, slots: Uint32Array): Promise<number> {
  const { engine, index, histograms } = sources;
  const empty = await findEmpty(sources, slots);
  // From here on they are in no answer. A sample that comes now brings its series back, and the next load writes it anew.
  for (const slot of empty) index.remove(slot);
  if (empty.length === 0) return 0;
  const ids = uint64List(idWords(index, empty));
  const had = await histograms.forget(empty);
  await engine.execute(sql`DELETE FROM series_activity WHERE id IN (${ids})`);
  await engine.execute(sql`DELETE FROM series WHERE id IN (${ids})`);
  histograms.note(had.filter((slot) => !index.isRemoved(slot)));
  return empty.length;
}

async function findEmpty({ engine, index, histograms, tail }: DeletionSources, slots: Uint32Array): Promise<number[]> {
  const ids = uint64List(idWords(index, slots));
  const read = tail.beginRead();
  try {
    const holding = new Set<number>();
    const statements = [sql`SELECT DISTINCT id FROM samples WHERE id IN (${ids})`];
    if (histograms.having(slots) !== undefined) statements.push(sql`SELECT DISTINCT id FROM histogram_samples WHERE id IN (${ids})`);
    for (const statement of statements) {
      for (const block of readNative((await engine.query(statement)).bytes)) {
        const { words } = column(block, 'id', 'UInt64');
        for (let row = 0; row < block.rows; row++) holding.add(index.slotOfId(words[row * 2] as number, words[row * 2 + 1] as number));
      }
    }
    const note = (place: number): void => void holding.add(slots[place] as number);
    tail.scan(read, slots, note);
    tail.scan(read, slots, note, 'histogramSlots');
    return Array.from(slots).filter((slot) => !holding.has(slot));
  } finally {
    tail.endRead(read);
  }
}

function idWords(index: SeriesIndex, slots: Iterable<number>): Uint32Array {
  return Uint32Array.from(Array.from(slots).flatMap((slot) => [index.idLow(slot), index.idHigh(slot)]));
}
