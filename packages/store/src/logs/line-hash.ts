/** The hash of a line by which repetitions are recognised: stream, time, text, attributes, trace and span. */

import type { LogBatch } from '@atalaya/journal';
import { type Hash64, hashBytes } from '@atalaya/model';
import { rowEnds } from './log-columns.ts';
import { packedEnds } from './packed-texts.ts';

const UNITS = 8;

/** Where a line's parts lie: packed texts as batches and Native blocks hold them, so both give the same hash. */
export interface HashedLine {
  /** Fingerprint and nanoseconds, each as (low, high) words. */
  readonly streamLow: number;
  readonly streamHigh: number;
  readonly timeLow: number;
  readonly timeHigh: number;
}

export class LineHasher {
  readonly #words = new Uint32Array(UNITS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  readonly #hash: Hash64 = { low: 0, high: 0 };
  /** The hash of the last line. */
  low = 0;
  high = 0;

  /** Hashes a line: its text is `body[bodyStart, bodyEnd)`; its attributes are packed texts, `names[…)` and `values[…)`. */
  hash(
    line: HashedLine,
    body: Uint8Array,
    bodyStart: number,
    bodyEnd: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    values: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const words = this.#words;
    const hash = this.#hash;
    words[0] = line.streamLow;
    words[1] = line.streamHigh;
    words[2] = line.timeLow;
    words[3] = line.timeHigh;
    hashBytes(body, bodyStart, bodyEnd, 0, hash);
    words[4] = hash.low;
    words[5] = hash.high;
    words[6] = 0;
    words[7] = 0;
    if (nameEnd > nameStart) {
      hashBytes(names, nameStart, nameEnd, 0, hash);
      const seed = hash.low;
      words[6] = hash.high;
      hashBytes(values, valueStart, valueEnd, seed, hash);
      words[6] ^= hash.high;
      words[7] = hash.low;
    }
    this.#take(UNITS);
  }

  /** Takes the id of the line's trace, or span, into the hash: one packed text. Most lines have none. */
  addId(ids: Uint8Array, start: number, end: number): void {
    // An empty text is one byte.
    if (end - start <= 1) return;
    const hash = this.#hash;
    this.#words[0] = this.low;
    this.#words[1] = this.high;
    hashBytes(ids, start, end, 0, hash);
    this.#words[2] = hash.low;
    this.#words[3] = hash.high;
    this.#take(4);
  }

  /** Makes the first words the hash. */
  #take(words: number): void {
    const hash = this.#hash;
    hashBytes(this.#bytes, 0, words * 4, 0, hash);
    this.low = hash.low;
    this.high = hash.high;
  }
}

/** Hashes each line of a batch: `told` finds the hash in the hasher. */
export function hashLines(batch: LogBatch, hasher: LineHasher, told: (row: number) => void): void {
  const { bodies, attributeNames, attributeValues, traceIds, spanIds, origins } = batch;
  const bodyEnds = packedEnds(bodies, batch.rows);
  const traceEnds = endsUnlessEmpty(traceIds, batch.rows);
  const spanEnds = endsUnlessEmpty(spanIds, batch.rows);
  const without = attributeNames.length === 0;
  const nameEnds = without ? undefined : rowEnds(attributeNames, batch.attributeCounts);
  const valueEnds = without ? undefined : rowEnds(attributeValues, batch.attributeCounts);
  const words = new Uint32Array(batch.timestamps.buffer, batch.timestamps.byteOffset, batch.rows * 2);
  const line = { streamLow: 0, streamHigh: 0, timeLow: 0, timeHigh: 0 };
  const startOf = (ends: Uint32Array | undefined, row: number): number => (row === 0 ? 0 : (ends?.[row - 1] ?? 0));
  for (let row = 0; row < batch.rows; row++) {
    const origin = batch.rowOrigins[row] as number;
    line.streamLow = origins.fingerprints[origin * 2] as number;
    line.streamHigh = origins.fingerprints[origin * 2 + 1] as number;
    line.timeLow = words[row * 2] as number;
    line.timeHigh = words[row * 2 + 1] as number;
    const [name, nameEnd] = [startOf(nameEnds, row), nameEnds?.[row] ?? 0];
    const [value, valueEnd] = [startOf(valueEnds, row), valueEnds?.[row] ?? 0];
    // The text with its length, as it lies packed.
    hasher.hash(
      line,
      bodies,
      startOf(bodyEnds, row),
      bodyEnds[row] as number,
      attributeNames,
      name,
      nameEnd,
      attributeValues,
      value,
      valueEnd,
    );
    if (traceEnds !== undefined) hasher.addId(traceIds, startOf(traceEnds, row), traceEnds[row] as number);
    if (spanEnds !== undefined) hasher.addId(spanIds, startOf(spanEnds, row), spanEnds[row] as number);
    told(row);
  }
}

/** Where the texts of a column end; nothing when all are empty, which are a byte each. */
function endsUnlessEmpty(column: Uint8Array, rows: number): Uint32Array | undefined {
  return column.length === rows ? undefined : packedEnds(column, rows);
}
