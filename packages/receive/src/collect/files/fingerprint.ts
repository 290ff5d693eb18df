/** Recognises a log file by what was read of it: how it begins, and what stands before the place up to which it was read. */

import { createHash } from 'node:crypto';
import type { OpenFile } from './open-file.ts';

/** Bytes at the beginning of a file that are compared. */
export const HEAD_BYTES = 1024;
/** Bytes before the place that are compared. */
export const BEFORE_BYTES = 64;

/** Hashes of the first bytes that were read, and of the last ones. */
export interface Fingerprint {
  readonly offset: number;
  readonly head: string;
  readonly before: string;
}

/** A short hash of bytes. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64url').slice(0, 16);
}

/** Whether an open file is one that was read up to the fingerprint's offset, or a copy of it. */
export async function fits(file: OpenFile, { offset, head, before }: Fingerprint): Promise<boolean> {
  const first = Buffer.alloc(Math.min(HEAD_BYTES, offset));
  if ((await file.read(first, 0)) < first.length || hashOf(first) !== head) return false;
  const last = Buffer.alloc(Math.min(BEFORE_BYTES, offset));
  return (await file.read(last, offset - last.length)) === last.length && hashOf(last) === before;
}
