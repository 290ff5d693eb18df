/** Pairs: every (label name, value) once, numbered, with the postings of each: which series carry it. */

import { Uint32List } from './growable.ts';
import { HashTable } from './hash-table.ts';

/** Mixes two symbol numbers into a hash. */
function mix(name: number, value: number): number {
  let hash = Math.imul(name, 0x9e3779b1) ^ Math.imul(value, 0x85ebca77);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export class Pairs {
  readonly #names = new Uint32List(1024);
  readonly #values = new Uint32List(1024);
  readonly #table = new HashTable();
  /** The first series of each pair. Most pairs of a high-cardinality label have no other, and need nothing more. */
  readonly #first = new Uint32List(1024);
  /** The series after the first, where there are some. Ascending, because series are numbered as they come. */
  readonly #others: (Uint32List | undefined)[] = [];
  /** The pairs of each name symbol. */
  readonly #ofName = new Map<number, Uint32List>();

  get size(): number {
    return this.#names.length;
  }

  get memoryBytes(): number {
    let bytes = this.#names.memoryBytes + this.#values.memoryBytes + this.#table.memoryBytes + this.#first.memoryBytes;
    bytes += this.#others.length * 8;
    for (const list of this.#others) if (list !== undefined) bytes += list.memoryBytes + 160;
    for (const list of this.#ofName.values()) bytes += list.memoryBytes + 200;
    return bytes;
  }

  /** Adds `series` to the postings of a pair and gives the pair's number. Series must come in ascending order. */
  add(name: number, value: number, series: number): number {
    const found = this.find(name, value);
    if (found >= 0) {
      (this.#others[found] ??= new Uint32List(3)).push(series);
      return found;
    }
    const pair = this.#names.length;
    this.#names.push(name);
    this.#values.push(value);
    this.#first.push(series);
    this.#others.push(undefined);
    this.#table.add(mix(name, value), pair);
    let list = this.#ofName.get(name);
    if (list === undefined) this.#ofName.set(name, (list = new Uint32List()));
    list.push(pair);
    return pair;
  }

  /** The number of a pair, or -1. */
  find(name: number, value: number): number {
    const hash = mix(name, value);
    for (let place = this.#table.probe(hash, -1); place >= 0; place = this.#table.probe(hash, place)) {
      const pair = this.#table.entryAt(place);
      if (this.#names.at(pair) === name && this.#values.at(pair) === value) return pair;
    }
    return -1;
  }

  nameOf(pair: number): number {
    return this.#names.at(pair);
  }

  valueOf(pair: number): number {
    return this.#values.at(pair);
  }

  /** The name symbols that occur. */
  names(): Iterable<number> {
    return this.#ofName.keys();
  }

  /** The pairs of a name, in no order; a view that must not be kept over an add. */
  ofName(name: number): Uint32Array {
    return this.#ofName.get(name)?.view() ?? new Uint32Array(0);
  }

  /** How many series carry the pair. */
  count(pair: number): number {
    return 1 + (this.#others[pair]?.length ?? 0);
  }

  first(pair: number): number {
    return this.#first.at(pair);
  }

  /** The series after the first; a view that must not be kept over an add. */
  rest(pair: number): Uint32Array {
    return this.#others[pair]?.view() ?? NONE;
  }
}

const NONE = new Uint32Array(0);
