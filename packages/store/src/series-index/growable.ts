/** Typed arrays that grow: what the index is made of, because objects per series or per value would cost too much memory. */

/** A list of unsigned 32-bit numbers. */
export class Uint32List {
  #items: Uint32Array;
  #length = 0;

  constructor(capacity = 4) {
    this.#items = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#items.length) this.#grow(Math.max(4, Math.ceil(this.#length * 1.5)));
    this.#items[this.#length++] = value;
  }

  at(index: number): number {
    return this.#items[index] as number;
  }

  set(index: number, value: number): void {
    this.#items[index] = value;
  }

  /** The items as they are now: a view that must not be kept over a push. */
  view(): Uint32Array {
    return this.#items.subarray(0, this.#length);
  }

  get memoryBytes(): number {
    return this.#items.byteLength;
  }

  #grow(capacity: number): void {
    const items = new Uint32Array(capacity);
    items.set(this.#items);
    this.#items = items;
  }
}

/** Bytes one after the other. */
export class ByteList {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends `source[start, end)`. */
  append(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#length + length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length + length, Math.ceil(this.#bytes.length * 1.5)));
      bytes.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = bytes;
    }
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = source[start + i] as number;
    this.#length += length;
  }

  /** The bytes as they are now: a view that must not be kept over an append. */
  view(): Uint8Array {
    return this.#bytes;
  }

  get memoryBytes(): number {
    return this.#bytes.length;
  }
}
