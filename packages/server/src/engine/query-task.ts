/** What travels between the engine process and its query workers. */

import type { MessagePort } from 'node:worker_threads';
import type { ErrorData } from '@atalaya/model';
import type { WorkContext } from '../telemetry/own-traces/trace-context.ts';
import type { EngineOptions, InstantRequest, RangeRequest } from './contract.ts';
import type { LogFieldsRequest, LogInstantRequest, LogPatternsRequest, LogRangeRequest, LogVolumeRequest } from './log-contract.ts';
import type {
  JaegerOperationsRequest,
  JaegerSearchRequest,
  JaegerServicesRequest,
  JaegerTracesRequest,
  TempoMetricsRequest,
  TempoSearchRequest,
  TempoTagsRequest,
  TempoTagValuesRequest,
  TraceByIdRequest,
} from './trace-contract.ts';

export type PromqlTask = ({ readonly kind: 'instant' } & InstantRequest) | ({ readonly kind: 'range' } & RangeRequest);

/** A question about logs. */
export type LogTask =
  | ({ readonly kind: 'log-instant' } & LogInstantRequest)
  | ({ readonly kind: 'log-range' } & LogRangeRequest)
  | ({ readonly kind: 'log-patterns' } & LogPatternsRequest)
  | ({ readonly kind: 'log-fields' } & LogFieldsRequest)
  | ({ readonly kind: 'log-volume' } & LogVolumeRequest);

/** A question about traces. */
export type TraceTask =
  | ({ readonly kind: 'trace-by-id' } & TraceByIdRequest)
  | ({ readonly kind: 'trace-jaeger-traces' } & JaegerTracesRequest)
  | ({ readonly kind: 'trace-jaeger-search' } & JaegerSearchRequest)
  | ({ readonly kind: 'trace-jaeger-services' } & JaegerServicesRequest)
  | ({ readonly kind: 'trace-jaeger-operations' } & JaegerOperationsRequest)
  | ({ readonly kind: 'trace-search' } & TempoSearchRequest)
  | ({ readonly kind: 'trace-tags' } & TempoTagsRequest)
  | ({ readonly kind: 'trace-tag-values' } & TempoTagValuesRequest)
  | ({ readonly kind: 'trace-metrics' } & TempoMetricsRequest);

export type QueryTask = (PromqlTask | LogTask | TraceTask) & {
  /** The span for which the query is run, where that is to be told. */
  readonly trace?: WorkContext | undefined;
};

/** What a question is about. Each has a limit of its own, and they take turns. */
export type QuerySignal = 'metrics' | 'logs' | 'traces';

export function signalOf({ kind }: QueryTask): QuerySignal {
  if (kind.startsWith('log-')) return 'logs';
  return kind.startsWith('trace-') ? 'traces' : 'metrics';
}

export function isPromqlTask(task: QueryTask): task is PromqlTask {
  return signalOf(task) === 'metrics';
}

export function isLogTask(task: QueryTask): task is LogTask {
  return signalOf(task) === 'logs';
}

/** Given to a worker at birth. */
export interface WorkerData {
  readonly limits: EngineOptions['query'];
  /** The ways to the store: to samples, to log lines, to spans. */
  readonly readerPort: MessagePort;
  readonly logReaderPort: MessagePort;
  readonly traceReaderPort: MessagePort;
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

/** The answer's bytes, mostly JSON, and of a range query where its steps came from. */
export interface TaskSuccess {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly steps?: TaskSteps;
}

export type TaskResult =
  | TaskSuccess
  | { readonly error: ErrorData }
  /** Not begun: it is expected to cost this much. */
  | { readonly tooCostly: number };
