/** The writing half of the disk driver: group commit, limits and what becomes of records when the disk fails. */

import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { readCheckpoint } from './checkpoint.ts';
import type { PendingRecord } from './commit-layout.ts';
import { errorCode, errorText, type JournalFiles, nodeFiles } from './files.ts';
import { comparePositions, type Journal, type JournalPosition, type JournalStats, type Signal } from './journal.ts';
import { recover } from './recovery.ts';
import { MAX_PAYLOAD, recordBytes, segmentName } from './segment-format.ts';
import { SegmentLedger } from './segment-ledger.ts';
import { SegmentWriter } from './segment-writer.ts';

/** Where and within which bounds a journal is written. */
export interface JournalOptions {
  /** Where the segments lie; made when missing. One process at a time writes there: see `lockDirectory`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Bytes that may wait for the store; beyond it appends reject with JOURNAL_FULL. The files may be larger by one segment. */
  readonly limitBytes: number;
  /** A new segment is begun when one reaches this size. Default 64 MiB. */
  readonly segmentBytes?: number;
  readonly files?: JournalFiles;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
/** A segment of this size is given up as soon as all of it is released: an idle program keeps no dead bytes. */
const IDLE_SEGMENT_BYTES = 1024 * 1024;
/** Bounds what one commit takes, and so by how much a segment outgrows its size. */
const COMMIT_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 5;
const DISK_FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Opens the journal in a directory for writing, always with a new segment. A full disk does not keep it from opening: it is
 * 'full' then and tries again with each append. Rejects with JOURNAL_FAILED when the directory cannot be used.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const directory = resolve(options.directory);
  const { clock, log, limitBytes, segmentBytes = SEGMENT_BYTES, files = nodeFiles } = options;
  try {
    await files.makeDirectory(directory);
    const checkpoint = await readCheckpoint(directory, log, files);
    const { sizes, previous, nextBatchId } = await recover(files, directory, log);
    const ledger = new SegmentLedger(sizes);
    // Numbers go on behind the checkpoint even if somebody emptied the directory: the loader would pass over lower ones.
    const nextSegment = Math.max(0, checkpoint?.segment ?? 0, ...sizes.keys()) + 1;
    const writer = new SegmentWriter({ directory, files, clock, log, segmentBytes, ledger, previous, nextSegment });
    // Likewise the ids of a journal without a past start from the time: higher than those of any journal that was here
    // before, unless it took more than a thousand records per millisecond of its life.
    const journal = new DiskJournal({ directory, files, clock, log, limitBytes }, writer, ledger, nextBatchId ?? time(clock) * 1000 + 1);
    await journal.start(checkpoint);
    return journal;
  } catch (error) {
    throw new AtalayaError('JOURNAL_FAILED', { reason: `${directory}: ${errorText(error)}` }, { cause: error });
  }
}

/** Now, as the format can hold it however wrong the clock is. */
function time(clock: Clock): number {
  return Math.min(Math.max(0, Math.trunc(clock.now())), 8e12);
}

interface Waiting extends PendingRecord {
  readonly resolve: () => void;
  readonly reject: (error: AtalayaError) => void;
}

class DiskJournal implements Journal {
  readonly #options: Omit<Required<JournalOptions>, 'segmentBytes'>;
  readonly #writer: SegmentWriter;
  readonly #ledger: SegmentLedger;
  readonly #listeners: ((position: JournalPosition) => void)[] = [];
  #nextBatchId: number;
  #released: JournalPosition = { segment: 0, offset: 0 };
  #queue: Waiting[] = [];
  /** Bytes that wait or are being written. */
  #pendingBytes = 0;
  #working: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;
  #disk: 'ok' | 'full' | 'failing' = 'ok';
  #limitReached = false;
  #appendedRecords = 0;
  #appendedRows = 0;
  #rejectedRows = 0;
  #commits = 0;
  #lastError: string | undefined;

  constructor(options: Omit<Required<JournalOptions>, 'segmentBytes'>, writer: SegmentWriter, ledger: SegmentLedger, nextBatchId: number) {
    this.#options = options;
    this.#writer = writer;
    this.#ledger = ledger;
    this.#nextBatchId = nextBatchId;
  }

  /** Begins the first segment, and deletes what an earlier run had released but not deleted. */
  async start(checkpoint: JournalPosition | undefined): Promise<void> {
    try {
      await this.#writer.begin(this.#nextBatchId);
    } catch (error) {
      if (!DISK_FULL.has(errorCode(error))) throw error;
      this.#failed(error);
    }
    if (checkpoint !== undefined) await this.release(checkpoint);
  }

  get durable(): JournalPosition {
    return this.#writer.durable;
  }

  onDurable(listener: (position: JournalPosition) => void): void {
    this.#listeners.push(listener);
  }

  append(signal: Signal, rows: number, payload: Uint8Array): Promise<void> {
    // One wrong number would fail the whole commit, with the records of others.
    if (!Number.isInteger(rows) || rows < 0 || rows > 0xffff_ffff) return Promise.reject(new RangeError(`a record of ${rows} rows`));
    const refusal = this.#refusal(payload.length);
    if (refusal !== undefined) {
      this.#rejectedRows += rows;
      return Promise.reject(refusal);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ signal, rows, payload, checksum: crc32(payload), appendedAt: time(this.#options.clock), resolve, reject });
    this.#pendingBytes += recordBytes(payload.length);
    this.#working ??= this.#work();
    return promise;
  }

  async release(position: JournalPosition): Promise<void> {
    if (comparePositions(position, this.#released) <= 0) return;
    // The newest segment stays in any case: it carries the batch ids over a restart.
    this.#released = comparePositions(position, this.durable) > 0 ? this.durable : position;
    this.#limitReached = false;
    await this.#deleteReleased();
    const { offset } = this.durable;
    const idle = this.#working === undefined && this.#closing === undefined && comparePositions(this.#released, this.durable) === 0;
    if (idle && offset >= IDLE_SEGMENT_BYTES) {
      this.#working = this.#beginAnew();
      await this.#working;
    }
  }

  /** Ends the newest segment, all of which is released, and begins another, so that it can be deleted too. */
  async #beginAnew(): Promise<void> {
    try {
      await this.#writer.close(this.#nextBatchId);
      await this.#writer.begin(this.#nextBatchId);
      // Nothing was written in between: the two positions mean the same.
      this.#released = this.durable;
      this.#announce();
    } catch (error) {
      this.#failed(error);
    }
    this.#working = this.#queue.length > 0 ? this.#work() : undefined;
    await this.#deleteReleased();
  }

  async #deleteReleased(): Promise<void> {
    // Oldest first: a reader tells the end of a segment by the header of the next one.
    for (const segment of this.#ledger.release(this.#released)) {
      const path = join(this.#options.directory, segmentName(segment));
      try {
        await this.#options.files.remove(path);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') continue;
        this.#options.log.warn(
          { file: path, error: errorText(error) },
          'a released journal segment could not be deleted; the next start tries again',
        );
      }
    }
  }

  stats(): JournalStats {
    const syncs = this.#writer.syncs;
    const limited = this.#limitReached && this.#disk === 'ok';
    return {
      state: this.#closed ? 'closed' : limited ? 'full' : this.#disk,
      bytes: this.#ledger.bytes,
      limitBytes: this.#options.limitBytes,
      segments: this.#ledger.segments,
      appendedRecords: this.#appendedRecords,
      appendedRows: this.#appendedRows,
      rejectedRows: this.#rejectedRows,
      commits: this.#commits,
      fsyncMeanMs: syncs.meanMs,
      fsyncMaxMs: syncs.maxMs,
      fsyncErrors: syncs.errors,
      lastError: this.#lastError,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#working;
    await this.#writer.close(this.#nextBatchId);
    this.#closed = true;
  }

  #refusal(payloadBytes: number): AtalayaError | undefined {
    if (this.#closing !== undefined) return new AtalayaError('SHUTTING_DOWN', {});
    if (payloadBytes > MAX_PAYLOAD) {
      return new AtalayaError('BAD_REQUEST', {
        reason: `a journal record holds at most ${MAX_PAYLOAD} bytes, this one has ${payloadBytes}`,
      });
    }
    const { limitBytes } = this.#options;
    this.#limitReached = this.#ledger.bytes + this.#pendingBytes + recordBytes(payloadBytes) > limitBytes;
    if (!this.#limitReached) return undefined;
    const reason = `${this.#ledger.bytes} of ${limitBytes} bytes wait for the store`;
    return new AtalayaError('JOURNAL_FULL', { reason }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  /** Commits what waits, again and again until nothing does. */
  async #work(): Promise<void> {
    do {
      // Whatever this turn of the event loop still brings joins the commit, as does what came during the last fsync.
      await setImmediate();
      await this.#commit(this.#take());
    } while (this.#queue.length > 0);
    this.#working = undefined;
  }

  #take(): Waiting[] {
    let bytes = 0;
    const cut = this.#queue.findIndex(({ payload }, index) => (bytes += payload.length) > COMMIT_BYTES && index > 0);
    if (cut !== -1) return this.#queue.splice(0, cut);
    const all = this.#queue;
    this.#queue = [];
    return all;
  }

  async #commit(records: readonly Waiting[]): Promise<void> {
    const firstBatchId = this.#nextBatchId;
    this.#nextBatchId += records.length;
    let error: AtalayaError | undefined;
    try {
      await this.#writer.commit(records, firstBatchId);
      this.#succeeded();
    } catch (thrown) {
      error = this.#failed(thrown);
    }
    // Before anybody is told that its record is safe: who asks for it next finds that all who read the journal know of it.
    if (error === undefined) this.#announce();
    for (const record of records) {
      this.#pendingBytes -= recordBytes(record.payload.length);
      if (error === undefined) {
        this.#appendedRecords++;
        this.#appendedRows += record.rows;
        record.resolve();
      } else {
        this.#rejectedRows += record.rows;
        record.reject(error);
      }
    }
  }

  #succeeded(): void {
    this.#commits++;
    if (this.#disk === 'ok') return;
    this.#disk = 'ok';
    this.#options.log.info({ directory: this.#options.directory }, 'the journal can be written again');
  }

  #failed(thrown: unknown): AtalayaError {
    const text = errorText(thrown);
    const full = DISK_FULL.has(errorCode(thrown));
    const disk = full ? 'full' : 'failing';
    // The same trouble is logged once, not with each request.
    if (this.#disk !== disk || this.#lastError !== text) {
      this.#options.log.error({ directory: this.#options.directory, error: text }, 'the journal cannot be written: requests are rejected');
    }
    this.#disk = disk;
    this.#lastError = text;
    const options = { cause: thrown, retryAfterSeconds: RETRY_AFTER_SECONDS };
    return full
      ? new AtalayaError('JOURNAL_FULL', { reason: 'no space is left on its disk' }, options)
      : new AtalayaError('JOURNAL_FAILED', { reason: text }, options);
  }

  #announce(): void {
    const position = this.durable;
    for (const listener of this.#listeners) {
      try {
        listener(position);
      } catch (error) {
        this.#options.log.error({ error: errorText(error) }, 'a listener of the journal failed');
      }
    }
  }
}
