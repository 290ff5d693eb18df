/** Reading the kernel's files: a folder like `/proc` or `/sys`, and the lane for reads that may take long. */

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of small text files. Paths are relative to it; texts come without white space at the end. */
export interface Tree {
  /** The absolute path of a file in it. */
  path(file: string): string;
  exists(file: string): boolean;
  /** The text of a file that the kernel makes without waiting. @throws the system's error, with its `code` */
  read(file: string): string;
  /** As {@link read}, but `undefined` when the file is not there, is not for us, or its driver has no value now. */
  tryRead(file: string): string | undefined;
  /** As {@link tryRead}, away from the main thread: for files behind which a device, a bus or a lock may be slow. */
  readSlowly(file: string): Promise<string | undefined>;
  /** The names in a folder, sorted. @throws the system's error, with its `code` */
  list(folder: string): string[];
  /** As {@link list}, but empty when there is no such folder. */
  tryList(folder: string): string[];
  /** The absolute path behind symbolic links; `undefined` when there is nothing. */
  tryRealPath(file: string): string | undefined;
}

/**
 * Lets one call run at a time. Calls into the file system that hang keep a thread of the pool that the journal's fsync needs
 * too; a lane bounds that to one, whatever waits behind it.
 */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all that was given before; settles as it does. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** A folder of the file system as a {@link Tree}. */
export function treeAt(root: string, lane: Lane): Tree {
  const path = (file: string): string => join(root, file);
  return {
    path,
    exists: (file) => existsSync(path(file)),
    read: (file) => readFileSync(path(file), 'utf8').trimEnd(),
    tryRead: (file) => orUndefined(() => readFileSync(path(file), 'utf8').trimEnd()),
    readSlowly: (file) =>
      lane.run(async () => {
        try {
          return (await readFile(path(file), 'utf8')).trimEnd();
        } catch {
          return undefined;
        }
      }),
    list: (folder) => readdirSync(path(folder)).toSorted(),
    // Most folders asked for are those of devices that a machine does not have: asking first is cheaper than an exception.
    tryList: (folder) => (existsSync(path(folder)) ? (orUndefined(() => readdirSync(path(folder)).toSorted()) ?? []) : []),
    tryRealPath: (file) => orUndefined(() => realpathSync(path(file))),
  };
}

function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
