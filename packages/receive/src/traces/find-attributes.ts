/** Finds chosen attributes of the spans of a batch, without making texts of the others. */

import type { AttributeColumns } from '@atalaya/journal';

/** Longer names than this are looked for one by one. */
const LENGTHS = 256;

/** Looks for the same names in batch after batch. What it tells of a batch is valid until the next one. */
export class AttributeFinder {
  readonly width: number;
  /** Wanted names by their length in bytes: which they are, and their bytes. */
  readonly #byLength: ({ readonly place: number; readonly bytes: Uint8Array }[] | undefined)[] = Array.from({ length: LENGTHS + 1 });
  /** Of each row and wanted name where the value lies within the column of values; -1 where there is none. */
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  /** Found attributes in their order: which of all attributes of the batch, and where it is to be told. */
  #found = new Int32Array(256);

  /** @param names what is looked for; each is known by its place */
  constructor(names: readonly string[]) {
    this.width = names.length;
    for (const [place, name] of names.entries()) {
      const bytes = new TextEncoder().encode(name);
      (this.#byLength[Math.min(bytes.length, LENGTHS)] ??= []).push({ place, bytes });
    }
  }

  /** Looks through a batch. Of attributes that a span has twice the first counts. */
  find(columns: AttributeColumns): void {
    const cells = columns.counts.length * this.width;
    if (this.#starts.length < cells) {
      this.#starts = new Int32Array(cells * 2);
      this.#ends = new Int32Array(cells * 2);
    }
    this.#starts.fill(-1, 0, cells);
    if (this.width > 0) this.#locate(columns.values, this.#matchNames(columns));
  }

  /** Where the value starts in the column of values, -1 where the row has no such attribute. */
  start(row: number, place: number): number {
    return this.#starts[row * this.width + place] as number;
  }

  /** Where it ends. */
  end(row: number, place: number): number {
    return this.#ends[row * this.width + place] as number;
  }

  /** Notes which attributes are wanted; gives how many. */
  #matchNames({ counts, names }: AttributeColumns): number {
    let found = 0;
    let at = 0;
    let index = 0;
    for (let row = 0; row < counts.length; row++) {
      for (let last = index + (counts[row] as number); index < last; index++) {
        let length = names[at++] as number;
        if (length >= 0x80) {
          length &= 0x7f;
          for (let scale = 128, more = true; more; scale *= 128) {
            const byte = names[at++] ?? 0;
            length += (byte & 0x7f) * scale;
            more = byte >= 0x80;
          }
        }
        const candidates = this.#byLength[length < LENGTHS ? length : LENGTHS];
        if (candidates !== undefined) {
          for (const { place, bytes } of candidates) {
            const cell = row * this.width + place;
            if (this.#starts[cell] !== -1 || bytes.length !== length || !isAt(names, at, bytes)) continue;
            this.#starts[cell] = 0;
            if (found * 2 === this.#found.length) this.#found = grown(this.#found);
            this.#found[found * 2] = index;
            this.#found[found * 2 + 1] = cell;
            found++;
            break;
          }
        }
        at += length;
      }
    }
    return found;
  }

  /** Finds where the values of the noted attributes lie. */
  #locate(values: Uint8Array, found: number): void {
    let at = 0;
    let index = 0;
    for (let i = 0; i < found; i++) {
      const wanted = this.#found[i * 2] as number;
      for (;;) {
        let length = values[at++] as number;
        if (length >= 0x80) {
          length &= 0x7f;
          for (let scale = 128, more = true; more; scale *= 128) {
            const byte = values[at++] ?? 0;
            length += (byte & 0x7f) * scale;
            more = byte >= 0x80;
          }
        }
        at += length;
        if (index++ < wanted) continue;
        const cell = this.#found[i * 2 + 1] as number;
        this.#starts[cell] = at - length;
        this.#ends[cell] = at;
        break;
      }
    }
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** From the end: names of attributes begin alike. */
function isAt(column: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = bytes.length - 1; i >= 0; i--) if (column[at + i] !== bytes[i]) return false;
  return true;
}
