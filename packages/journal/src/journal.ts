/** The journal's interface: durable, ordered records between the receivers (one writer) and the loader (one reader). */

/** What a record holds; the number is part of the format on disk and never reused. */
export const SIGNAL = { metrics: 1, logs: 2, traces: 3, events: 4 } as const;
export type Signal = (typeof SIGNAL)[keyof typeof SIGNAL];

/** A place in the journal: everything before `offset` in `segment`, and all earlier segments. Ordered by segment, then offset. */
export interface JournalPosition {
  readonly segment: number;
  readonly offset: number;
}

/** A record as the reader gives it. */
export interface JournalRecord {
  readonly signal: Signal;
  /** Increases with each record, over restarts too; never reused. By one, but for commits that failed and runs that crashed. */
  readonly batchId: number;
  /** Rows (samples, lines, spans) in the payload. */
  readonly rows: number;
  /** When it was appended, milliseconds since the epoch. */
  readonly appendedAt: number;
  /** The bytes that were appended; starts at a multiple of 8 of its buffer. */
  readonly payload: Uint8Array;
  /** Where the next record begins. */
  readonly end: JournalPosition;
}

/** The writing half. One process at a time holds it (a lock file names the holder). */
export interface Journal {
  /**
   * Appends one record and resolves when it is on disk and fsynced, together with what else waits (group commit).
   * The payload must not be changed until then. Rejects with an AtalayaError, and then the record is not acknowledged:
   * JOURNAL_FULL (limit reached or disk full, retry later), JOURNAL_FAILED (write or fsync error), SHUTTING_DOWN.
   */
  append(signal: Signal, rows: number, payload: Uint8Array): Promise<void>;
  /** Everything before this is on disk. */
  readonly durable: JournalPosition;
  /** Called after each group commit with the new durable position, before its appends resolve. */
  onDurable(listener: (position: JournalPosition) => void): void;
  /** Tells the journal that all before `position` is durably in the store: whole segments before it are deleted. */
  release(position: JournalPosition): Promise<void>;
  stats(): JournalStats;
  /** Waits for what is under way, writes the end mark of the segment and closes. Further appends reject with SHUTTING_DOWN. */
  close(): Promise<void>;
}

/** The reading half, in the engine process. */
export interface JournalReader {
  /**
   * Reads whole records from the current place up to `limit` (never beyond it), at most about `maxBytes` (but always
   * at least one record when there is one). Damaged records are copied to the quarantine folder, counted and passed over.
   * An empty answer means that all up to `limit` was read. Rejects with the system's error; reading again goes on at the same place.
   * The limit is a durable position or the end of a record. One call at a time; the payloads stay valid.
   */
  read(limit: JournalPosition, maxBytes: number): Promise<JournalRecord[]>;
  readonly position: JournalPosition;
  readonly damage: JournalDamage;
  close(): Promise<void>;
}

/** What a reader had to pass over. */
export interface JournalDamage {
  /** Records whose checksum was wrong in the middle of the journal: acknowledged data was damaged on disk. */
  readonly quarantinedRecords: number;
  readonly quarantinedBytes: number;
  /** Ends of segments that were cut off while being written: never acknowledged. */
  readonly tornTails: number;
}

/** How the journal is, and what it did since it was opened. */
export interface JournalStats {
  readonly state: 'ok' | 'full' | 'failing' | 'closed';
  /** Bytes in all segments that are not released yet. */
  readonly bytes: number;
  readonly limitBytes: number;
  readonly segments: number;
  readonly appendedRecords: number;
  readonly appendedRows: number;
  readonly rejectedRows: number;
  readonly commits: number;
  /** Mean and largest time of an fsync since the start, milliseconds. */
  readonly fsyncMeanMs: number;
  readonly fsyncMaxMs: number;
  readonly fsyncErrors: number;
  readonly lastError: string | undefined;
}

/** Orders positions. */
export function comparePositions(a: JournalPosition, b: JournalPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}
