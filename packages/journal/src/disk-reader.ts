/** The reading half of the disk driver: records in order, over all segments, while another process writes them. */

import { join } from 'node:path';
import type { Logger } from '@atalaya/model';
import { errorCode, errorText, type JournalFiles, nodeFiles } from './files.ts';
import {
  comparePositions,
  type JournalDamage,
  type JournalPosition,
  type JournalReader,
  type JournalRecord,
  type Signal,
} from './journal.ts';
import { quarantine } from './quarantine.ts';
import { SegmentCursor, type SegmentItem } from './segment-cursor.ts';
import { FIRST_RECORD, MAX_PAYLOAD, segmentName, segmentNumbers } from './segment-format.ts';

/** What a reader reads and from where. */
export interface JournalReaderOptions {
  /** The journal's directory. */
  readonly directory: string;
  readonly log: Logger;
  /** Where to begin: a checkpoint, the `end` of a record or {@link Journal.durable}. undefined is the oldest segment there is. */
  readonly from: JournalPosition | undefined;
  /** A header that speaks of a longer payload is taken for damage. Default 128 MiB, the most that a journal takes. */
  readonly maxRecordBytes?: number;
  readonly files?: JournalFiles;
}

/** Opens a reader. One `read` at a time. It never writes to the segments and needs no lock. */
export function openJournalReader(options: JournalReaderOptions): Promise<JournalReader> {
  return Promise.resolve(new DiskJournalReader(options));
}

/** A segment that is being read, and what is known of its end for the limit at hand. */
interface Bounds {
  /** Bytes of the file. */
  readonly size: number;
  /** Where reading stops: the end of the file, the limit, or where acknowledged data ends for sure. */
  readonly end: number;
  /** Damage that begins before this hit acknowledged data. */
  readonly acknowledged: number;
}

const CHUNK_MAX = 8 * 1024 * 1024;

class DiskJournalReader implements JournalReader {
  readonly #directory: string;
  readonly #files: JournalFiles;
  readonly #log: Logger;
  readonly #maxPayload: number;
  #position: JournalPosition;
  #cursor: SegmentCursor | undefined;
  #quarantinedRecords = 0;
  #quarantinedBytes = 0;
  #tornTails = 0;
  #lastTorn = 0;
  #lastDamage: JournalPosition | undefined;

  constructor(options: JournalReaderOptions) {
    this.#directory = options.directory;
    this.#files = options.files ?? nodeFiles;
    this.#log = options.log;
    this.#maxPayload = options.maxRecordBytes ?? MAX_PAYLOAD;
    this.#position = options.from ?? { segment: 0, offset: 0 };
  }

  get position(): JournalPosition {
    return this.#position;
  }

  get damage(): JournalDamage {
    return { quarantinedRecords: this.#quarantinedRecords, quarantinedBytes: this.#quarantinedBytes, tornTails: this.#tornTails };
  }

  async read(limit: JournalPosition, maxBytes: number): Promise<JournalRecord[]> {
    const records: JournalRecord[] = [];
    try {
      await this.#readInto(records, limit, maxBytes);
    } catch (error) {
      // The position is behind what was read so far, so that must be handed out; the next call meets the error again.
      if (records.length === 0) throw error;
    }
    return records;
  }

  async #readInto(records: JournalRecord[], limit: JournalPosition, maxBytes: number): Promise<void> {
    let bytes = 0;
    let bounds: Bounds | undefined;
    do {
      const cursor = await this.#open(limit);
      if (cursor === undefined) return;
      bounds ??= await this.#bounds(cursor, limit);
      const item = await cursor.next(bounds.end, Math.min(maxBytes, CHUNK_MAX));
      if (item === undefined || item.kind === 'end') {
        this.#finishSegment(cursor, bounds);
        if (cursor.segment >= limit.segment) return;
        this.#position = { segment: cursor.segment + 1, offset: 0 };
        bounds = undefined;
        continue;
      }
      if (item.kind === 'damage') await this.#passOver(cursor, item, bounds);
      this.#position = { segment: cursor.segment, offset: item.end };
      if (item.kind === 'record') {
        records.push(recordOf(item, this.#position));
        bytes += item.payload.length;
      }
    } while (bytes < maxBytes || records.length === 0);
  }

  async close(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    await cursor?.close();
  }

  /** The cursor at the current position, moved over segments that are released; undefined when nothing before the limit is left. */
  async #open(limit: JournalPosition): Promise<SegmentCursor | undefined> {
    if (this.#cursor?.segment === this.#position.segment) return this.#cursor;
    await this.close();
    for (const segment of await this.#segmentsFrom(this.#position.segment)) {
      if (segment > limit.segment) break;
      const offset = segment === this.#position.segment ? this.#position.offset : 0;
      try {
        this.#cursor = await SegmentCursor.open(this.#files, this.#directory, segment, offset, this.#maxPayload);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') continue; // released since the listing
        throw error;
      }
      if (this.#cursor.header === undefined && (await this.#cursor.size()) > 0) {
        this.#log.warn({ file: segmentName(segment) }, 'the header of a journal segment is damaged; its records are read without it');
      }
      this.#position = { segment, offset: Math.max(offset, FIRST_RECORD) };
      return this.#cursor;
    }
    if (comparePositions(this.#position, limit) < 0) this.#position = limit;
    return undefined;
  }

  async #segmentsFrom(segment: number): Promise<number[]> {
    return segmentNumbers(await this.#files.list(this.#directory)).filter((number) => number >= segment);
  }

  async #bounds(cursor: SegmentCursor, limit: JournalPosition): Promise<Bounds> {
    const size = await cursor.size();
    if (cursor.segment >= limit.segment) return { size, end: Math.min(size, limit.offset), acknowledged: limit.offset };
    const following = (await this.#segmentsFrom(cursor.segment + 1)).filter((number) => number <= limit.segment);
    for (const segment of following) {
      const previous = await this.#previousOf(segment);
      if (previous === undefined) continue; // its creation was cut short
      if (previous.segment < cursor.segment) return { size, end: size, acknowledged: 0 }; // the creation of this one was
      if (previous.segment > cursor.segment) break;
      return { size, end: previous.exact ? Math.min(size, previous.end) : size, acknowledged: previous.end };
    }
    // Nothing says where acknowledged data ends: rather call a torn tail damage than the other way round.
    return { size, end: size, acknowledged: size };
  }

  async #previousOf(segment: number): Promise<{ segment: number; end: number; exact: boolean } | undefined> {
    try {
      const successor = await SegmentCursor.open(this.#files, this.#directory, segment, 0, this.#maxPayload);
      await successor.close();
      return successor.header?.previous;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #passOver(cursor: SegmentCursor, item: SegmentItem & { kind: 'damage' }, bounds: Bounds): Promise<void> {
    const details = { file: join(this.#directory, segmentName(cursor.segment)), offset: item.start, bytes: item.end - item.start };
    if (item.start >= bounds.acknowledged) {
      // Several torn records of one commit are one tail.
      if (this.#lastTorn !== cursor.segment) this.#tornTails++;
      this.#lastTorn = cursor.segment;
      this.#log.warn(details, 'the end of a journal segment was cut off while being written; it was never acknowledged');
      return;
    }
    this.#lastDamage = { segment: cursor.segment, offset: item.end };
    this.#quarantinedRecords += item.records;
    this.#quarantinedBytes += item.end - item.start;
    let copy: string | undefined;
    try {
      copy = await quarantine(this.#files, this.#directory, cursor, item.start, item.end);
    } catch (error) {
      this.#log.error({ ...details, error: errorText(error) }, 'damaged bytes of the journal could not be copied to the quarantine');
    }
    this.#log.error(
      { ...details, records: item.records, copy },
      'acknowledged records of the journal are damaged on disk; they are passed over',
    );
  }

  /** Counts what is missing when the file is shorter than what was acknowledged in it. */
  #finishSegment(cursor: SegmentCursor, { size, acknowledged }: Bounds): void {
    if (size >= acknowledged || this.#position.offset >= acknowledged) return;
    // A record of which a part is left was counted when that part was passed over.
    if (this.#lastDamage?.segment !== cursor.segment || this.#lastDamage.offset < size) this.#quarantinedRecords++;
    this.#log.error(
      { file: join(this.#directory, segmentName(cursor.segment)), offset: size, bytes: acknowledged - size },
      'a journal segment is shorter than what was acknowledged in it; its last records are lost',
    );
    this.#position = { segment: cursor.segment, offset: acknowledged };
  }
}

function recordOf({ header, payload }: SegmentItem & { kind: 'record' }, end: JournalPosition): JournalRecord {
  const { batchId, rows, appendedAt } = header;
  return { signal: header.signal as Signal, batchId, rows, appendedAt, payload, end };
}
