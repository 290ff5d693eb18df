/** What travels between the engine process and its query workers. */

import type { MessagePort } from 'node:worker_threads';
import type { ErrorData } from '@atalaya/model';
import type { EngineOptions, InstantRequest, RangeRequest } from './contract.ts';

export type QueryTask = ({ readonly kind: 'instant' } & InstantRequest) | ({ readonly kind: 'range' } & RangeRequest);

/** Given to a worker at birth. */
export interface WorkerData {
  readonly limits: EngineOptions['query'];
  /** The way to the store. */
  readonly readerPort: MessagePort;
  /** One word per task slot: 1 cancels the task, seen even by a loop that never yields. */
  readonly cancelled: SharedArrayBuffer;
}

export interface TaskMessage {
  readonly slot: number;
  readonly task: QueryTask;
}

export type TaskResult =
  | { readonly slot: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly slot: number; readonly error: ErrorData };
