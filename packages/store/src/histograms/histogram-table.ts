/** The table of native histograms, and in memory which series have any: most have none, and cost nothing here. */

import type { Engine } from '../engine/engine.ts';
import { column, readNative } from '../native/read.ts';
import { REFUSED_SLOT } from '../metrics/tail.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import { sql, uint64List } from '../sql.ts';
import type { HistogramRows } from './histogram-columns.ts';

export class HistogramTable {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  /** Slots that `histogram_series` names, or is about to. */
  readonly #having = new Set<number>();
  /** Those of them that it does not name yet. */
  readonly #unsaved = new Set<number>();

  constructor(engine: Engine, index: SeriesIndex) {
    this.#engine = engine;
    this.#index = index;
  }

  /** Reads which series have histograms; the index must be loaded. */
  async load(): Promise<void> {
    const { bytes } = await this.#engine.query(sql`SELECT DISTINCT id FROM histogram_series`);
    for (const block of readNative(bytes)) {
      const { words } = column(block, 'id', 'UInt64');
      for (let row = 0; row < block.rows; row++) {
        const slot = this.#index.slotOfId(words[row * 2] as number, words[row * 2 + 1] as number);
        if (slot >= 0) this.#having.add(slot);
      }
    }
  }

  /** Notes that series have histograms; marks among the slots are passed over. */
  note(slots: Iterable<number>): void {
    for (const slot of slots) {
      if (slot >= REFUSED_SLOT || this.#having.has(slot)) continue;
      this.#having.add(slot);
      this.#unsaved.add(slot);
    }
  }

  /** Stores rows, their series' names first; resolves when they are on disk. */
  async insert(rows: HistogramRows, options: { readonly token?: string } = {}): Promise<void> {
    this.note(rows.slots);
    if (this.#unsaved.size > 0) {
      const slots = [...this.#unsaved];
      await this.#engine.insert('histogram_series', { rows: slots.length, columns: { id: { kind: 'UInt64', words: this.#ids(slots) } } });
      for (const slot of slots) this.#unsaved.delete(slot);
    }
    if (rows.block.rows > 0) await this.#engine.insert('histogram_samples', rows.block, options);
  }

  /** The places in `slots` of the series that have histograms; nothing when none has. */
  having(slots: Uint32Array): Uint32Array<ArrayBuffer> | undefined {
    if (this.#having.size === 0) return undefined;
    const places: number[] = [];
    for (let i = 0; i < slots.length; i++) if (this.#having.has(slots[i] as number)) places.push(i);
    return places.length === 0 ? undefined : Uint32Array.from(places);
  }

  /** Forgets series that retention removes; gives those of them that had histograms. */
  async forget(slots: readonly number[]): Promise<readonly number[]> {
    const gone = slots.filter((slot) => this.#having.has(slot));
    if (gone.length === 0) return gone;
    await this.#engine.execute(sql`DELETE FROM histogram_series WHERE id IN (${uint64List(this.#ids(gone))})`);
    for (const slot of gone) this.#having.delete(slot);
    return gone;
  }

  #ids(slots: readonly number[]): Uint32Array {
    return Uint32Array.from(slots.flatMap((slot) => [this.#index.idLow(slot), this.#index.idHigh(slot)]));
  }
}
