/** Growing columns of numbers. They keep their memory from one batch to the next. */

const FIRST = 1024;
/** Elements kept between batches; a column that needed more gives them back. */
const KEPT = 1 << 20;

/** Octets; also ids, which are several octets each. */
export class OctetColumn {
  #octets = new Uint8Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(octet: number): void {
    if (this.#length === this.#octets.length) this.#reserve(1);
    this.#octets[this.#length++] = octet;
  }

  /** Adds the octets of `source` from `from` to `to`: a few. */
  pushSlice(source: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    for (let i = from; i < to; i++) this.#octets[this.#length++] = source[i] as number;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  /** The column as it is: a view, valid until the next addition. */
  view(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#octets.length > KEPT) this.#octets = new Uint8Array(FIRST);
  }

  #reserve(octets: number): void {
    const needed = this.#length + octets;
    if (needed <= this.#octets.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#octets.length * 2));
    larger.set(this.view());
    this.#octets = larger;
  }
}

/** Words of 32 bits; also 64-bit numbers, which are two words each, the lower one first. */
export class WordColumn {
  #words = new Uint32Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(word: number): void {
    if (this.#length === this.#words.length) this.#grow();
    this.#words[this.#length++] = word;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  /** The column as it is, valid until the next addition, as the next two. */
  view(): Uint32Array {
    return this.#words.subarray(0, this.#length);
  }

  signed(): BigInt64Array {
    return new BigInt64Array(this.#words.buffer, 0, this.#length / 2);
  }

  unsigned(): BigUint64Array {
    return new BigUint64Array(this.#words.buffer, 0, this.#length / 2);
  }

  clear(): void {
    this.#length = 0;
    if (this.#words.length > KEPT) this.#words = new Uint32Array(FIRST);
  }

  #grow(): void {
    const larger = new Uint32Array(this.#words.length * 2);
    larger.set(this.view());
    this.#words = larger;
  }
}
