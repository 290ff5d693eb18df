/** What travels between the engine process and the thread that writes series down. */

import type { MessagePort } from 'node:worker_threads';
import type { ErrorData } from '@atalaya/model';
import type { SeriesForm } from './contract.ts';

/** Given to the thread at birth. */
export interface SeriesWorkerData {
  /** The way to the store. */
  readonly readerPort: MessagePort;
}

/** Series that were found, for the thread to read and write down. Label forms are those of `MetricStore.labels`. */
export interface FoundSeries {
  readonly form: SeriesForm;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly startMs: number;
  readonly endMs: number;
  readonly mostSamples: number;
  readonly mostInAll: number;
}

export type SeriesCommand =
  | { readonly kind: 'open'; readonly cursor: number; readonly found: FoundSeries }
  | { readonly kind: 'next'; readonly cursor: number }
  | { readonly kind: 'close'; readonly cursor: number };

/** The answer to `next`. */
export type SeriesResult =
  | { readonly cursor: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly contentBytes: number; readonly done: boolean }
  | { readonly cursor: number; readonly error: ErrorData };
