/** The table of exemplars, and in memory those that were taken in but are not in the table yet. */

import type { MetricBatch } from '@atalaya/journal';
import { decodeLabels, type Labels } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { type NativeBlock, stringColumn } from '../native/block.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { sql, uint64List } from '../sql.ts';

/** An exemplar of a series. */
export interface StoredExemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

export class ExemplarTable {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  /** Batches with exemplars that are not in the table yet. */
  readonly #waiting = new Set<MetricBatch>();
  /** Whether the table has ever held anything: it need not be asked otherwise. */
  #used = false;

  constructor(engine: Engine, index: SeriesIndex) {
    this.#engine = engine;
    this.#index = index;
  }

  /** Looks whether there are any. */
  async load(): Promise<void> {
    const { bytes } = await this.#engine.query(sql`SELECT 1 AS any FROM exemplars LIMIT 1`);
    this.#used = bytes.length > 0;
  }

  get used(): boolean {
    return this.#used;
  }

  /** Notes a batch's exemplars, so that questions find them at once. */
  take(batch: MetricBatch): void {
    if (batch.exemplars !== undefined) this.#waiting.add(batch);
  }

  /**
   * Puts the batches' exemplars into the table; resolves when they are on disk. Those that are there already are not there twice after a merge,
   * and questions pass over repetitions. Exemplars of series that nobody has defined, because the record that did was damaged, are lost: gives
   * their number.
   */
  async insert(batches: readonly MetricBatch[]): Promise<number> {
    const holding = batches.filter(({ exemplars }) => exemplars !== undefined);
    if (holding.length === 0) return 0;
    const { block, lost } = this.#rows(holding);
    this.#used = true;
    if (block.rows > 0) await this.#engine.insert('exemplars', block);
    for (const batch of holding) this.#waiting.delete(batch);
    return lost;
  }

  /** Tells of each exemplar that waits: the slot of its series. */
  eachWaiting(tell: (slot: number, exemplar: StoredExemplar) => void): void {
    for (const batch of this.#waiting) eachExemplar(batch, this.#index, tell);
  }

  /** Deletes what series have between two whole times, both inclusive; what waits stays. */
  async delete(ids: Uint32Array, from: number, to: number): Promise<void> {
    if (!this.#used) return;
    await this.#engine.execute(sql`DELETE FROM exemplars WHERE id IN (${uint64List(ids)}) AND ts >= ${from} AND ts <= ${to}`);
  }

  #rows(batches: readonly MetricBatch[]): { readonly block: NativeBlock; readonly lost: number } {
    const ids: number[] = [];
    const exemplars: StoredExemplar[] = [];
    let lost = 0;
    for (const batch of batches) {
      eachExemplar(batch, this.#index, (slot, exemplar) => {
        if (slot < 0) {
          lost++;
          return;
        }
        ids.push(this.#index.idLow(slot), this.#index.idHigh(slot));
        exemplars.push(exemplar);
      });
    }
    let pairs = 0;
    const names = exemplars.flatMap(({ labels }) => labels.filter((_, i) => i % 2 === 0));
    const values = exemplars.flatMap(({ labels }) => labels.filter((_, i) => i % 2 === 1));
    const block: NativeBlock = {
      rows: exemplars.length,
      columns: {
        id: { kind: 'UInt64', words: Uint32Array.from(ids) },
        ts: { kind: 'Int64', words: new Uint32Array(BigInt64Array.from(exemplars, ({ timestamp }) => BigInt(timestamp)).buffer) },
        value: { kind: 'Float64', values: Float64Array.from(exemplars, ({ value }) => value) },
        labels: {
          kind: 'Map(String, String)',
          ends: Uint32Array.from(exemplars, ({ labels }) => (pairs += labels.length / 2)),
          keys: stringColumn(names),
          values: stringColumn(values),
        },
      },
    };
    return { block, lost };
  }
}

/** Tells of each exemplar of a batch: the slot of its series, -1 where there is none. */
function eachExemplar({ exemplars }: MetricBatch, index: SeriesIndex, tell: (slot: number, exemplar: StoredExemplar) => void): void {
  if (exemplars === undefined) return;
  const { count, fingerprints, timestamps, values, ends, labels } = exemplars;
  let from = 0;
  for (let i = 0; i < count; i++) {
    const to = ends[i] as number;
    const slot = index.slotOf(fingerprints[i * 2] as number, fingerprints[i * 2 + 1] as number);
    const timestamp = Math.trunc(timestamps[i] as number);
    tell(slot, { labels: decodeLabels(labels.subarray(from, to)), value: values[i] as number, timestamp });
    from = to;
  }
}
