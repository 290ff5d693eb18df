/** Writes commits into segment files, one file after the other, and knows up to where each of them can be trusted. */

import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Logger } from '@atalaya/model';
import { CommitLayout, encodeEndMark, type PendingRecord } from './commit-layout.ts';
import { errorText, type JournalFile, type JournalFiles, writeFully } from './files.ts';
import type { JournalPosition } from './journal.ts';
import { encodeSegmentHeader, FIRST_RECORD, RECORD_HEADER, recordBytes, type SegmentEnd, segmentName } from './segment-format.ts';
import type { SegmentLedger } from './segment-ledger.ts';

export interface SegmentWriterOptions {
  readonly directory: string;
  readonly files: JournalFiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly segmentBytes: number;
  readonly ledger: SegmentLedger;
  /** The end of the segment before the first one that is written. */
  readonly previous: SegmentEnd;
  readonly nextSegment: number;
}

interface OpenSegment {
  readonly number: number;
  readonly file: JournalFile;
  readonly salt: bigint;
  /** Where the next commit goes: everything before it is acknowledged. */
  end: number;
}

/** One commit at a time. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #layout = new CommitLayout();
  #current: OpenSegment | undefined;
  #previous: SegmentEnd;
  #nextSegment: number;
  #syncs = 0;
  #syncMs = 0;
  #syncMaxMs = 0;
  #syncErrors = 0;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#previous = options.previous;
    this.#nextSegment = options.nextSegment;
  }

  get syncs(): { readonly meanMs: number; readonly maxMs: number; readonly errors: number } {
    return { meanMs: this.#syncs === 0 ? 0 : this.#syncMs / this.#syncs, maxMs: this.#syncMaxMs, errors: this.#syncErrors };
  }

  /** Everything before this is on disk and fsynced. */
  get durable(): JournalPosition {
    return this.#current === undefined
      ? { segment: this.#previous.segment, offset: this.#previous.end }
      : { segment: this.#current.number, offset: this.#current.end };
  }

  /**
   * Begins a segment. When this resolves its header and its name survive a power cut, so what is committed to it later
   * can be found. When it rejects nothing has changed but for a number that is left out.
   */
  async begin(firstBatchId: number): Promise<OpenSegment> {
    const { directory, files, clock, ledger } = this.#options;
    const number = this.#nextSegment++;
    const path = join(directory, segmentName(number));
    const salt = randomBytes(8).readBigUInt64LE();
    const file = await files.create(path);
    try {
      const header = encodeSegmentHeader({
        segment: number,
        salt,
        firstBatchId,
        previous: this.#previous,
        createdAt: Math.max(0, clock.now()),
      });
      await writeFully(file, [header], 0);
      await this.#sync(file);
      await files.syncDirectory(directory);
    } catch (error) {
      await this.#leave(file, path);
      throw error;
    }
    ledger.set(number, FIRST_RECORD);
    this.#current = { number, file, salt, end: FIRST_RECORD };
    return this.#current;
  }

  /** Writes records and waits until they are on disk. When it rejects none of them is acknowledged and none will be read. */
  async commit(records: readonly PendingRecord[], firstBatchId: number): Promise<void> {
    const segment = this.#current ?? (await this.begin(firstBatchId));
    const bytes = records.reduce((sum, record) => sum + recordBytes(record.payload.length), 0);
    const last = segment.end + bytes >= this.#options.segmentBytes;
    const { parts, end } = this.#layout.layOut(records, { salt: segment.salt, start: segment.end, firstBatchId, last });
    try {
      await writeFully(segment.file, parts, segment.end);
      await this.#sync(segment.file);
    } catch (error) {
      await this.#abandon(segment);
      throw error;
    }
    segment.end = end;
    this.#options.ledger.set(segment.number, end);
    if (last) await this.#finish(segment);
  }

  /** Writes the end mark and closes the segment. A failure is only logged: what was acknowledged is on disk already. */
  async close(nextBatchId: number): Promise<void> {
    const segment = this.#current;
    if (segment === undefined) return;
    const mark = Buffer.alloc(RECORD_HEADER);
    encodeEndMark(mark, 0, { salt: segment.salt, commitStart: segment.end, batchId: nextBatchId, offset: segment.end });
    try {
      await writeFully(segment.file, [mark], segment.end);
      await this.#sync(segment.file);
    } catch (error) {
      this.#options.log.warn(
        { file: segmentName(segment.number), error: errorText(error) },
        'the end mark of a journal segment could not be written',
      );
    }
    await this.#finish(segment);
  }

  async #finish(segment: OpenSegment): Promise<void> {
    this.#previous = { segment: segment.number, end: segment.end, exact: true };
    this.#current = undefined;
    await segment.file.close().catch((error: unknown) => {
      this.#options.log.warn({ file: segmentName(segment.number), error: errorText(error) }, 'a journal segment could not be closed');
    });
  }

  /**
   * Leaves a segment whose last commit failed. After a failed fsync the kernel may have dropped the written pages while a
   * second fsync would succeed, so the file is never written to again. The next segment's header says where it ends; cutting
   * the tail off only saves space, and keeps the next start, should the machine stop before that header is written, from reading it.
   */
  async #abandon(segment: OpenSegment): Promise<void> {
    try {
      await segment.file.truncate(segment.end);
    } catch (error) {
      this.#options.log.warn(
        { file: segmentName(segment.number), error: errorText(error) },
        'the rejected end of a journal segment could not be cut off',
      );
    }
    await this.#finish(segment);
  }

  /** Takes back the creation of a segment. A file that stays is harmless: nothing in it was acknowledged. */
  async #leave(file: JournalFile, path: string): Promise<void> {
    try {
      await file.close();
      await this.#options.files.remove(path);
    } catch (error) {
      this.#options.log.warn({ file: path, error: errorText(error) }, 'an unused journal segment could not be removed');
    }
  }

  async #sync(file: JournalFile): Promise<void> {
    const { clock } = this.#options;
    const start = clock.monotonic();
    try {
      await file.sync();
    } catch (error) {
      this.#syncErrors++;
      throw error;
    }
    const ms = clock.monotonic() - start;
    this.#syncs++;
    this.#syncMs += ms;
    this.#syncMaxMs = Math.max(this.#syncMaxMs, ms);
  }
}
