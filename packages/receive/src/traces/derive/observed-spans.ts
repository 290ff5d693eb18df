/** A batch as all that is derived from spans looks at it: names hashed, repetitions marked, chosen attributes found, in one pass each. */

import { eachText, type SpanBatch } from '@atalaya/journal';
import { hashRange, type HashSeed, randomSeed } from '../../remote-write/keyed-hash.ts';
import { AttributeFinder } from '../find-attributes.ts';
import { RecentKeys } from './recent-keys.ts';

/** Bytes that tell a span from all others: trace id, span id, start, hash of the name, kind. */
const IDENTITY = 44;

/** Reads batches one after the other; what it tells of one is valid until the next. */
export class ObservedSpans {
  readonly attributes: AttributeFinder;
  readonly seed: HashSeed = randomSeed();
  /** Two words of each row's name. */
  nameHashes = new Int32Array(0);
  /** Where names lie in the batch's column. */
  nameStarts = new Int32Array(0);
  nameEnds = new Int32Array(0);
  /** 1 for each row that was not seen before. */
  fresh = new Uint8Array(0);
  /** Seconds. */
  seconds = new Float64Array(0);
  readonly #recent = new RecentKeys();
  readonly #identity = new DataView(new ArrayBuffer(IDENTITY));
  readonly #key = new Int32Array(2);
  #repeated = 0;

  /** @param attributes names that are looked for */
  constructor(attributes: readonly string[]) {
    this.attributes = new AttributeFinder(attributes);
  }

  /** Rows that repeated an earlier one, since the start. */
  get repeated(): number {
    return this.#repeated;
  }

  read(batch: SpanBatch): void {
    this.#reserve(batch.rows);
    this.#hashNames(batch);
    const words = new Uint32Array(batch.durations.buffer, batch.durations.byteOffset, batch.rows * 2);
    for (let row = 0; row < batch.rows; row++) {
      this.seconds[row] = ((words[row * 2 + 1] as number) * 4_294_967_296 + (words[row * 2] as number)) / 1e9;
    }
    this.#markRepetitions(batch);
    this.attributes.find(batch.attributes);
  }

  #reserve(rows: number): void {
    if (this.fresh.length >= rows) return;
    const capacity = rows * 2;
    this.nameHashes = new Int32Array(capacity * 2);
    this.nameStarts = new Int32Array(capacity);
    this.nameEnds = new Int32Array(capacity);
    this.fresh = new Uint8Array(capacity);
    this.seconds = new Float64Array(capacity);
  }

  #hashNames({ names }: SpanBatch): void {
    const view = new DataView(names.buffer, names.byteOffset, names.byteLength);
    let row = 0;
    eachText(names, (start, end) => {
      this.nameStarts[row] = start;
      this.nameEnds[row] = end;
      hashRange(view, start, end, this.seed, this.nameHashes, row * 2);
      row++;
    });
  }

  /** A sender that got no answer sends again what was taken. */
  #markRepetitions(batch: SpanBatch): void {
    const { traceIds, spanIds, starts, kinds, rows } = batch;
    const ids = new DataView(traceIds.buffer, traceIds.byteOffset, traceIds.byteLength);
    const spans = new DataView(spanIds.buffer, spanIds.byteOffset, spanIds.byteLength);
    const times = new Int32Array(starts.buffer, starts.byteOffset, rows * 2);
    const identity = this.#identity;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < 16; i += 4) identity.setInt32(i, ids.getInt32(row * 16 + i));
      identity.setInt32(16, spans.getInt32(row * 8));
      identity.setInt32(20, spans.getInt32(row * 8 + 4));
      identity.setInt32(24, times[row * 2] as number);
      identity.setInt32(28, times[row * 2 + 1] as number);
      identity.setInt32(32, this.nameHashes[row * 2] as number);
      identity.setInt32(36, this.nameHashes[row * 2 + 1] as number);
      identity.setInt32(40, kinds[row] as number);
      hashRange(identity, 0, IDENTITY, this.seed, this.#key, 0);
      const isNew = this.#recent.add(this.#key[0] as number, this.#key[1] as number);
      this.fresh[row] = isNew ? 1 : 0;
      if (!isNew) this.#repeated++;
    }
  }
}
