/** What makes a span that very span: trace, id, kind, start and name. By a hash of them repetitions are recognised. */

import { eachText, type SpanBatch } from '@atalaya/journal';
import { type Hash64, hashBytes } from '@atalaya/model';

const UNITS = 11;

/** Hashes of spans, one at a time. */
export class SpanHasher {
  readonly #words = new Uint32Array(UNITS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  readonly #hash: Hash64 = { low: 0, high: 0 };
  /** The hash of the last span. */
  low = 0;
  high = 0;
  /** The hash of its name alone. */
  nameLow = 0;
  nameHigh = 0;

  /** Hashes a span. Its ids are bytes from these places on, its start (nanoseconds) two words, its name `names[nameStart, nameEnd)`. */
  hash(
    traceIds: Uint8Array,
    traceAt: number,
    spanIds: Uint8Array,
    spanAt: number,
    startLow: number,
    startHigh: number,
    kind: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): void {
    const bytes = this.#bytes;
    const words = this.#words;
    const hash = this.#hash;
    for (let i = 0; i < 16; i++) bytes[i] = traceIds[traceAt + i] as number;
    for (let i = 0; i < 8; i++) bytes[16 + i] = spanIds[spanAt + i] as number;
    words[6] = startLow;
    words[7] = startHigh;
    words[8] = kind;
    hashBytes(names, nameStart, nameEnd, 0, hash);
    words[9] = this.nameLow = hash.low;
    words[10] = this.nameHigh = hash.high;
    hashBytes(bytes, 0, UNITS * 4, 0, hash);
    this.low = hash.low;
    this.high = hash.high;
  }
}

/** Hashes each span of a batch: `told` finds the hash in the hasher, and is told where in `batch.names` its name lies. */
export function hashSpans(batch: SpanBatch, hasher: SpanHasher, told: (row: number, nameStart: number, nameEnd: number) => void): void {
  const { traceIds, spanIds, kinds, names, starts } = batch;
  const words = new Uint32Array(starts.buffer, starts.byteOffset, batch.rows * 2);
  let row = 0;
  eachText(names, (start, end) => {
    const [low, high] = [words[row * 2] as number, words[row * 2 + 1] as number];
    hasher.hash(traceIds, row * 16, spanIds, row * 8, low, high, kinds[row] as number, names, start, end);
    told(row++, start, end);
  });
}
