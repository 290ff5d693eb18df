/** The engine's side of a trace reader: asks the store, and hands the bytes of spans over without a copy. */

import { AtalayaError, type CancelSignal } from '@atalaya/model';
import type { ReaderPort } from '../../reader/reader-port.ts';
import type { TraceStore } from '../store-interface.ts';
import type { TraceQuestions, TraceReaderMessage, TraceServerMessage } from './protocol.ts';

/**
 * Serves a reader at the other end of the port until the port closes. Each question waits until `readable` resolves: when what was
 * acknowledged before can be read.
 */
export function serveTraceReader(store: TraceStore, port: ReaderPort, readable: () => Promise<unknown> = () => store.readable()): void {
  const calls = new Map<number, AbortController>();
  const post = (message: TraceServerMessage, transfer: ArrayBuffer[] = []): void => port.postMessage(message, { transfer });

  const work = async (message: Exclude<TraceReaderMessage, { kind: 'end' }>): Promise<void> => {
    const { call } = message;
    const aborter = new AbortController();
    calls.set(call, aborter);
    try {
      await readable();
      const answer = await answerTo(store, message, aborter.signal);
      if (calls.delete(call)) post({ kind: 'answer', call, answer }, answer instanceof Uint8Array ? [answer.buffer] : []);
    } catch (error) {
      if (calls.delete(call)) post({ kind: 'failed', call, error: AtalayaError.from(error).toData() });
    }
  };

  port.on('message', (received) => {
    const message = received as TraceReaderMessage;
    if (message.kind !== 'end') return void work(message);
    calls.get(message.call)?.abort();
    calls.delete(message.call);
  });
  port.on('close', () => {
    for (const aborter of calls.values()) aborter.abort();
    calls.clear();
  });
}

async function answerTo(
  store: TraceStore,
  message: Exclude<TraceReaderMessage, { kind: 'end' }>,
  signal: CancelSignal,
): Promise<TraceQuestions[keyof TraceQuestions]['answer']> {
  switch (message.kind) {
    case 'traces':
      return store.traces(message.request, signal);
    case 'spans':
      return store.spans(message.request, signal);
    case 'counts':
      return store.counts(message.request, signal);
    case 'services':
      return store.services(message.request);
    case 'operations':
      return store.operations(message.request);
    case 'attributeNames':
      return store.attributeNames(message.request, signal);
    case 'values':
      return store.values(message.request, signal);
  }
}
