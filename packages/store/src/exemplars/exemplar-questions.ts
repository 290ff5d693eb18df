/** Answers which exemplars series have in a range of time. */

import { type CancelSignal, type Labels, labelsOf } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import { numberAt, stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { fragment, sql, type Sql, uint64List } from '../sql.ts';
import type { ExemplarTable, StoredExemplar } from './exemplar-table.ts';

/** Exemplars of one series, by time. */
export interface SeriesExemplars {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly StoredExemplar[];
}

/** What series have; of more than may be given only every so many-th. */
export interface ExemplarAnswer {
  readonly series: readonly SeriesExemplars[];
  /** 1 when all are given, else one of how many. */
  readonly oneOf: number;
}

/** Which exemplars are asked for. Times in whole milliseconds, both inclusive. */
export interface ExemplarRange {
  readonly start: number;
  readonly end: number;
  /** How many are told, about. */
  readonly most: number;
}

/** What a question is answered from. */
interface ExemplarSources {
  readonly engine: Engine;
  readonly index: SeriesIndex;
  readonly exemplars: ExemplarTable;
  readonly limits: QueryLimits;
}

/** Series that one statement names at most. */
const CHUNK = 20_000;

/** The exemplars of the series with these slots. Rejects as the engine's queries do. */
export async function selectExemplars(
  sources: ExemplarSources,
  slots: Uint32Array,
  range: ExemplarRange,
  signal: CancelSignal | undefined,
): Promise<ExemplarAnswer> {
  const { engine, index, exemplars, limits } = sources;
  const { start, end, most } = range;
  const found = new Map<number, Map<string, StoredExemplar>>();
  const add = (slot: number, exemplar: StoredExemplar): void => {
    const ofSeries = found.get(slot) ?? new Map<string, StoredExemplar>();
    found.set(slot, ofSeries);
    ofSeries.set(JSON.stringify([exemplar.timestamp, String(exemplar.value), exemplar.labels]), exemplar);
  };
  const options = { limits, ...(signal === undefined ? {} : { signal }) };
  // Those that wait are looked at before the table, so that none is missed which moves there meanwhile.
  const wanted = new Set(slots);
  exemplars.eachWaiting((slot, exemplar) => {
    if (wanted.has(slot) && exemplar.timestamp >= start && exemplar.timestamp <= end) add(slot, exemplar);
  });
  let oneOf = 1;
  if (exemplars.used) {
    const chosen: Sql[] = [];
    for (let at = 0; at < slots.length; at += CHUNK) {
      const ids = Uint32Array.from(Array.from(slots.subarray(at, at + CHUNK)).flatMap((slot) => [index.idLow(slot), index.idHigh(slot)]));
      chosen.push(sql`FROM exemplars WHERE id IN (${uint64List(ids)}) AND ts >= ${start} AND ts <= ${end}`);
    }
    let rows = 0;
    for (const from of chosen) {
      const [block] = readNative((await engine.query(sql`SELECT toFloat64(count()) AS rows ${fragment(from)}`, options)).bytes);
      rows += block === undefined ? 0 : (column(block, 'rows', 'Float64').values[0] as number);
    }
    oneOf = Math.max(1, Math.ceil(rows / most));
    for (const from of chosen) {
      const statement = sql`SELECT id, ts, value, labels ${fragment(from)} AND cityHash64(id, ts) % ${oneOf} = 0`;
      for (const block of readNative((await engine.query(statement, options)).bytes)) {
        const { words } = column(block, 'id', 'UInt64');
        const times = column(block, 'ts', 'Int64');
        const { values } = column(block, 'value', 'Float64');
        const { ends, keys, values: texts } = column(block, 'labels', 'Map(String, String)');
        for (let row = 0; row < block.rows; row++) {
          const pairs: [string, string][] = [];
          for (let i = row === 0 ? 0 : (ends[row - 1] as number); i < (ends[row] as number); i++) {
            pairs.push([stringAt(keys, i), stringAt(texts, i)]);
          }
          add(index.slotOfId(words[row * 2] as number, words[row * 2 + 1] as number), {
            labels: labelsOf(pairs),
            value: values[row] as number,
            timestamp: numberAt(times, row),
          });
        }
      }
    }
  }
  const series = Array.from(found, ([slot, ofSeries]) => ({
    seriesLabels: index.labels(slot),
    exemplars: [...ofSeries.values()].sort((a, b) => a.timestamp - b.timestamp),
  }));
  return { series, oneOf };
}
