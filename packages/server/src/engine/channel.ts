/** Requests, answers and events over one duplex stream: the two processes' common language. */

import type { Duplex } from 'node:stream';
import { AtalayaError, type ErrorData } from '@atalaya/model';
import { encodeFrame, FRAME, type Frame, FrameDecoder } from './frames.ts';

/** What a handler gives back: a JSON value, bytes, or both. */
export interface Answer {
  readonly value?: unknown;
  readonly bytes?: Uint8Array;
}

/** Serves one method. The signal aborts when the asker no longer wants the answer. */
export type MethodHandler = (params: unknown, signal: AbortSignal) => Promise<Answer>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  detach(): void;
}

/** One end of the conversation. Both ends may ask, answer and tell. */
export class Channel {
  readonly #stream: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #waiting = new Map<number, Waiting>();
  readonly #serving = new Map<number, AbortController>();
  readonly #methods = new Map<string, MethodHandler>();
  readonly #listeners = new Map<string, (value: unknown) => void>();
  #nextId = 1;
  #closedReason: string | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => {
      for (const frame of this.#decoder.push(chunk)) this.#take(frame);
    });
    // An error is always followed by 'close', which says it to everyone who waits.
    stream.on('error', (error: Error) => (this.#closedReason ??= error.message));
    stream.on('close', () => this.#close());
  }

  /** Offers a method to the other end. */
  serve(method: string, handler: MethodHandler): void {
    this.#methods.set(method, handler);
  }

  /** Listens to an event of the other end. */
  on(event: string, listener: (value: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  /** Tells the other end something; there is no answer. */
  tell(event: string, value: unknown): void {
    this.#send(FRAME.event, 0, { event, value });
  }

  /** Asks the other end. Rejects with the AtalayaError it answered, ENGINE_UNAVAILABLE when it went away, QUERY_CANCELED when the signal aborts. */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<Answer> {
    if (this.#closedReason !== undefined) return Promise.reject(this.#goneError());
    if (signal?.aborted === true) return Promise.reject(new AtalayaError('QUERY_CANCELED', { phase: 'queue' }));
    const id = this.#nextId;
    this.#nextId = (this.#nextId % 0xfffffffe) + 1;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(id);
        this.#send(FRAME.cancel, id, null);
        reject(new AtalayaError('QUERY_CANCELED', { phase: 'execution' }));
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.set(id, { resolve, reject, detach: () => signal?.removeEventListener('abort', abort) });
      this.#send(FRAME.request, id, { method, params });
    });
  }

  /** Ends the conversation. */
  end(): void {
    this.#stream.end();
  }

  #send(kind: (typeof FRAME)[keyof typeof FRAME], id: number, head: unknown, body?: Uint8Array): void {
    if (this.#closedReason !== undefined || this.#stream.writableEnded) return;
    this.#stream.cork();
    for (const piece of encodeFrame(kind, id, head, body)) this.#stream.write(piece);
    this.#stream.uncork();
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case FRAME.request:
        void this.#answer(frame);
        return;
      case FRAME.answer:
        this.#settle(frame.id)?.resolve({ value: frame.head, bytes: frame.body });
        return;
      case FRAME.failure:
        this.#settle(frame.id)?.reject(AtalayaError.fromData(frame.head as ErrorData));
        return;
      case FRAME.event: {
        const { event, value } = frame.head as { event: string; value: unknown };
        this.#listeners.get(event)?.(value);
        return;
      }
      case FRAME.cancel:
        this.#serving.get(frame.id)?.abort();
    }
  }

  async #answer(frame: Frame): Promise<void> {
    const { method, params } = frame.head as { method: string; params: unknown };
    const controller = new AbortController();
    this.#serving.set(frame.id, controller);
    try {
      const handler = this.#methods.get(method);
      if (handler === undefined) throw new AtalayaError('INTERNAL', { reason: `unknown method ${method}` });
      const { value, bytes } = await handler(params, controller.signal);
      this.#send(FRAME.answer, frame.id, value, bytes);
    } catch (error) {
      this.#send(FRAME.failure, frame.id, AtalayaError.from(error).toData());
    } finally {
      this.#serving.delete(frame.id);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.detach();
    return waiting;
  }

  #close(): void {
    this.#closedReason ??= 'it has ended';
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(this.#goneError());
    for (const controller of this.#serving.values()) controller.abort();
    this.#listeners.get('close')?.(undefined);
  }

  #goneError(): AtalayaError {
    return new AtalayaError('ENGINE_UNAVAILABLE', { reason: this.#closedReason ?? 'it has ended' }, { retryAfterSeconds: 1 });
  }
}
