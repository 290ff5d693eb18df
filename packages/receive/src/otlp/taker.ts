/** What a signal makes of the records of one request: the side of it that decoders of requests and the receiver know. */

import type { Origin } from './origin.ts';

/** Takes the records of one request: the decoders fill `origin`, say when it is whole, then hand over record by record. */
export interface Taker<Reason extends string = string> {
  readonly origin: Origin;
  /** Why records were refused, and how many. */
  readonly refused: ReadonlyMap<Reason, number>;
  /** Records (of metrics: data points) in the request so far. */
  readonly records: number;
  /** Resource and scope are known: records of theirs follow. */
  beginRecords(): void;
  /** Writes what was taken; resolves when it is on disk. */
  commit(): Promise<void>;
  /** Forgets what was taken. */
  discard(): void;
}

/** Others get their turn after so many records. */
export const SLICE_RECORDS = 500;
