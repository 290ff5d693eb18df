/** The symbols of a remote-write 2.0 request: where each lies, its hash, and its text when somebody asks. */

import { METRIC_NAME } from '@atalaya/model';
import { Ranges } from './decoded-series.ts';
import { type HashSeed, hashRange } from './keyed-hash.ts';
import { decodeText, malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

const METRIC_NAME_BYTES = new TextEncoder().encode(METRIC_NAME);

/** Grows as symbols are found; references are checked before they are used. */
export class SymbolTable {
  readonly #cursor: ProtobufCursor;
  readonly #seed: HashSeed;
  readonly #ranges = new Ranges();
  #hashes = new Int32Array(256);
  readonly #texts: (string | undefined)[] = [];
  /** The symbol that is `__name__`; -1 when there is none. */
  metricNameLabel = -1;

  constructor(cursor: ProtobufCursor, seed: HashSeed) {
    this.#cursor = cursor;
    this.#seed = seed;
  }

  add(from: number, to: number): void {
    const index = this.#ranges.count;
    if (index * 2 === this.#hashes.length) {
      const larger = new Int32Array(index * 4);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#ranges.push(from, to);
    hashRange(this.#cursor.view, from, to, this.#seed, this.#hashes, index * 2);
    if (this.metricNameLabel < 0 && this.#isMetricName(from, to)) this.metricNameLabel = index;
  }

  /** @throws AtalayaError BAD_ENCODING when symbol 0 is not the empty one that the protocol demands. */
  checkFirst(): void {
    if (this.#ranges.count === 0) malformed('there are series but no symbols');
    if (this.#ranges.from(0) !== this.#ranges.to(0)) malformed('the first symbol is not the empty string');
  }

  /** @throws AtalayaError BAD_ENCODING when there is no such symbol: then no reference of the request can be trusted. */
  check(ref: number): void {
    if (ref >= this.#ranges.count) malformed(`reference to symbol ${ref}, but there are ${this.#ranges.count} symbols`);
  }

  hashLow(ref: number): number {
    return this.#hashes[ref * 2] as number;
  }

  hashHigh(ref: number): number {
    return this.#hashes[ref * 2 + 1] as number;
  }

  text(ref: number): string {
    return (this.#texts[ref] ??= decodeText(this.#cursor.bytes.subarray(this.#ranges.from(ref), this.#ranges.to(ref))));
  }

  #isMetricName(from: number, to: number): boolean {
    if (to - from !== METRIC_NAME_BYTES.length) return false;
    return METRIC_NAME_BYTES.every((byte, i) => this.#cursor.bytes[from + i] === byte);
  }
}
