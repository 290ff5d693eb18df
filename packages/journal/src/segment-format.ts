/**
 * The bytes of a segment file, all numbers little-endian.
 *
 * A segment is a header, written twice so that no single damaged sector costs it, and then records, each at a multiple of 8:
 *
 *     segment header, 64 bytes, at 0 and at 64     record header, 64 bytes, followed by the payload padded to 8
 *      0  u32 magic "ATSG"                          0  u32 magic "ATRC"
 *      4  u32 crc32 of bytes 8–63                   4  u32 crc32 of bytes 8–63
 *      8  u32 version (1)                           8  u32 bytes of payload
 *     12  u32 flags: 1 = previous end is exact     12  u32 crc32 of the payload
 *     16  u64 number of this segment               16  u64 batch id
 *     24  u64 salt                                 24  u64 when it was appended, ms since the epoch
 *     32  u64 batch id of its first record         32  u64 salt of the segment
 *     40  u64 number of the previous segment       40  u64 where its commit began: all before was acknowledged
 *     48  u64 end of what is acknowledged in it    48  u32 rows
 *     56  u64 when it was created, ms              52  u32 signal; 0 = end mark: the segment was ended in order
 *                                                  56  u64 offset of this record in its segment
 *
 * Readers search for the next header after damage. The salt, drawn at random for each segment, keeps them from taking bytes
 * inside a payload, which a sender may have chosen, for a header; the offset keeps them from taking a misplaced block for one.
 */

import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { SIGNAL, type Signal } from './journal.ts';

export const SEGMENT_HEADER = 64;
/** Where the first record of a segment begins. */
export const FIRST_RECORD = 2 * SEGMENT_HEADER;
export const RECORD_HEADER = 64;
/** Bytes of the largest payload; readers take a longer one for damage. */
export const MAX_PAYLOAD = 128 * 1024 * 1024;

const SEGMENT_NAME = /^segment-(\d{10,15})\.wal$/;
const VERSION = 1;
const SEGMENT_MAGIC = 0x47535441;
const RECORD_MAGIC = 0x43525441;
const END_MARK = 0;
const PREVIOUS_END_EXACT = 1;

/** What the header of a segment says. */
export interface SegmentHeader {
  readonly segment: number;
  readonly salt: bigint;
  /** Id of the first record in this segment, if it has one. */
  readonly firstBatchId: number;
  readonly previous: SegmentEnd;
  readonly createdAt: number;
}

/** Up to where the contents of a segment were acknowledged. */
export interface SegmentEnd {
  /** 0 when there is none. */
  readonly segment: number;
  /** Whatever lies before this offset was acknowledged. */
  readonly end: number;
  /** Nothing behind `end` was acknowledged. Not exact after a crash: the last commit may have been on disk or not. */
  readonly exact: boolean;
}

/** What the header of a record says. */
export interface RecordHeader {
  /** undefined for the end mark. */
  readonly signal: Signal | undefined;
  readonly length: number;
  readonly checksum: number;
  readonly batchId: number;
  readonly appendedAt: number;
  readonly salt: bigint;
  /** Everything before this offset in the segment was acknowledged before this record was written. */
  readonly commitStart: number;
  readonly rows: number;
}

/** `segment-0000000012.wal`: sorts by number as text. */
export function segmentName(segment: number): string {
  return `segment-${String(segment).padStart(10, '0')}.wal`;
}

/** Numbers of the segments among the names in a directory, ascending. */
export function segmentNumbers(names: readonly string[]): number[] {
  return names
    .flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** `bytes` rounded up to a multiple of 8; not with bit operations, as lengths from a hostile header may exceed 31 bits. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Bytes that a record with this payload takes in its segment. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER + padded(payloadBytes);
}

/** Both copies of a segment's header. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(FIRST_RECORD);
  bytes.writeUInt32LE(SEGMENT_MAGIC, 0);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.previous.exact ? PREVIOUS_END_EXACT : 0, 12);
  bytes.writeBigUInt64LE(BigInt(header.segment), 16);
  bytes.writeBigUInt64LE(header.salt, 24);
  bytes.writeBigUInt64LE(BigInt(header.firstBatchId), 32);
  bytes.writeBigUInt64LE(BigInt(header.previous.segment), 40);
  bytes.writeBigUInt64LE(BigInt(header.previous.end), 48);
  bytes.writeBigUInt64LE(BigInt(Math.trunc(header.createdAt)), 56);
  bytes.writeUInt32LE(crc32(bytes.subarray(8, SEGMENT_HEADER)), 4);
  bytes.copyWithin(SEGMENT_HEADER, 0, SEGMENT_HEADER);
  return bytes;
}

/**
 * The header of a segment from its first {@link FIRST_RECORD} bytes, or undefined when both copies are damaged or missing.
 * @throws RangeError when a newer version of the program wrote it
 */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  return decodeHeaderCopy(bytes.subarray(0, SEGMENT_HEADER)) ?? decodeHeaderCopy(bytes.subarray(SEGMENT_HEADER, FIRST_RECORD));
}

function decodeHeaderCopy(copy: Uint8Array): SegmentHeader | undefined {
  if (copy.length < SEGMENT_HEADER) return undefined;
  const bytes = Buffer.from(copy.buffer, copy.byteOffset, SEGMENT_HEADER);
  if (bytes.readUInt32LE(0) !== SEGMENT_MAGIC || bytes.readUInt32LE(4) !== crc32(bytes.subarray(8))) return undefined;
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) throw new RangeError(`a journal segment of version ${version}; this program reads version ${VERSION}`);
  return {
    segment: Number(bytes.readBigUInt64LE(16)),
    salt: bytes.readBigUInt64LE(24),
    firstBatchId: Number(bytes.readBigUInt64LE(32)),
    previous: {
      segment: Number(bytes.readBigUInt64LE(40)),
      end: Number(bytes.readBigUInt64LE(48)),
      exact: (bytes.readUInt32LE(12) & PREVIOUS_END_EXACT) !== 0,
    },
    createdAt: Number(bytes.readBigUInt64LE(56)),
  };
}

/** Writes a record's header into `into` at `at`, for the place `offset` in its segment. */
export function encodeRecordHeader(header: RecordHeader, into: Buffer, at: number, offset: number): void {
  into.writeUInt32LE(RECORD_MAGIC, at);
  into.writeUInt32LE(header.length, at + 8);
  into.writeUInt32LE(header.checksum, at + 12);
  writeNumber(into, header.batchId, at + 16);
  writeNumber(into, Math.trunc(header.appendedAt), at + 24);
  into.writeBigUInt64LE(header.salt, at + 32);
  writeNumber(into, header.commitStart, at + 40);
  into.writeUInt32LE(header.rows, at + 48);
  into.writeUInt32LE(header.signal ?? END_MARK, at + 52);
  writeNumber(into, offset, at + 56);
  into.writeUInt32LE(crc32(into.subarray(at + 8, at + RECORD_HEADER)), at + 4);
}

/**
 * The record header at `at` in `bytes`, or undefined when there is none: another magic number, checksum, place or salt
 * (any salt when `salt` is undefined), an unknown signal, or a length that no writer would write.
 */
export function decodeRecordHeader(bytes: Buffer, at: number, offset: number, salt: bigint | undefined): RecordHeader | undefined {
  if (at + RECORD_HEADER > bytes.length || bytes.readUInt32LE(at) !== RECORD_MAGIC) return undefined;
  if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + 8, at + RECORD_HEADER))) return undefined;
  const found = bytes.readBigUInt64LE(at + 32);
  const signal = bytes.readUInt32LE(at + 52);
  if ((salt !== undefined && found !== salt) || readNumber(bytes, at + 56) !== offset || !isSignalOrEnd(signal)) return undefined;
  return {
    signal: signal === END_MARK ? undefined : signal,
    length: bytes.readUInt32LE(at + 8),
    checksum: bytes.readUInt32LE(at + 12),
    batchId: readNumber(bytes, at + 16),
    appendedAt: readNumber(bytes, at + 24),
    salt: found,
    commitStart: readNumber(bytes, at + 40),
    rows: bytes.readUInt32LE(at + 48),
  };
}

const SIGNALS: ReadonlySet<number> = new Set(Object.values(SIGNAL));

function isSignalOrEnd(value: number): value is Signal | typeof END_MARK {
  return value === END_MARK || SIGNALS.has(value);
}

// Numbers up to 2^53 as two words: a BigInt for each would cost an allocation per record.
function writeNumber(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % 0x1_0000_0000, at);
  into.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
}

function readNumber(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * 0x1_0000_0000;
}
