/** Parts of the tables that ClickHouse found damaged when it started and put aside: what was in them is missing from answers. */

import { type Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql } from '../sql.ts';
import { dayOf, DAY_MS } from './day.ts';

interface DamagedPart {
  readonly table: string;
  /** As its folder is called, in `detached` of the table's folder. */
  readonly name: string;
  /** Of the tables `samples` and `histogram_samples` only. */
  readonly day: number | undefined;
}

/** What is damaged. It changes at starts only: later damage makes the queries that meet it fail. */
export class Damage {
  readonly #parts: readonly DamagedPart[];

  constructor(parts: readonly DamagedPart[]) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#parts.length;
  }

  /** What an answer about this range (milliseconds) has to say about its gaps; nothing when it has none. */
  warnings(start: number, end: number): string[] {
    const [from, to] = [dayOf(start), dayOf(end)];
    return this.#parts.flatMap(({ table, name, day }) => {
      if ((table === 'samples' || table === 'histogram_samples') && day !== undefined) {
        const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
        const what = table === 'samples' ? 'samples' : 'native histograms';
        return from <= day && day <= to ? [`${what} of ${date} are missing: part ${name} of the store is damaged on disk`] : [];
      }
      return table === 'series' || table === 'series_activity' || table === 'histogram_series'
        ? [`series may be missing: part ${name} of the table ${table} is damaged on disk`]
        : [];
    });
  }
}

/** Looks for damaged parts and logs each. */
export async function findDamage(engine: Engine, log: Logger): Promise<Damage> {
  const { bytes } = await engine.query(
    sql`SELECT table, name, ifNull(partition_id, '') AS partition FROM system.detached_parts
      WHERE database = currentDatabase() AND startsWith(ifNull(reason, ''), 'broken')`,
  );
  const parts: DamagedPart[] = [];
  for (const block of readNative(bytes)) {
    const [tables, names, partitions] = (['table', 'name', 'partition'] as const).map((name) => column(block, name, 'String'));
    if (tables === undefined || names === undefined || partitions === undefined) continue;
    for (let row = 0; row < block.rows; row++) {
      const day = Number(stringAt(partitions, row));
      parts.push({ table: stringAt(tables, row), name: stringAt(names, row), day: Number.isInteger(day) ? day : undefined });
    }
  }
  for (const part of parts) {
    log.error(
      part,
      'a part of the store is damaged on disk; answers lack what was in it. Restore a backup, or delete its folder to accept the loss',
    );
  }
  return new Damage(parts);
}
