/** Growable columns of one batch, reused from batch to batch so that a sample costs no allocation. */

import type { MetadataEntry, MetricBatch } from '@atalaya/journal';
import type { ExemplarColumns, PayloadColumns } from './payload-columns.ts';

const FIRST_SAMPLES = 2048;
/** Larger columns are left to the garbage collector: one huge request must not hold its memory for ever. */
const KEPT_SAMPLES = 65_536;
const KEPT_LABEL_BYTES = 1 << 20;
const KEPT_COLUMNS = 16;

/** The samples and series definitions of one batch while it is collected and under way. */
export class BatchColumns {
  /** Float samples in use; the arrays are longer. */
  count = 0;
  /** Two words (low, high) per sample. */
  fingerprints = new Int32Array(FIRST_SAMPLES * 2);
  timestamps = new Float64Array(FIRST_SAMPLES);
  /** Bits of the values, two words (low, high) per sample. */
  valueWords = new Int32Array(FIRST_SAMPLES * 2);
  /** Registry slot of each sample. */
  slots = new Int32Array(FIRST_SAMPLES);
  /** Made by the first histogram; most batches have none. */
  histograms: PayloadColumns | undefined;
  exemplars: ExemplarColumns | undefined;
  metadata: MetadataEntry[] = [];
  /** Slots whose definitions are in this batch. */
  readonly definedSlots: number[] = [];
  readonly defined = new Set<number>();
  #definitionWords = new Int32Array(64);
  #definitionEnds = new Uint32Array(32);
  #definitionBytes = new Uint8Array(8192);
  #definitionLength = 0;

  /** Whether there is nothing to be journaled. */
  get isEmpty(): boolean {
    return this.rows === 0 && this.metadata.length === 0 && this.exemplars === undefined;
  }

  /** Float samples and histograms. */
  get rows(): number {
    return this.count + (this.histograms?.count ?? 0);
  }

  /** Makes room for `more` samples. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.slots.length) return;
    const capacity = Math.max(needed, this.slots.length * 2);
    this.fingerprints = grown(this.fingerprints, new Int32Array(capacity * 2));
    this.timestamps = grown(this.timestamps, new Float64Array(capacity));
    this.valueWords = grown(this.valueWords, new Int32Array(capacity * 2));
    this.slots = grown(this.slots, new Int32Array(capacity));
  }

  /** Adds a series definition: fingerprint words and canonical label bytes. */
  define(slot: number, low: number, high: number, labels: Uint8Array): void {
    const at = this.definedSlots.length;
    if (at === this.#definitionEnds.length) {
      this.#definitionEnds = grown(this.#definitionEnds, new Uint32Array(at * 2));
      this.#definitionWords = grown(this.#definitionWords, new Int32Array(at * 4));
    }
    const end = this.#definitionLength + labels.length;
    if (end > this.#definitionBytes.length) {
      this.#definitionBytes = grown(this.#definitionBytes, new Uint8Array(Math.max(end, this.#definitionBytes.length * 2)));
    }
    this.#definitionBytes.set(labels, this.#definitionLength);
    this.#definitionLength = end;
    this.#definitionWords[at * 2] = low;
    this.#definitionWords[at * 2 + 1] = high;
    this.#definitionEnds[at] = end;
    this.definedSlots.push(slot);
    this.defined.add(slot);
  }

  /** The fingerprint words of the definition with this index. */
  definitionWord(index: number): number {
    return this.#definitionWords[index] as number;
  }

  /** The columns as a batch: views, valid until the next change. */
  toBatch(): MetricBatch {
    return {
      series: {
        count: this.definedSlots.length,
        fingerprints: new Uint32Array(this.#definitionWords.buffer),
        ends: this.#definitionEnds,
        labels: this.#definitionBytes,
      },
      samples: {
        count: this.count,
        fingerprints: new Uint32Array(this.fingerprints.buffer),
        timestamps: this.timestamps,
        values: new Float64Array(this.valueWords.buffer),
      },
      ...(this.histograms !== undefined && { histograms: this.histograms.toBatch() }),
      ...(this.exemplars !== undefined && { exemplars: this.exemplars.toBatch() }),
      metadata: this.metadata,
    };
  }

  /** Empties the columns; false when they have grown too large to keep. */
  reset(): boolean {
    this.count = 0;
    this.histograms = undefined;
    this.exemplars = undefined;
    this.metadata = [];
    this.definedSlots.length = 0;
    this.defined.clear();
    this.#definitionLength = 0;
    return this.slots.length <= KEPT_SAMPLES && this.#definitionBytes.length <= KEPT_LABEL_BYTES;
  }
}

/** Columns that wait for the next batch. */
export class ColumnPool {
  readonly #free: BatchColumns[] = [];

  take(): BatchColumns {
    return this.#free.pop() ?? new BatchColumns();
  }

  release(columns: BatchColumns): void {
    if (columns.reset() && this.#free.length < KEPT_COLUMNS) this.#free.push(columns);
  }
}

function grown<Column extends Int32Array | Uint32Array | Float64Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
