/** One server per data directory, enforced by a lock that the kernel takes back when its holder dies, however it dies. */

import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { AtalayaError, type Logger } from '@atalaya/model';

/** SQLite's result code for a lock that somebody else holds. */
const SQLITE_BUSY = 5;

/** A directory that is held by this process. */
export interface DirectoryLock {
  /** Gives it back. Calling it again does nothing. */
  release(): Promise<void>;
}

/**
 * Takes a directory for this process, making it when missing. Rejects with DATA_DIR_IN_USE, naming the holder's pid, when another
 * server (or this one, a second time) holds it.
 *
 * Node has no call for file locks, but its SQLite takes one: an exclusive transaction on an empty database, never committed.
 * Being a lock of the kernel it needs no comparing of pids, which are reused and differ between containers that share a volume;
 * two simultaneous starts cannot both get it, and it ends with the process at once. Nothing else in this process may open and
 * close the file `lock`: POSIX would drop the lock with it. The file `lock.pid` only names the holder.
 */
export async function lockDirectory(directory: string, options: { readonly log: Logger }): Promise<DirectoryLock> {
  const holderFile = join(directory, 'lock.pid');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw error;
    throw new AtalayaError('DATA_DIR_IN_USE', { directory, holder: await holder(holderFile) }, { cause: error });
  }
  const held = database;
  await writeFile(holderFile, `${process.pid}\n`, { mode: 0o600 }).catch((error: unknown) => {
    options.log.warn({ file: holderFile, error: String(error) }, 'the holder of the data directory could not be written down');
  });
  let open = true;
  return {
    release: () => {
      if (open) held.close();
      open = false;
      return Promise.resolve();
    },
  };
}

async function holder(file: string): Promise<string> {
  const pid = (await readFile(file, 'utf8').catch(() => '')).trim();
  return /^\d+$/.test(pid) ? `the process with pid ${pid}` : 'another process';
}
