/**
 * How far every source has been read, durably: exactly as far as its lines are in the journal.
 *
 * A change goes as a note into the journal record that holds the lines it stands for (`LogBatch.note`), so a crash leaves both or neither.
 * From time to time all bookmarks are written to a file; a start reads that file and then the notes of the records behind it. The file must be
 * written before journal segments are deleted: {@link Bookmarks.save}. See docs/adr/0015-collecting.md.
 */

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type JournalPosition, logBatchNote, scanJournal, SIGNAL } from '@atalaya/journal';
import type { Logger } from '@atalaya/model';

const NAME = 'bookmarks.json';
const VERSION = 1;

/** Changes of bookmarks by key; null removes one. */
export type BookmarkChanges = ReadonlyMap<string, string | null>;

/** Where bookmarks live. */
export interface BookmarksOptions {
  /** Folder of the bookmarks' file; made when missing. */
  readonly directory: string;
  /** The journal's folder, which holds the notes. It must not be open for writing yet: opening it deletes what the store has loaded. */
  readonly journalDirectory: string;
  readonly log: Logger;
}

interface SavedBookmarks {
  readonly version: number;
  /** Notes of records before this are in `bookmarks`. */
  readonly journal: JournalPosition | null;
  /** Number of the last note that is in `bookmarks`. */
  readonly sequence: number;
  readonly bookmarks: Readonly<Record<string, string>>;
}

/** Bookmarks of a former run and of this one. */
export class Bookmarks {
  readonly #directory: string;
  readonly #log: Logger;
  readonly #values: Map<string, string>;
  #sequence: number;
  #announced: JournalPosition | undefined;
  #dirty = true;
  #saving: Promise<void> = Promise.resolve();
  #saveFailed = false;

  private constructor(directory: string, log: Logger, values: Map<string, string>, sequence: number) {
    this.#directory = directory;
    this.#log = log;
    this.#values = values;
    this.#sequence = sequence;
  }

  /** Reads what a former run left. Rejects with the system's error when the folder or the journal cannot be read. */
  static async open({ directory, journalDirectory, log }: BookmarksOptions): Promise<Bookmarks> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const saved = await readSaved(join(directory, NAME), log);
    const values = new Map(Object.entries(saved.bookmarks));
    let { sequence } = saved;
    await scanJournal(journalDirectory, saved.journal ?? undefined, ({ signal, payload }) => {
      if (signal !== SIGNAL.logs) return;
      const note = readNote(payload);
      if (note === undefined || note.sequence <= sequence) return;
      sequence = note.sequence;
      apply(values, note.changes);
    });
    return new Bookmarks(directory, log, values, sequence);
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** All whose key begins with `prefix`. */
  entries(prefix: string): [string, string][] {
    return [...this.#values].filter(([key]) => key.startsWith(prefix));
  }

  /** The note of the next commit. Commits follow one after the other: the next note is made when this one was committed or given up. */
  note(changes: BookmarkChanges): Uint8Array {
    return Buffer.from(JSON.stringify({ sequence: this.#sequence + 1, changes: [...changes] } satisfies Note));
  }

  /** The record with the last note is durable. */
  committed(changes: BookmarkChanges): void {
    this.#sequence++;
    apply(this.#values, changes);
    this.#dirty = true;
  }

  /** Drops a bookmark without a record. After a crash it may be there again. */
  forget(key: string): void {
    if (this.#values.delete(key)) this.#dirty = true;
  }

  /** To be told with each of the journal's `onDurable`, so that it is known which notes the file includes. */
  durable(position: JournalPosition): void {
    this.#announced = position;
  }

  /**
   * Writes the file if anything changed. To be awaited before segments of the journal are released. A failure is logged and not thrown: on
   * a full disk the release is what makes room again; resolves with whether the file is up to date.
   */
  save(): Promise<boolean> {
    const saved = this.#saving.then(() => this.#save());
    this.#saving = saved.then(() => undefined);
    return saved;
  }

  async #save(): Promise<boolean> {
    if (!this.#dirty) return true;
    const journal = this.#announced ?? null;
    // Who waits for records up to there is told in the very turn in which the position is: after it `#values` has their notes.
    await setImmediate();
    this.#dirty = false;
    const content: SavedBookmarks = {
      version: VERSION,
      journal,
      sequence: this.#sequence,
      bookmarks: Object.fromEntries([...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    try {
      await replaceFile(this.#directory, NAME, `${JSON.stringify(content, null, 1)}\n`);
      this.#saveFailed = false;
      return true;
    } catch (error) {
      this.#dirty = true;
      if (!this.#saveFailed) {
        this.#log.error(
          { directory: this.#directory, error: String(error) },
          'how far log sources were read cannot be saved; if the program crashes now, their last lines may be stored twice',
        );
      }
      this.#saveFailed = true;
      return false;
    }
  }
}

interface Note {
  readonly sequence: number;
  readonly changes: readonly (readonly [key: string, value: string | null])[];
}

function readNote(payload: Uint8Array): { sequence: number; changes: BookmarkChanges } | undefined {
  try {
    const bytes = logBatchNote(payload);
    if (bytes === undefined) return undefined;
    const { sequence, changes } = JSON.parse(Buffer.from(bytes).toString()) as Note;
    return { sequence, changes: new Map(changes) };
  } catch {
    return undefined; // a batch of another version: the loader reports it
  }
}

function apply(values: Map<string, string>, changes: BookmarkChanges): void {
  for (const [key, value] of changes) {
    if (value === null) values.delete(key);
    else values.set(key, value);
  }
}

async function readSaved(path: string, log: Logger): Promise<SavedBookmarks> {
  const nothing: SavedBookmarks = { version: VERSION, journal: null, sequence: 0, bookmarks: {} };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return nothing;
    throw error;
  }
  try {
    const saved = JSON.parse(text) as SavedBookmarks;
    if (saved.version !== VERSION || typeof saved.sequence !== 'number') throw new Error(`version ${String(saved.version)}`);
    return saved;
  } catch (error) {
    log.error({ file: path, error: String(error) }, 'it is not known how far log sources were read: they are read from the start');
    return nothing;
  }
}

/** Replaces a file at once and durably. */
async function replaceFile(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `${name}.new`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(directory, name));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
