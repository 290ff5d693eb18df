/** Walks one segment file in large chunks: whole records, stretches that are damaged, the end mark. */

import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type JournalFile, type JournalFiles, readAround } from './files.ts';
import {
  decodeRecordHeader,
  decodeSegmentHeader,
  FIRST_RECORD,
  padded,
  RECORD_HEADER,
  type RecordHeader,
  recordBytes,
  type SegmentHeader,
  segmentName,
} from './segment-format.ts';

/** What comes next in a segment; `start` and `end` are offsets in its file. */
export type SegmentItem =
  | { readonly kind: 'record'; readonly start: number; readonly end: number; readonly header: RecordHeader; readonly payload: Uint8Array }
  /** Bytes that are no whole record, and how many records they were, at least. */
  | { readonly kind: 'damage'; readonly start: number; readonly end: number; readonly records: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number; readonly header: RecordHeader };

const CHUNK = 1024 * 1024;

/** A place in one segment file. Payloads that it hands out are views into chunks of their own: they stay valid. */
export class SegmentCursor {
  readonly segment: number;
  /** undefined when both copies are damaged. */
  readonly header: SegmentHeader | undefined;
  readonly #file: JournalFile;
  readonly #maxPayload: number;
  #salt: bigint | undefined;
  #nextBatchId: number | undefined;
  #at: number;
  /** Bytes of the file from `#chunkStart` on. */
  #chunk: Buffer = Buffer.alloc(0);
  #chunkStart = 0;

  private constructor(segment: number, file: JournalFile, header: SegmentHeader | undefined, from: number, maxPayload: number) {
    this.segment = segment;
    this.header = header;
    this.#file = file;
    this.#salt = header?.salt;
    this.#at = Math.max(FIRST_RECORD, padded(from));
    this.#nextBatchId = this.#at === FIRST_RECORD ? header?.firstBatchId : undefined;
    this.#maxPayload = maxPayload;
  }

  /** Opens a segment at the offset `from`. Rejects with ENOENT when it does not exist, RangeError when its version is newer. */
  static async open(files: JournalFiles, directory: string, segment: number, from: number, maxPayload: number): Promise<SegmentCursor> {
    const file = await files.open(join(directory, segmentName(segment)));
    try {
      const head = Buffer.alloc(FIRST_RECORD);
      const length = await readAround(file, head, 0);
      return new SegmentCursor(segment, file, decodeSegmentHeader(head.subarray(0, length)), from, maxPayload);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Where the next item begins. */
  get offset(): number {
    return this.#at;
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Bytes of the file from `start` on, into `into`; resolves with their number. */
  copy(into: Uint8Array, start: number): Promise<number> {
    return readAround(this.#file, into, start);
  }

  /**
   * The next item before the offset `end`, which is the end of a record or of the file; undefined when there is nothing more.
   * `chunkBytes` is how much to read from the file at once, at least {@link CHUNK} (less where the file has less).
   */
  async next(end: number, chunkBytes = CHUNK): Promise<SegmentItem | undefined> {
    const start = this.#at;
    if (start >= end) return undefined;
    if (!this.#has(start, RECORD_HEADER)) await this.#fill(start, end, Math.max(CHUNK, chunkBytes));
    const header = this.#headerAt(start);
    if (header === undefined) return this.#damage(start, await this.#search(start + 8, end));
    this.#salt = header.salt;
    const next = start + recordBytes(header.length);
    if (next > end) return this.#damage(start, end, header.batchId + 1);
    if (!this.#has(start, next - start)) await this.#fill(start, end, Math.max(CHUNK, chunkBytes, next - start));
    const at = start - this.#chunkStart + RECORD_HEADER;
    const payload = this.#chunk.subarray(at, at + header.length);
    if (payload.length < header.length || crc32(payload) !== header.checksum) return this.#damage(start, next, header.batchId + 1);
    this.#at = next;
    if (header.signal === undefined) return { kind: 'end', start, end: next, header };
    this.#nextBatchId = header.batchId + 1;
    return { kind: 'record', start, end: next, header, payload };
  }

  #headerAt(offset: number): RecordHeader | undefined {
    const header = decodeRecordHeader(this.#chunk, offset - this.#chunkStart, offset, this.#salt);
    return header !== undefined && header.length <= this.#maxPayload ? header : undefined;
  }

  /** The offset of the next header from `from` on, `end` when there is none. */
  async #search(from: number, end: number): Promise<number> {
    for (let at = from; at + RECORD_HEADER <= end; at += 8) {
      if (!this.#has(at, RECORD_HEADER)) await this.#fill(at, end, CHUNK);
      if (this.#headerAt(at) !== undefined) return at;
    }
    return end;
  }

  #damage(start: number, end: number, nextBatchId?: number): SegmentItem {
    // Ids in a segment have no gaps, so the record behind the damage tells how many are lost.
    const following = nextBatchId ?? this.#headerAt(end)?.batchId;
    const records = following === undefined || this.#nextBatchId === undefined ? 1 : following - this.#nextBatchId;
    this.#at = end;
    this.#nextBatchId = following;
    return { kind: 'damage', start, end, records: Math.max(1, Math.min(records, Math.ceil((end - start) / RECORD_HEADER))) };
  }

  #has(offset: number, bytes: number): boolean {
    return offset >= this.#chunkStart && offset + bytes <= this.#chunkStart + this.#chunk.length;
  }

  async #fill(offset: number, end: number, bytes: number): Promise<void> {
    // A fresh chunk each time, not from the pool: handed out payloads keep theirs, and it begins at a multiple of 8.
    const chunk = Buffer.allocUnsafeSlow(Math.min(bytes, end - offset));
    const length = await readAround(this.#file, chunk, offset);
    this.#chunk = chunk.subarray(0, length);
    this.#chunkStart = offset;
  }
}
