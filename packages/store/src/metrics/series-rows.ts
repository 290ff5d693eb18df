/** Label sets of an index as rows of the tables that hold them and the days on which they were used, and back. */

import type { Engine } from '../engine/engine.ts';
import type { NativeBlock, StringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { ByteList } from '../series-index/growable.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { identifier, sql, type Sql } from '../sql.ts';

/** Collects strings, symbol by symbol. */
class SymbolColumn {
  readonly #bytes = new ByteList();
  readonly #ends: Uint32Array;
  #count = 0;

  constructor(count: number) {
    this.#ends = new Uint32Array(count);
  }

  push(index: SeriesIndex, symbol: number): void {
    index.symbols.append(symbol, this.#bytes);
    this.#ends[this.#count++] = this.#bytes.length;
  }

  column(): StringColumn {
    return { kind: 'String', ends: this.#ends, bytes: this.#bytes.view().subarray(0, this.#bytes.length) };
  }
}

function idWords(index: SeriesIndex, slots: readonly number[]): Uint32Array {
  const words = new Uint32Array(slots.length * 2);
  slots.forEach((slot, row) => {
    words[row * 2] = index.idLow(slot);
    words[row * 2 + 1] = index.idHigh(slot);
  });
  return words;
}

/** Rows of the table of definitions. */
export function definitionRows(index: SeriesIndex, slots: readonly number[]): NativeBlock {
  const fingerprints = new Uint32Array(slots.length * 2);
  const ends = new Uint32Array(slots.length);
  let pairs = 0;
  slots.forEach((slot, row) => {
    fingerprints[row * 2] = index.idLow(slot);
    fingerprints[row * 2 + 1] = index.fpHigh(slot);
    pairs += index.pairsOf(slot).length;
    ends[row] = pairs;
  });
  const keys = new SymbolColumn(pairs);
  const values = new SymbolColumn(pairs);
  for (const slot of slots) {
    for (const pair of index.pairsOf(slot)) {
      keys.push(index, index.pairs.nameOf(pair));
      values.push(index, index.pairs.valueOf(pair));
    }
  }
  return {
    rows: slots.length,
    columns: {
      id: { kind: 'UInt64', words: idWords(index, slots) },
      fingerprint: { kind: 'UInt64', words: fingerprints },
      labels: { kind: 'Map(String, String)', ends, keys: keys.column(), values: values.column() },
    },
  };
}

/** Rows of the table of activity. */
export function activityRows(index: SeriesIndex, slots: readonly number[]): NativeBlock {
  return {
    rows: slots.length,
    columns: {
      id: { kind: 'UInt64', words: idWords(index, slots) },
      first_day: { kind: 'Int32', values: Int32Array.from(slots, (slot) => index.firstDay(slot)) },
      last_day: { kind: 'Int32', values: Int32Array.from(slots, (slot) => index.lastDay(slot)) },
    },
  };
}

/** Rows that are asked for at once: enough to be quick, few enough to need little memory. */
const PAGE = 50_000;

/** Where label sets and their days lie: metrics and logs have tables of the same form. */
export interface IndexTables {
  readonly definitions: string;
  readonly activity: string;
}

export const METRIC_TABLES: IndexTables = { definitions: 'series', activity: 'series_activity' };

/** Registers every series of the tables. Repeated rows are no matter. */
export async function loadIndex(engine: Engine, index: SeriesIndex, tables: IndexTables = METRIC_TABLES): Promise<void> {
  const [definitionTable, activityTable] = [identifier(tables.definitions), identifier(tables.activity)];
  const series = (after: bigint): Sql =>
    sql`SELECT id, fingerprint, labels FROM ${definitionTable} WHERE id > ${after} ORDER BY id LIMIT ${PAGE}`;
  const activity = (after: bigint): Sql => sql`SELECT id, toInt32(min(first_day)) AS first, toInt32(max(last_day)) AS last
    FROM ${activityTable} WHERE id > ${after} GROUP BY id ORDER BY id LIMIT ${PAGE}`;
  await inPages(engine, series, (block) => registerBlock(index, block));
  await inPages(engine, activity, (block) => touchBlock(index, block));
}

function registerBlock(index: SeriesIndex, block: NativeBlock): void {
  const fingerprints = column(block, 'fingerprint', 'UInt64').words;
  const { ends, keys, values } = column(block, 'labels', 'Map(String, String)');
  let pair = 0;
  for (let row = 0; row < block.rows; row++) {
    index.begin();
    for (const end = ends[row] as number; pair < end; pair++) {
      const keyStart = pair === 0 ? 0 : (keys.ends[pair - 1] as number);
      const valueStart = pair === 0 ? 0 : (values.ends[pair - 1] as number);
      index.label(keys.bytes, keyStart, keys.ends[pair] as number, values.bytes, valueStart, values.ends[pair] as number);
    }
    index.commit(fingerprints[row * 2] as number, fingerprints[row * 2 + 1] as number);
  }
}

function touchBlock(index: SeriesIndex, block: NativeBlock): void {
  const ids = column(block, 'id', 'UInt64').words;
  const first = column(block, 'first', 'Int32').values;
  const last = column(block, 'last', 'Int32').values;
  for (let row = 0; row < block.rows; row++) {
    const slot = index.slotOfId(ids[row * 2] as number, ids[row * 2 + 1] as number);
    if (slot < 0) continue;
    index.touch(slot, first[row] as number);
    index.touch(slot, last[row] as number);
  }
}

/** Reads a table page by page in the order of its ids; the engine reads the next page while this one is worked on. */
async function inPages(engine: Engine, statement: (after: bigint) => Sql, use: (block: NativeBlock) => void): Promise<void> {
  const fetch = async (after: bigint): Promise<NativeBlock[]> => {
    const settings = { optimize_aggregation_in_order: 1, optimize_read_in_order: 1 };
    return readNative((await engine.query(statement(after), { settings })).bytes);
  };
  // No id is 0 but by a chance of one in 2^64.
  let next: Promise<NativeBlock[]> | undefined = fetch(0n);
  while (next !== undefined) {
    const page: NativeBlock[] = await next;
    const rows = page.reduce((sum, block) => sum + block.rows, 0);
    next = rows < PAGE ? undefined : fetch(lastId(page));
    // A page that cannot be used fails the start; that the next one might fail too is then of no interest.
    next?.catch(() => undefined);
    for (const block of page) use(block);
  }
}

/** The id of the last row. Rows of one id that lie beyond the border of a page say the same as this one. */
function lastId(page: readonly NativeBlock[]): bigint {
  const block = page.findLast(({ rows }) => rows > 0);
  if (block === undefined) throw new RangeError('an empty page has no last id');
  const { words } = column(block, 'id', 'UInt64');
  const at = (block.rows - 1) * 2;
  return (BigInt(words[at + 1] as number) << 32n) | BigInt(words[at] as number);
}
