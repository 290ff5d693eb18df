/** A disk in memory behind the journal's file port that fills up, fails, writes short and loses what was not fsynced. */

import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { JournalFile, JournalFiles } from '../../src/files.ts';

export type Operation = 'create' | 'write' | 'sync' | 'truncate' | 'syncDirectory' | 'remove' | 'rename' | 'read';

interface Inode {
  data: Buffer;
  /** What survives a power cut. */
  durable: Buffer;
}

/** A system error as Node throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** Kept in tests that need whole control of a disk; paths are any absolute paths. */
export class SimulatedDisk implements JournalFiles {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  readonly counts: Record<Operation, number> = {
    create: 0,
    write: 0,
    sync: 0,
    truncate: 0,
    syncDirectory: 0,
    remove: 0,
    rename: 0,
    read: 0,
  };
  /** Bytes that fit on the disk. */
  capacity = Number.POSITIVE_INFINITY;
  /** At most so many bytes go into one write. */
  longestWrite = Number.POSITIVE_INFINITY;
  /** A stretch of a file that cannot be read, as a bad sector. */
  unreadable: { readonly path: string; readonly start: number; readonly end: number } | undefined;
  /** Called before each operation; throwing makes it fail. May wait, to hold the operation up. */
  fault: (operation: Operation, path: string) => void | Promise<void> = () => undefined;

  get used(): number {
    return [...this.#names.values()].reduce((sum, inode) => sum + inode.data.length, 0);
  }

  /** The bytes of a file now; changing them damages the disk. */
  bytes(path: string): Buffer {
    return this.#inode(path).data;
  }

  /** Puts a file on the disk, durably. */
  put(path: string, data: Uint8Array): void {
    const inode = { data: Buffer.from(data), durable: Buffer.from(data) };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  /** A copy of the disk as it is, without faults. */
  clone(): SimulatedDisk {
    const copy = new SimulatedDisk();
    for (const [path, inode] of this.#names) copy.put(path, inode.data);
    return copy;
  }

  /**
   * The disk after a power cut: unsynced creations, renames and removals are undone, and of the bytes written since a file's
   * last sync each 512-byte sector is there when `keeps()` says so, else it is zero, as file systems leave them.
   */
  afterPowerCut(keeps: () => boolean = () => false): SimulatedDisk {
    const disk = new SimulatedDisk();
    for (const [path, inode] of this.#durableNames) {
      const { data, durable } = inode;
      const survived = Buffer.from(durable);
      const sectors: Buffer[] = [survived];
      let grown = 0;
      for (let at = durable.length; at < data.length; at += 512) {
        const sector = Buffer.alloc(Math.min(512, data.length - at));
        if (keeps()) {
          data.copy(sector, 0, at);
          grown = sectors.length + 1;
        }
        sectors.push(sector);
      }
      disk.put(path, grown === 0 ? survived : Buffer.concat(sectors.slice(0, grown)));
    }
    return disk;
  }

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    return [...this.#names.keys()].filter((path) => dirname(path) === directory).map((path) => path.slice(directory.length + 1));
  }

  async create(path: string): Promise<JournalFile> {
    await this.#enter('create', path);
    if (this.#names.has(path)) throw systemError('EEXIST');
    const inode = { data: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#names.set(path, inode);
    return this.#file(path, inode);
  }

  async open(path: string): Promise<JournalFile> {
    return this.#file(path, this.#inode(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#enter('rename', to);
    this.#names.set(to, this.#inode(from));
    this.#names.delete(from);
  }

  async remove(path: string): Promise<void> {
    await this.#enter('remove', path);
    this.#inode(path);
    this.#names.delete(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.#enter('syncDirectory', directory);
    for (const path of this.#durableNames.keys()) {
      if (dirname(path) === directory && !this.#names.has(path)) this.#durableNames.delete(path);
    }
    for (const [path, inode] of this.#names) if (dirname(path) === directory) this.#durableNames.set(path, inode);
  }

  async #enter(operation: Operation, path: string): Promise<void> {
    this.counts[operation]++;
    await this.fault(operation, path);
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT');
    return inode;
  }

  #file(path: string, inode: Inode): JournalFile {
    return {
      write: async (parts, offset) => {
        await this.#enter('write', path);
        const all = Buffer.concat(parts);
        const room = Math.max(0, this.capacity - this.used + Math.max(0, inode.data.length - offset));
        if (room === 0) throw systemError('ENOSPC');
        const length = Math.min(all.length, this.longestWrite, room);
        if (inode.data.length < offset + length) {
          inode.data = Buffer.concat([inode.data, Buffer.alloc(offset + length - inode.data.length)]);
        }
        all.copy(inode.data, offset, 0, length);
        return length;
      },
      read: async (into, offset) => {
        await this.#enter('read', path);
        const bad = this.unreadable;
        if (bad?.path === path && offset < bad.end && offset + into.length > bad.start) throw systemError('EIO');
        return offset >= inode.data.length ? 0 : inode.data.copy(into, 0, offset, Math.min(inode.data.length, offset + into.length));
      },
      sync: async () => {
        await this.#enter('sync', path);
        inode.durable = Buffer.from(inode.data);
      },
      truncate: async (length) => {
        await this.#enter('truncate', path);
        inode.data = Buffer.from(inode.data.subarray(0, length));
      },
      size: async () => inode.data.length,
      close: async () => undefined,
    };
  }
}
