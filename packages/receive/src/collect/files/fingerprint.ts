/** Recognises a log file by what was read of it: how it begins, and what stands before the place up to which it was read. */

import { createHash } from 'node:crypto';
import type { OpenFile } from './open-file.ts';

/** Bytes at the beginning of a file that are compared. */
export const HEAD_BYTES = 1024;
/** Bytes before the place that are compared. */
const BEFORE_BYTES = 64;

/** Hashes of the first bytes that were read, and of the last ones. */
export interface Fingerprint {
  readonly offset: number;
  readonly head: string;
  readonly before: string;
}

/** Of a file of which nothing was read. */
export const NOTHING_READ: Fingerprint = { offset: 0, head: '', before: '' };

function hashOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64url').slice(0, 16);
}

/** Whether an open file is one that was read up to the fingerprint's offset, or a copy of it. */
export async function fits(file: OpenFile, fingerprint: Fingerprint): Promise<boolean> {
  const { offset, before } = fingerprint;
  if (offset === 0) return true;
  if (!(await beginsAs(file, fingerprint))) return false;
  const last = Buffer.alloc(Math.min(BEFORE_BYTES, offset));
  return (await file.read(last, offset - last.length)) === last.length && hashOf(last) === before;
}

/** Whether an open file begins as the fingerprint's does. */
export async function beginsAs(file: OpenFile, { offset, head }: Fingerprint): Promise<boolean> {
  const first = Buffer.alloc(Math.min(HEAD_BYTES, offset));
  return (await file.read(first, 0)) === first.length && hashOf(first) === head;
}

/** Keeps what the fingerprint of a file is made of while it is read, from its beginning or from a place in it. */
export class ReadTrace {
  #offset = 0;
  #head: Buffer = Buffer.alloc(0);
  #headHash: string | undefined;
  #before: Buffer = Buffer.alloc(0);

  /** Up to where the file was read. */
  get offset(): number {
    return this.#offset;
  }

  /** Where to read from, so that the bytes that are known come first. */
  get from(): number {
    return this.#offset - this.#before.length;
  }

  get fingerprint(): Fingerprint {
    const head = this.#headHash ?? hashOf(this.#head);
    if (this.#head.length === HEAD_BYTES) this.#headHash = head;
    return { offset: this.#offset, head, before: hashOf(this.#before) };
  }

  /** Takes over a file that was read up to an offset before. */
  async resume(file: OpenFile, offset: number): Promise<void> {
    const head = Buffer.alloc(Math.min(HEAD_BYTES, offset));
    const before = Buffer.alloc(Math.min(BEFORE_BYTES, offset));
    this.#head = head.subarray(0, await file.read(head, 0));
    this.#before = before.subarray(0, await file.read(before, offset - before.length));
    this.#offset = offset;
  }

  /** Whether bytes that were read at {@link from} begin with those that are known to be there. */
  continues(bytes: Buffer): boolean {
    const known = this.#before.length;
    return bytes.length >= known && bytes.compare(this.#before, 0, known, 0, known) === 0;
  }

  /** Moves on over bytes that were read at {@link from} and continue what is known; gives where in them the new ones begin. */
  advance(bytes: Buffer): number {
    const fresh = this.#before.length;
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, bytes.subarray(fresh, fresh + HEAD_BYTES - this.#head.length)]);
    }
    this.#offset += bytes.length - fresh;
    this.#before = Buffer.from(bytes.subarray(Math.max(0, bytes.length - BEFORE_BYTES)));
    return fresh;
  }

  /** Begins anew at the start of another file. */
  restart(): void {
    this.#offset = 0;
    this.#head = Buffer.alloc(0);
    this.#headHash = undefined;
    this.#before = Buffer.alloc(0);
  }
}
