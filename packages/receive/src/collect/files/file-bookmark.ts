/** How far a file was read, as text. */

import type { Fingerprint } from './fingerprint.ts';

export interface FileBookmark {
  /** Where the file was found. */
  readonly path: string;
  /** Where the first line begins that was not read. */
  readonly offset: number;
  /** The time that the last line got, nanoseconds since the epoch: later lines get later ones. */
  readonly time: bigint;
  /** Of what was looked at, which may be more than was read. */
  readonly fingerprint: Fingerprint;
}

export function formatBookmark({ path, offset, time, fingerprint }: FileBookmark): string {
  return JSON.stringify([path, offset, String(time), fingerprint.offset, fingerprint.head, fingerprint.before]);
}

/** undefined when the text is none. */
export function parseBookmark(text: string): FileBookmark | undefined {
  try {
    const [path, offset, time, scanned, head, before] = JSON.parse(text) as [string, number, string, number, string, string];
    return { path, offset, time: BigInt(time), fingerprint: { offset: scanned, head, before } };
  } catch {
    return undefined;
  }
}
