/** Lays the records of one commit out as the parts of one vectored write. */

import { Buffer } from 'node:buffer';
import type { Signal } from './journal.ts';
import { encodeRecordHeader, padded, RECORD_HEADER } from './segment-format.ts';

/** A record that waits for its commit. */
export interface PendingRecord {
  readonly signal: Signal;
  readonly rows: number;
  readonly payload: Uint8Array;
  /** crc32 of the payload. */
  readonly checksum: number;
  readonly appendedAt: number;
}

/** Where a commit goes. */
export interface CommitPlace {
  readonly salt: bigint;
  /** Offset of its first record; everything before is acknowledged. */
  readonly start: number;
  readonly firstBatchId: number;
  /** Whether the segment ends with this commit. */
  readonly last: boolean;
}

/** Payloads below this are copied next to their headers: cheaper than a part of their own in the write. */
const COPY_BELOW = 16 * 1024;
/** An arena up to this size is kept for the next commit. */
const ARENA_KEPT = 1024 * 1024;

/** Makes layouts, one after the other: a layout is valid until the next one is asked for. */
export class CommitLayout {
  #arena: Buffer = Buffer.alloc(0);

  /** The parts to write at `place.start`, and the offset where the records end (before the end mark, if there is one). */
  layOut(records: readonly PendingRecord[], place: CommitPlace): { parts: Uint8Array[]; end: number } {
    const arena = this.#arenaFor(records);
    const parts: Uint8Array[] = [];
    let open = 0; // where the part that is being put together begins in the arena
    let at = 0;
    let offset = place.start;
    let batchId = place.firstBatchId;
    const { salt, start: commitStart } = place;
    for (const { signal, rows, payload, checksum, appendedAt } of records) {
      const length = payload.length;
      encodeRecordHeader({ signal, rows, length, checksum, batchId, appendedAt, salt, commitStart }, arena, at, offset);
      at += RECORD_HEADER;
      if (length < COPY_BELOW) {
        arena.set(payload, at);
        at += length;
      } else {
        parts.push(arena.subarray(open, at), payload);
        open = at;
      }
      const padding = padded(length) - length;
      arena.fill(0, at, at + padding);
      at += padding;
      offset += RECORD_HEADER + padded(length);
      batchId++;
    }
    if (place.last) {
      encodeEndMark(arena, at, { salt, commitStart, batchId, offset });
      at += RECORD_HEADER;
    }
    if (at > open) parts.push(arena.subarray(open, at));
    return { parts, end: offset };
  }

  #arenaFor(records: readonly PendingRecord[]): Buffer {
    let bytes = RECORD_HEADER;
    for (const { payload } of records) bytes += RECORD_HEADER + (payload.length < COPY_BELOW ? padded(payload.length) : 8);
    if (bytes <= this.#arena.length) return this.#arena;
    const arena = Buffer.allocUnsafeSlow(bytes <= ARENA_KEPT ? Math.min(ARENA_KEPT, bytes * 2) : bytes);
    if (arena.length <= ARENA_KEPT) this.#arena = arena;
    return arena;
  }
}

/** Writes the mark that ends a segment at `offset`; `batchId` is the one that the next record would have had. */
export function encodeEndMark(
  into: Buffer,
  at: number,
  mark: { readonly salt: bigint; readonly commitStart: number; readonly batchId: number; readonly offset: number },
): void {
  const { salt, commitStart, batchId, offset } = mark;
  encodeRecordHeader({ signal: undefined, rows: 0, length: 0, checksum: 0, batchId, appendedAt: 0, salt, commitStart }, into, at, offset);
}
