/** What series have beside floats, native histograms and exemplars, while a batch is collected and under way: bytes by series and time, as growable columns. */

import type { ExemplarBatch, HistogramBatch } from '@atalaya/journal';

/** Payloads: encoded histograms, or the canonical label sets of exemplars. */
export class PayloadColumns {
  count = 0;
  /** Registry slot of each payload's series. */
  slots = new Int32Array(64);
  #fingerprints = new Int32Array(128);
  #timestamps = new Float64Array(64);
  #ends = new Uint32Array(64);
  #bytes = new Uint8Array(8192);
  #length = 0;

  add(slot: number, low: number, high: number, timestamp: number, payload: Uint8Array): void {
    const at = this.count++;
    if (at === this.slots.length) this.#grow();
    const end = this.#length + payload.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(payload, this.#length);
    this.#length = end;
    this.slots[at] = slot;
    this.#fingerprints[at * 2] = low;
    this.#fingerprints[at * 2 + 1] = high;
    this.#timestamps[at] = timestamp;
    this.#ends[at] = end;
  }

  /** Views, valid until the next change. */
  toBatch(): HistogramBatch {
    return {
      count: this.count,
      fingerprints: new Uint32Array(this.#fingerprints.buffer),
      timestamps: this.#timestamps,
      ends: this.#ends,
      bytes: this.#bytes,
    };
  }

  #grow(): void {
    const capacity = this.slots.length * 2;
    const slots = new Int32Array(capacity);
    slots.set(this.slots);
    const fingerprints = new Int32Array(capacity * 2);
    fingerprints.set(this.#fingerprints);
    const timestamps = new Float64Array(capacity);
    timestamps.set(this.#timestamps);
    const ends = new Uint32Array(capacity);
    ends.set(this.#ends);
    this.slots = slots;
    this.#fingerprints = fingerprints;
    this.#timestamps = timestamps;
    this.#ends = ends;
  }
}

/** The exemplars of one batch: their label sets are the payloads. */
export class ExemplarColumns {
  readonly labels = new PayloadColumns();
  readonly #values: number[] = [];

  get count(): number {
    return this.#values.length;
  }

  add(slot: number, low: number, high: number, timestamp: number, value: number, labels: Uint8Array): void {
    this.labels.add(slot, low, high, timestamp, labels);
    this.#values.push(value);
  }

  /** Views, valid until the next change. */
  toBatch(): ExemplarBatch {
    const { count, fingerprints, timestamps, ends, bytes } = this.labels.toBatch();
    return { count, fingerprints, timestamps, values: Float64Array.from(this.#values), ends, labels: bytes };
  }
}
