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
  /** One word: 1 cancels the task under way, seen even by a loop that never yields. */
  readonly cancelled: SharedArrayBuffer;
}

/** One task for a worker; the next follows when it has answered. */
export interface TaskMessage {
  readonly task: QueryTask;
  /** How long the task has waited for its turn, milliseconds. */
  readonly waitedMs: number;
  /** Give the task back when it is expected to cost more than this: samples to read and points to compute, together. */
  readonly mostCost: number;
}

/** Where the steps of a range query came from, and what its worker keeps of all queries, bytes. */
export interface TaskSteps {
  readonly cached: number;
  readonly computed: number;
  readonly keptBytes: number;
}

/** The answer's JSON text, and of a range query where its steps came from. */
export interface TaskSuccess {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly steps?: TaskSteps;
}

export type TaskResult =
  | TaskSuccess
  | { readonly error: ErrorData }
  /** Not begun: it is expected to cost this much. */
  | { readonly tooCostly: number };
