/** A set of series as bits. */

export class Bitmap {
  readonly words: Uint32Array;

  /** An empty set with room for the numbers below `size`. */
  constructor(size: number) {
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  add(item: number): void {
    const word = item >>> 5;
    this.words[word] = (this.words[word] as number) | (1 << (item & 31));
  }

  addAll(items: Uint32Array): void {
    const { words } = this;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as number;
      const word = item >>> 5;
      words[word] = (words[word] as number) | (1 << (item & 31));
    }
  }

  has(item: number): boolean {
    return ((this.words[item >>> 5] as number) & (1 << (item & 31))) !== 0;
  }

  /** Keeps what is in the other set too. */
  intersect(other: Bitmap): void {
    for (let i = 0; i < this.words.length; i++) this.words[i] = (this.words[i] as number) & (other.words[i] as number);
  }

  /** Takes out what is in the other set. */
  subtract(other: Bitmap): void {
    for (let i = 0; i < this.words.length; i++) this.words[i] = (this.words[i] as number) & ~(other.words[i] as number);
  }

  /** The set of all numbers below `size`. */
  static full(size: number): Bitmap {
    const bitmap = new Bitmap(size);
    bitmap.words.fill(0xffff_ffff);
    if (size & 31) bitmap.words[bitmap.words.length - 1] = (1 << (size & 31)) - 1;
    return bitmap;
  }

  /** The members in ascending order. */
  items(): Uint32Array<ArrayBuffer> {
    const { words } = this;
    let count = 0;
    for (let i = 0; i < words.length; i++) count += bitCount(words[i] as number);
    const items = new Uint32Array(count);
    let at = 0;
    for (let i = 0; i < words.length; i++) {
      for (let word = words[i] as number; word !== 0; word &= word - 1) items[at++] = (i << 5) + (31 - Math.clz32(word & -word));
    }
    return items;
  }
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
