/** How far a file was read, as text. */

import type { Fingerprint } from './fingerprint.ts';

export interface FileBookmark {
  /** Where the file was found. */
  readonly path: string;
  /** Where the first line begins that was not read. */
  readonly offset: number;
  /** The time that the last line got, nanoseconds since the epoch: later lines get later ones. */
  readonly time: bigint;
  /** When what was read was last written, milliseconds since the epoch: what came after it is newer. */
  readonly modifiedMs: number;
  /** Of what was looked at, which may be more than was read. */
  readonly fingerprint: Fingerprint;
  /** Whether it was rotated and read to its end: nobody misses it when it is gone. */
  readonly done: boolean;
}

export function formatBookmark({ path, offset, time, modifiedMs, fingerprint, done }: FileBookmark): string {
  return JSON.stringify([path, offset, String(time), fingerprint.offset, fingerprint.head, fingerprint.before, done, modifiedMs]);
}

/** undefined when the text is none. */
export function parseBookmark(text: string): FileBookmark | undefined {
  try {
    type Parts = [string, number, string, number, string, string, boolean, number];
    const [path, offset, time, scanned, head, before, done, modifiedMs] = JSON.parse(text) as Parts;
    return { path, offset, time: BigInt(time), modifiedMs, fingerprint: { offset: scanned, head, before }, done };
  } catch {
    return undefined;
  }
}
