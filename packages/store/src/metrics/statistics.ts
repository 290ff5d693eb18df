/** Numbers about what is stored: tables, metrics, cardinality. */

import type { Engine } from '../engine/engine.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { METRIC_NAME } from '@atalaya/model';
import { fragment, sql, type Sql } from '../sql.ts';

/** One table: rows, bytes on disk, active parts. */
export interface TableStats {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly parts: number;
}

/** What the store holds. Sizes in bytes, times in milliseconds since the epoch. */
export interface StoreStats {
  readonly tables: readonly TableStats[];
  /** Rows of the samples, histograms among them; a sample that was loaded twice counts twice until a merge. */
  readonly samples: number;
  readonly series: number;
  /** All parts on disk, those that a merge has replaced and nobody has deleted yet included. */
  readonly diskBytes: number;
  /** `undefined` while there are no samples. */
  readonly bytesPerSample: number | undefined;
  readonly oldestSample: number | undefined;
  readonly newestSample: number | undefined;
}

export async function storeStats(engine: Engine, index: SeriesIndex): Promise<StoreStats> {
  const parts = await engine.query(
    sql`SELECT table, toFloat64(sumIf(rows, active)) AS rows, toFloat64(sumIf(bytes_on_disk, active)) AS bytes,
        toFloat64(countIf(active)) AS parts, toFloat64(sum(bytes_on_disk)) AS disk
      FROM system.parts WHERE database = currentDatabase() GROUP BY table ORDER BY table`,
  );
  const tables: TableStats[] = [];
  let diskBytes = 0;
  for (const block of readNative(parts.bytes)) {
    const names = column(block, 'table', 'String');
    const [rows, bytes, counts, disk] = ['rows', 'bytes', 'parts', 'disk'].map((name) => column(block, name, 'Float64').values);
    for (let row = 0; row < block.rows; row++) {
      tables.push({ name: stringAt(names, row), rows: rows?.[row] ?? 0, bytes: bytes?.[row] ?? 0, parts: counts?.[row] ?? 0 });
      diskBytes += disk?.[row] ?? 0;
    }
  }
  const held = tables.filter(({ name }) => name === 'samples' || name === 'histogram_samples');
  const samples = held.reduce((sum, { rows }) => sum + rows, 0);
  const sampleBytes = held.reduce((sum, { bytes }) => sum + bytes, 0);
  const empty = samples === 0;
  const [oldestSample, newestSample] = empty ? [undefined, undefined] : await timeRange(engine);
  return {
    tables,
    samples,
    series: index.count,
    diskBytes,
    bytesPerSample: empty ? undefined : sampleBytes / samples,
    oldestSample,
    newestSample,
  };
}

/** From the parts' own minimum and maximum: no sample is read. */
async function timeRange(engine: Engine): Promise<[number, number]> {
  const { bytes } = await engine.query(
    sql`SELECT toFloat64(min(oldest)) AS oldest, toFloat64(max(newest)) AS newest FROM (
      SELECT min(ts) AS oldest, max(ts) AS newest, count() AS rows FROM samples
      UNION ALL SELECT min(ts) AS oldest, max(ts) AS newest, count() AS rows FROM histogram_samples) WHERE rows > 0`,
  );
  const [block] = readNative(bytes);
  if (block === undefined) throw new RangeError('the engine gave no time range');
  return [column(block, 'oldest', 'Float64').values[0] as number, column(block, 'newest', 'Float64').values[0] as number];
}

/** What one metric costs. */
export interface MetricCost {
  readonly metric: string;
  readonly series: number;
  readonly samples: number;
  /** An estimate: the samples' share of the table, as if every float cost the same and every histogram did. */
  readonly bytes: number;
}

/** Rows of a table by the 20 bits that stand for the metric's name. */
async function countByName(engine: Engine, table: Sql): Promise<Map<number, number>> {
  const { bytes } = await engine.query(
    sql`SELECT toUInt32(bitShiftRight(id, 44)) AS prefix, toFloat64(count()) AS samples FROM ${fragment(table)} GROUP BY prefix`,
  );
  const found = new Map<number, number>();
  for (const block of readNative(bytes)) {
    const prefixes = column(block, 'prefix', 'UInt32').values;
    const counts = column(block, 'samples', 'Float64').values;
    for (let row = 0; row < block.rows; row++) found.set(prefixes[row] as number, counts[row] as number);
  }
  return found;
}

function bytesPerRow(tables: readonly TableStats[], name: string): number {
  const table = tables.find((one) => one.name === name);
  return table === undefined || table.rows === 0 ? 0 : table.bytes / table.rows;
}

/**
 * The metrics with the most samples, and how many metrics there are. Samples are counted by the 20 bits of the metric's name that
 * ids begin with; metrics that share them (one pair in a million) share the count by their series.
 */
export async function metricCosts(engine: Engine, index: SeriesIndex, limit: number): Promise<{ metrics: MetricCost[]; total: number }> {
  const { tables } = await storeStats(engine, index);
  const floats = await countByName(engine, sql`samples`);
  const histograms = await countByName(engine, sql`histogram_samples`);
  const perFloat = bytesPerRow(tables, 'samples');
  const perHistogram = bytesPerRow(tables, 'histogram_samples');
  const { pairs, symbols } = index;
  const name = symbols.find(METRIC_NAME);
  const seriesOf = new Map<number, number>();
  const named = Array.from(name < 0 ? [] : pairs.ofName(name), (pair) => {
    const prefix = index.idHigh(pairs.first(pair)) >>> 12;
    const series = living(index, pair);
    seriesOf.set(prefix, (seriesOf.get(prefix) ?? 0) + series);
    return { pair, prefix, series };
  }).filter(({ series }) => series > 0);
  const metrics = named.map(({ pair, prefix, series }) => {
    const share = series / (seriesOf.get(prefix) as number);
    const [ofFloats, ofHistograms] = [(floats.get(prefix) ?? 0) * share, (histograms.get(prefix) ?? 0) * share];
    const cost = Math.round(ofFloats * perFloat + ofHistograms * perHistogram);
    return { metric: symbols.text(pairs.valueOf(pair)), series, samples: Math.round(ofFloats + ofHistograms), bytes: cost };
  });
  metrics.sort((a, b) => b.samples - a.samples || b.series - a.series || (a.metric < b.metric ? -1 : 1));
  return { metrics: metrics.slice(0, limit), total: metrics.length };
}

function living(index: SeriesIndex, pair: number): number {
  const { pairs } = index;
  if (index.count === index.size) return pairs.count(pair);
  let count = index.isRemoved(pairs.first(pair)) ? 0 : 1;
  for (const slot of pairs.rest(pair)) if (!index.isRemoved(slot)) count++;
  return count;
}

/** A name with a number, the largest first. */
export interface Ranked {
  readonly name: string;
  readonly value: number;
}

/** Where the cardinality comes from, as `/api/v1/status/tsdb` tells it. */
export interface Cardinality {
  readonly series: number;
  readonly labelPairs: number;
  readonly labelNames: number;
  readonly seriesByMetric: readonly Ranked[];
  readonly valuesByLabel: readonly Ranked[];
  /** Bytes of the values' texts. */
  readonly memoryByLabel: readonly Ranked[];
  readonly seriesByPair: readonly Ranked[];
  /** What the whole index takes, bytes, about. */
  readonly indexBytes: number;
}

/** From the index alone; series that were removed do not count. */
export function cardinality(index: SeriesIndex, limit: number): Cardinality {
  const { pairs, symbols } = index;
  const metricName = symbols.find(METRIC_NAME);
  const byPair = new Top(limit);
  const byMetric = new Top(limit);
  const valuesOf = new Map<number, { count: number; bytes: number }>();
  let labelPairs = 0;
  for (let pair = 0; pair < pairs.size; pair++) {
    const series = living(index, pair);
    if (series === 0) continue;
    labelPairs++;
    byPair.offer(pair, series);
    const name = pairs.nameOf(pair);
    if (name === metricName) byMetric.offer(pair, series);
    const values = valuesOf.get(name) ?? { count: 0, bytes: 0 };
    values.count++;
    values.bytes += symbols.byteLength(pairs.valueOf(pair));
    valuesOf.set(name, values);
  }
  const byValues = new Top(limit);
  const byMemory = new Top(limit);
  for (const [name, { count, bytes }] of valuesOf) {
    byValues.offer(name, count);
    byMemory.offer(name, bytes);
  }
  return {
    series: index.count,
    labelPairs,
    labelNames: valuesOf.size,
    seriesByMetric: byMetric.ranked((pair) => symbols.text(pairs.valueOf(pair))),
    valuesByLabel: byValues.ranked((name) => symbols.text(name)),
    memoryByLabel: byMemory.ranked((name) => symbols.text(name)),
    seriesByPair: byPair.ranked((pair) => `${symbols.text(pairs.nameOf(pair))}=${symbols.text(pairs.valueOf(pair))}`),
    indexBytes: index.memoryBytes,
  };
}

/** Keeps the greatest few of many without sorting them all. */
class Top {
  readonly #limit: number;
  #kept: { item: number; value: number }[] = [];
  #least = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(item: number, value: number): void {
    if (this.#kept.length >= this.#limit * 4 && value <= this.#least) return;
    this.#kept.push({ item, value });
    if (this.#kept.length >= this.#limit * 8) this.#trim();
  }

  ranked(name: (item: number) => string): Ranked[] {
    this.#trim();
    return this.#kept.map(({ item, value }) => ({ name: name(item), value }));
  }

  #trim(): void {
    this.#kept = this.#kept.sort((a, b) => b.value - a.value || a.item - b.item).slice(0, this.#limit);
    this.#least = this.#kept.at(-1)?.value ?? 0;
  }
}
