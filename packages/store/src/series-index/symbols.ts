/** Symbols: every label name and value once, as bytes, numbered; strings are made only when somebody asks for them. */

import { type Hash64, hashBytes } from '@atalaya/model';
import { ByteList, Uint32List } from './growable.ts';
import { HashTable } from './hash-table.ts';

export class Symbols {
  readonly #bytes = new ByteList();
  /** `ends[i]` is where symbol `i` ends. */
  readonly #ends = new Uint32List(1024);
  readonly #table = new HashTable();
  readonly #hash: Hash64 = { low: 0, high: 0 };

  get size(): number {
    return this.#ends.length;
  }

  get memoryBytes(): number {
    return this.#bytes.memoryBytes + this.#ends.memoryBytes + this.#table.memoryBytes;
  }

  /** The number of the symbol `source[start, end)`, which is made when it is new. */
  intern(source: Uint8Array, start: number, end: number): number {
    const found = this.#find(source, start, end);
    if (found >= 0) return found;
    const symbol = this.#ends.length;
    this.#bytes.append(source, start, end);
    this.#ends.push(this.#bytes.length);
    this.#table.add(this.#hash.low, symbol);
    return symbol;
  }

  /** The number of a symbol, or -1 when there is none. */
  find(text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    return this.#find(bytes, 0, bytes.length);
  }

  text(symbol: number): string {
    const bytes = this.#bytes.view();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', this.#start(symbol), this.#ends.at(symbol));
  }

  /** Appends the symbol's bytes. */
  append(symbol: number, target: ByteList): void {
    target.append(this.#bytes.view(), this.#start(symbol), this.#ends.at(symbol));
  }

  byteLength(symbol: number): number {
    return this.#ends.at(symbol) - this.#start(symbol);
  }

  /** Hash of the symbol's bytes: equal for equal text in every process. */
  hashOf(symbol: number): number {
    hashBytes(this.#bytes.view(), this.#start(symbol), this.#ends.at(symbol), 0, this.#hash);
    return this.#hash.low;
  }

  /** Whether a symbol is the bytes `source[start, end)`; a number that stands for none is not. */
  is(symbol: number, source: Uint8Array, start: number, end: number): boolean {
    if (symbol >= this.#ends.length) return false;
    const first = this.#start(symbol);
    if (this.#ends.at(symbol) - first !== end - start) return false;
    const bytes = this.#bytes.view();
    for (let i = start, j = first; i < end; i++, j++) if (bytes[j] !== source[i]) return false;
    return true;
  }

  #start(symbol: number): number {
    return symbol === 0 ? 0 : this.#ends.at(symbol - 1);
  }

  #find(source: Uint8Array, start: number, end: number): number {
    hashBytes(source, start, end, 0, this.#hash);
    const hash = this.#hash.low;
    for (let place = this.#table.probe(hash, -1); place >= 0; place = this.#table.probe(hash, place)) {
      const symbol = this.#table.entryAt(place);
      if (this.is(symbol, source, start, end)) return symbol;
    }
    return -1;
  }
}
