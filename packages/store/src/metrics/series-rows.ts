/** Series of the index as rows of the tables `series` and `series_activity`, and back. */

import type { Engine } from '../engine/engine.ts';
import type { NativeBlock, StringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { ByteList } from '../series-index/growable.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { sql } from '../sql.ts';

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

/** Rows of `series`. */
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

/** Rows of `series_activity`. */
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

/** Registers every series of the tables. Repeated rows are no matter. */
export async function loadIndex(engine: Engine, index: SeriesIndex): Promise<void> {
  await inPages(async (after) => {
    const { bytes } = await engine.query(sql`SELECT id, fingerprint, labels FROM series WHERE id > ${after} ORDER BY id LIMIT ${PAGE}`);
    const page = new Page();
    for (const block of readNative(bytes)) {
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
      page.add(block);
    }
    return page;
  });
  await inPages(async (after) => {
    const { bytes } = await engine.query(
      sql`SELECT id, toInt32(min(first_day)) AS first, toInt32(max(last_day)) AS last FROM series_activity
        WHERE id > ${after} GROUP BY id ORDER BY id LIMIT ${PAGE}`,
      { settings: { optimize_aggregation_in_order: 1 } },
    );
    const page = new Page();
    for (const block of readNative(bytes)) {
      const ids = column(block, 'id', 'UInt64').words;
      const first = column(block, 'first', 'Int32').values;
      const last = column(block, 'last', 'Int32').values;
      for (let row = 0; row < block.rows; row++) {
        const slot = index.slotOfId(ids[row * 2] as number, ids[row * 2 + 1] as number);
        if (slot < 0) continue;
        index.touch(slot, first[row] as number);
        index.touch(slot, last[row] as number);
      }
      page.add(block);
    }
    return page;
  });
}

/** How many rows came, and the last row's id. */
class Page {
  rows = 0;
  lastId = 0n;

  add(block: NativeBlock): void {
    this.rows += block.rows;
    if (block.rows === 0) return;
    const words = column(block, 'id', 'UInt64').words;
    const at = (block.rows - 1) * 2;
    this.lastId = (BigInt(words[at + 1] as number) << 32n) | BigInt(words[at] as number);
  }
}

async function inPages(read: (after: bigint) => Promise<Page>): Promise<void> {
  // Ids that repeat at the border of a page are the same series. No id is 0 but by a chance of one in 2^64.
  for (let after = 0n; ;) {
    const page = await read(after);
    if (page.rows < PAGE) return;
    after = page.lastId;
  }
}
