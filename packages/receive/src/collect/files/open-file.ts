/** An open log file: the three calls that tailing needs, without the costs of a FileHandle. */

import * as fs from 'node:fs';

/** What is asked of an open file again and again. */
export interface FileState {
  readonly size: number;
  readonly modifiedMs: number;
  /** Names that it has left; 0 when it was deleted. */
  readonly links: number;
}

export class OpenFile {
  readonly #fd: number;
  #closed = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens for reading. Never waits for a writer, should the path have become a pipe. */
  static open(path: string): Promise<OpenFile> {
    return new Promise((resolve, reject) => {
      fs.open(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK, (error, fd) =>
        error === null ? resolve(new OpenFile(fd)) : reject(error),
      );
    });
  }

  state(): Promise<FileState> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stats) => {
        if (error === null) resolve({ size: stats.size, modifiedMs: stats.mtimeMs, links: stats.nlink });
        else reject(error);
      });
    });
  }

  /** Device and inode, as `statFile` tells them. */
  id(): Promise<string> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, { bigint: true }, (error, { dev, ino }) => (error === null ? resolve(`${dev}:${ino}`) : reject(error)));
    });
  }

  /** Fills `into` from `offset` on; resolves with the bytes read, fewer only at the end of the file. */
  async read(into: Uint8Array, offset: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const count = await this.#readOnce(into, filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    fs.close(this.#fd, () => undefined);
  }

  #readOnce(into: Uint8Array, at: number, offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, at, into.length - at, offset, (error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }
}
