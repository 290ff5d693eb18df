/** What travels between the engine's thread and the threads that read spans. */

import type {
  AttributeNames,
  ErrorData,
  FieldValuesRequest,
  FoundTrace,
  FoundValue,
  Operation,
  OperationsRequest,
  SpanCountRequest,
  SpanCounts,
  SpansRequest,
  TimeBounds,
  TracesRequest,
} from '@atalaya/model';
import type { SpanBytes } from '../read/read-spans.ts';

/** Each question and what answers it. */
export interface TraceQuestions {
  traces: { readonly request: TracesRequest; readonly answer: FoundTrace[] };
  spans: { readonly request: SpansRequest; readonly answer: SpanBytes };
  counts: { readonly request: SpanCountRequest; readonly answer: SpanCounts[] };
  services: { readonly request: TimeBounds; readonly answer: string[] };
  operations: { readonly request: OperationsRequest; readonly answer: Operation[] };
  attributeNames: { readonly request: TimeBounds & { readonly limit: number }; readonly answer: AttributeNames };
  values: { readonly request: FieldValuesRequest; readonly answer: FoundValue[] };
}

/** From the reader. `end` ends a question whose answer nobody waits for any more. */
export type TraceReaderMessage =
  | {
      [Kind in keyof TraceQuestions]: { readonly kind: Kind; readonly call: number; readonly request: TraceQuestions[Kind]['request'] };
    }[keyof TraceQuestions]
  | { readonly kind: 'end'; readonly call: number };

/** To the reader. */
export type TraceServerMessage =
  | { readonly kind: 'answer'; readonly call: number; readonly answer: TraceQuestions[keyof TraceQuestions]['answer'] }
  | { readonly kind: 'failed'; readonly call: number; readonly error: ErrorData };
