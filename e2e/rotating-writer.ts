/** A writer of numbered lines into a log file that it rotates, as logrotate does. */

import { appendFileSync, copyFileSync, existsSync, readdirSync, renameSync, truncateSync } from 'node:fs';
import path from 'node:path';

export type Rotation = 'rename' | 'copytruncate';

const LINES = 20;
const EVERY_MS = 5;

/** Appends lines every few milliseconds until it is stopped. All that it has written stays in the file or in its rotated generations. */
export class RotatingWriter {
  readonly #file: string;
  readonly #how: Rotation;
  readonly #rotateMs: number;
  #timer: NodeJS.Timeout | undefined;
  #rotatedAt = Infinity;
  /** Lines that were written. */
  written = 0;
  rotations = 0;

  constructor(file: string, how: Rotation, rotateMs: number) {
    this.#file = file;
    this.#how = how;
    this.#rotateMs = rotateMs;
  }

  begin(): void {
    this.#rotatedAt = performance.now();
    this.#timer = setInterval(() => this.write(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Appends a few lines, and rotates the file if it is time to. */
  write(): void {
    const lines = Array.from({ length: LINES }, () => `line ${this.written++} of ${path.basename(this.#file)}\n`).join('');
    // A line in two halves, now and then.
    const cut = this.written % 7 === 0 ? lines.length - 10 : lines.length;
    appendFileSync(this.#file, lines.slice(0, cut));
    if (cut < lines.length) appendFileSync(this.#file, lines.slice(cut));
    if (performance.now() - this.#rotatedAt < this.#rotateMs) return;
    this.#rotatedAt = performance.now();
    this.#rotate();
  }

  /** `file.1` becomes `file.2` and so on, `file` becomes `file.1`. */
  #rotate(): void {
    this.rotations++;
    const folder = path.dirname(this.#file);
    const generations = readdirSync(folder).filter((name) => name.startsWith(`${path.basename(this.#file)}.`)).length;
    for (let number = generations; number > 0; number--) {
      if (existsSync(`${this.#file}.${number}`)) renameSync(`${this.#file}.${number}`, `${this.#file}.${number + 1}`);
    }
    if (this.#how === 'rename') renameSync(this.#file, `${this.#file}.1`);
    else {
      copyFileSync(this.#file, `${this.#file}.1`);
      truncateSync(this.#file);
    }
  }
}
