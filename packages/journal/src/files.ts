/** The few file operations that the journal needs, as a port: tests put a disk behind it that fills up, fails and loses power. */

import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';

/** An open file. Offsets and lengths in bytes. Every call rejects with the system's error (`code` is its errno name). */
export interface JournalFile {
  /** Writes the parts one after the other from `offset` on. Resolves with the bytes written, which may be fewer than given. */
  write(parts: readonly Uint8Array[], offset: number): Promise<number>;
  /** Fills `into` from `offset` on. Resolves with the bytes read, which may be fewer; 0 at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** fdatasync: when it resolves, contents and size survive a power cut. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** A file system, as far as the journal uses one. Paths are absolute. */
export interface JournalFiles {
  /** Makes the directory and its parents where they are missing, so that they survive a power cut. */
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory, in any order. */
  list(directory: string): Promise<string[]>;
  /** A new file for writing; fails with EEXIST when there is one. */
  create(path: string): Promise<JournalFile>;
  /** An existing file for reading; fails with ENOENT when there is none. */
  open(path: string): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
}

type Done<T> = (error: Error | null, value: T) => void;

/** A callback operation as a promise: much cheaper than FileHandle on the way of every acknowledgement. */
function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

class NodeFile implements JournalFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(parts: readonly Uint8Array[], offset: number): Promise<number> {
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return call((done) => fs.write(this.#fd, only, 0, only.length, offset, done));
    return call((done) => fs.writev(this.#fd, parts, offset, done));
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return call((done) => fs.read(this.#fd, into, 0, into.length, offset, done));
  }

  sync(): Promise<void> {
    return call((done) => fs.fdatasync(this.#fd, done as Done<unknown> as fs.NoParamCallback));
  }

  truncate(length: number): Promise<void> {
    return call((done) => fs.ftruncate(this.#fd, length, done as Done<unknown> as fs.NoParamCallback));
  }

  async size(): Promise<number> {
    return (await call<fs.Stats>((done) => fs.fstat(this.#fd, done))).size;
  }

  close(): Promise<void> {
    return call((done) => fs.close(this.#fd, done as Done<unknown> as fs.NoParamCallback));
  }
}

const openNode = async (path: string, flags: string): Promise<JournalFile> =>
  new NodeFile(await call<number>((done) => fs.open(path, flags, 0o600, done)));

/** The machine's own files. */
export const nodeFiles: JournalFiles = {
  async makeDirectory(path) {
    const first = await promises.mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = resolvePath(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === resolvePath(first)) return;
    }
  },
  list: (directory) => promises.readdir(directory),
  create: (path) => openNode(path, 'wx'),
  open: (path) => openNode(path, 'r'),
  rename: (from, to) => promises.rename(from, to),
  remove: (path) => promises.unlink(path),
  syncDirectory,
};

async function syncDirectory(path: string): Promise<void> {
  const directory = await promises.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Writes all parts, going on after short writes as POSIX allows them. A write that gets nowhere is an error. */
export async function writeFully(file: JournalFile, parts: readonly Uint8Array[], offset: number): Promise<void> {
  let rest = parts;
  let at = offset;
  for (;;) {
    const wanted = rest.reduce((sum, part) => sum + part.length, 0);
    if (wanted === 0) return;
    const written = await file.write(rest, at);
    if (written === wanted) return;
    if (written <= 0) throw new Error('a write to the journal made no progress');
    at += written;
    rest = withoutFirst(rest, written);
  }
}

function withoutFirst(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  const rest: Uint8Array[] = [];
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}

/** Reads until `into` is full or the file ends. Resolves with the bytes read. */
export async function readFully(file: JournalFile, into: Uint8Array, offset: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await file.read(into.subarray(filled), offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Bytes that a disk reads or refuses as one. */
const PAGE = 4096;

/** As {@link readFully}, but pages that the disk cannot read (EIO) come as zeros: their checksums tell, and the rest is saved. */
export async function readAround(file: JournalFile, into: Uint8Array, offset: number): Promise<number> {
  try {
    return await readFully(file, into, offset);
  } catch (error) {
    if (errorCode(error) !== 'EIO') throw error;
    if (into.length <= PAGE) {
      into.fill(0);
      return into.length;
    }
  }
  let filled = 0;
  while (filled < into.length) {
    const page = into.subarray(filled, Math.min(into.length, filled + PAGE - ((offset + filled) % PAGE)));
    const count = await readAround(file, page, offset + filled);
    filled += count;
    if (count < page.length) break;
  }
  return filled;
}

/** The errno name of a system error (`ENOSPC`), if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What an error says, for logs and reasons. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
