/** The evaluator's side of a trace reader: asks through a port and makes spans of the bytes that come back. */

import {
  AtalayaError,
  type AttributeNames,
  type CancelSignal,
  type FieldValuesRequest,
  type FoundTrace,
  type FoundValue,
  type Operation,
  type OperationsRequest,
  type Span,
  type SpanCountRequest,
  type SpanCounts,
  type SpansRequest,
  type TimeBounds,
  type TracesRequest,
} from '@atalaya/model';
import type { ReaderPort } from '../../reader/reader-port.ts';
import type { TraceQuestions, TraceReaderMessage, TraceServerMessage } from './protocol.ts';
import { spansOf } from './span-rows.ts';

/** Reads spans through a port; it fits the port of room `query`, where its methods are described. */
export interface PortTraceReader {
  traces(request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]>;
  spans(request: SpansRequest, signal: CancelSignal): Promise<Span[]>;
  counts(request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]>;
  services(range: TimeBounds, signal: CancelSignal): Promise<string[]>;
  operations(request: OperationsRequest, signal: CancelSignal): Promise<Operation[]>;
  attributeNames(request: TimeBounds & { readonly limit: number }, signal: CancelSignal): Promise<AttributeNames>;
  values(request: FieldValuesRequest, signal: CancelSignal): Promise<FoundValue[]>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: AtalayaError): void;
}

/** Connects to {@link serveTraceReader} at the other end of the port. When the port closes every waiting call rejects with ENGINE_UNAVAILABLE. */
export function connectTraceReader(port: ReaderPort): PortTraceReader {
  return new TraceReaderClient(port);
}

class TraceReaderClient implements PortTraceReader {
  readonly #port: ReaderPort;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #closed = false;

  constructor(port: ReaderPort) {
    this.#port = port;
    port.on('message', (received) => this.#take(received as TraceServerMessage));
    port.on('close', () => {
      this.#closed = true;
      for (const call of this.#waiting.values()) call.reject(closedError());
    });
  }

  traces(request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]> {
    return this.#ask('traces', request, signal);
  }

  async spans(request: SpansRequest, signal: CancelSignal): Promise<Span[]> {
    return spansOf(await this.#ask('spans', request, signal));
  }

  counts(request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]> {
    return this.#ask('counts', request, signal);
  }

  services({ start, end }: TimeBounds, signal: CancelSignal): Promise<string[]> {
    return this.#ask('services', { start, end }, signal);
  }

  operations(request: OperationsRequest, signal: CancelSignal): Promise<Operation[]> {
    return this.#ask('operations', request, signal);
  }

  attributeNames(request: TimeBounds & { readonly limit: number }, signal: CancelSignal): Promise<AttributeNames> {
    return this.#ask('attributeNames', request, signal);
  }

  values(request: FieldValuesRequest, signal: CancelSignal): Promise<FoundValue[]> {
    return this.#ask('values', request, signal);
  }

  #ask<Kind extends keyof TraceQuestions>(
    kind: Kind,
    request: TraceQuestions[Kind]['request'],
    signal: CancelSignal,
  ): Promise<TraceQuestions[Kind]['answer']> {
    if (this.#closed) return Promise.reject(closedError());
    if (signal.aborted) return Promise.reject(canceledError());
    const call = ++this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abort = (): void => {
      reject(canceledError());
      if (!this.#closed) this.#port.postMessage({ kind: 'end', call } satisfies TraceReaderMessage);
    };
    signal.addEventListener('abort', abort);
    this.#waiting.set(call, { resolve, reject });
    this.#port.postMessage({ kind, call, request });
    return (promise as Promise<TraceQuestions[Kind]['answer']>).finally(() => {
      this.#waiting.delete(call);
      signal.removeEventListener('abort', abort);
    });
  }

  #take(message: TraceServerMessage): void {
    // Nobody waits for what comes after a call was canceled.
    const call = this.#waiting.get(message.call);
    if (message.kind === 'failed') call?.reject(AtalayaError.fromData(message.error));
    else call?.resolve(message.answer);
  }
}

const canceledError = (): AtalayaError => new AtalayaError('QUERY_CANCELED', { phase: 'reading spans' });
const closedError = (): AtalayaError => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'the connection to it is closed' });
