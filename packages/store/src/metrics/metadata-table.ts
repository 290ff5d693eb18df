/** What is known of metrics (type, help, unit): in memory, and in the table `metadata` for the next start. */

import type { MetadataEntry } from '@atalaya/journal';
import type { Clock, MetricMetadata, MetricType } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { type NativeBlock, stringAt, stringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql } from '../sql.ts';

/** Different descriptions of one metric that are kept; targets of several versions have some, more is noise. */
const PER_METRIC = 10;
const METRICS = 200_000;

export class MetadataTable {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #metrics = new Map<string, MetricMetadata[]>();
  /** Known, but not on disk yet. */
  #unsaved: MetadataEntry[] = [];

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    const { bytes } = await this.#engine.query(
      sql`SELECT metric, type, help, unit FROM metadata GROUP BY metric, type, help, unit ORDER BY metric, max(seen) DESC`,
    );
    for (const block of readNative(bytes)) {
      const [metric, type, help, unit] = ['metric', 'type', 'help', 'unit'].map((name) => column(block, name, 'String'));
      if (metric === undefined || type === undefined || help === undefined || unit === undefined) continue;
      for (let row = 0; row < block.rows; row++) {
        this.#know([stringAt(metric, row), stringAt(type, row) as MetricType, stringAt(help, row), stringAt(unit, row)]);
      }
    }
  }

  add(entries: readonly MetadataEntry[]): void {
    for (const entry of entries) if (this.#know(entry)) this.#unsaved.push(entry);
  }

  /** Writes what is new; on failure it stays to be written. */
  async save(): Promise<void> {
    if (this.#unsaved.length === 0) return;
    // More may be added meanwhile.
    const { length } = this.#unsaved;
    await this.#engine.insert('metadata', rows(this.#unsaved, this.#clock.now()));
    this.#unsaved = this.#unsaved.slice(length);
  }

  /** By metric name, of all metrics or of one, at most `limit` metrics. */
  get(metric: string | undefined, limit: number | undefined): Record<string, MetricMetadata[]> {
    const answer = Object.create(null) as Record<string, MetricMetadata[]>;
    const names = metric === undefined ? this.#metrics.keys() : [metric];
    let left = limit ?? Number.POSITIVE_INFINITY;
    for (const name of names) {
      const known = this.#metrics.get(name);
      if (known === undefined) continue;
      if (left-- <= 0) break;
      answer[name] = [...known];
    }
    return answer;
  }

  #know([metric, type, help, unit]: MetadataEntry): boolean {
    const known = this.#metrics.get(metric);
    if (known === undefined) {
      if (this.#metrics.size >= METRICS) return false;
      this.#metrics.set(metric, [{ type, help, unit }]);
      return true;
    }
    if (known.length >= PER_METRIC || known.some((one) => one.type === type && one.help === help && one.unit === unit)) return false;
    known.push({ type, help, unit });
    return true;
  }
}

function rows(entries: readonly MetadataEntry[], now: number): NativeBlock {
  return {
    rows: entries.length,
    columns: {
      metric: stringColumn(entries.map(([metric]) => metric)),
      type: stringColumn(entries.map(([, type]) => type)),
      help: stringColumn(entries.map(([, , help]) => help)),
      unit: stringColumn(entries.map(([, , , unit]) => unit)),
      seen: {
        kind: 'Int64',
        words: new Uint32Array(BigInt64Array.from(entries, () => BigInt(Math.trunc(now))).buffer),
      },
    },
  };
}
