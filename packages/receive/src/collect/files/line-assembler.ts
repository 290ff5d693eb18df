/** Makes lines of the portions in which a file is read. */

import { findNewline, type LineEncoding, lineText } from './line-splitter.ts';

/** Told each line: its text, how many bytes it had if it was cut, and the offset behind it. */
export type TakeLine = (text: string, cutFrom: number | undefined, next: number) => void;

/** Keeps what was read of a line that has not ended, up to the longest line that is written whole. */
export class LineAssembler {
  readonly #encoding: LineEncoding;
  readonly #limit: number;
  readonly #take: TakeLine;
  readonly #pass: (next: number) => void;
  #lineStart: number;
  #partial: Buffer[] = [];
  #partialBytes = 0;
  /** Whether lines begin behind the next line end only. */
  #skipping: boolean;

  /** @param limit bytes of a line; @param pass told the offset behind something that is no line; @param start where the first portion begins */
  constructor(how: {
    readonly encoding: LineEncoding;
    readonly limit: number;
    readonly take: TakeLine;
    readonly pass: (next: number) => void;
    readonly start: number;
    readonly skipFirst: boolean;
  }) {
    this.#encoding = how.encoding;
    this.#limit = how.limit;
    this.#take = how.take;
    this.#pass = how.pass;
    this.#lineStart = how.start;
    this.#skipping = how.skipFirst;
  }

  /** Whether a line has begun and not ended. */
  get waits(): boolean {
    return this.#partialBytes > 0;
  }

  /** Takes `buffer[start…end)`, the next bytes of the file; the buffer begins at the offset `from`. */
  push(buffer: Buffer, start: number, end: number, from: number): void {
    const bytes = buffer.subarray(0, end);
    let lineStart = start;
    if (from + start === 0) {
      lineStart = this.#encoding.mark(bytes);
      this.#lineStart = lineStart;
    }
    for (;;) {
      const newline = findNewline(this.#encoding, bytes, Math.max(lineStart, start), from);
      if (newline === -1) break;
      const next = newline + this.#encoding.unit;
      this.#end(bytes, lineStart, newline, from + next);
      lineStart = next;
    }
    this.#keep(bytes.subarray(lineStart));
  }

  /** Takes what was read of the last line for the line: nothing more will come. */
  finish(): void {
    if (this.#partialBytes > 0) this.#end(Buffer.alloc(0), 0, 0, this.#lineStart + this.#partialBytes);
  }

  /** Begins anew at the start of another file. */
  restart(): void {
    this.#lineStart = 0;
    this.#skipping = false;
  }

  #end(bytes: Buffer, start: number, end: number, next: number): void {
    if (this.#skipping) {
      this.#skipping = false;
      this.#pass(next);
    } else if (this.#partialBytes === 0) this.#emit(bytes, start, end, end - start, next);
    else {
      this.#keep(bytes.subarray(start, end));
      const line = Buffer.concat(this.#partial);
      this.#emit(line, 0, line.length, this.#partialBytes, next);
    }
    this.#partial = [];
    this.#partialBytes = 0;
    this.#lineStart = next;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    // A few more than are written, to cut between characters.
    const room = Math.max(0, this.#limit + 4 - this.#partialBytes);
    if (room > 0 && !this.#skipping) this.#partial.push(Buffer.from(bytes.subarray(0, room)));
    this.#partialBytes += bytes.length;
  }

  /** @param length what the line had, whether or not all of it was kept */
  #emit(bytes: Buffer, start: number, end: number, length: number, next: number): void {
    if (length <= this.#limit) {
      this.#take(lineText(this.#encoding, bytes, start, end), undefined, next);
      return;
    }
    let cut = start + this.#limit;
    if (this.#encoding.unit === 1) while (cut > start && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
    this.#take(lineText(this.#encoding, bytes, start, cut), length, next);
  }
}
