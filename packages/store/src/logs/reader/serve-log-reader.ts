/** The engine's side of a log reader: reads portions as they are asked for and hands their bytes over without a copy. */

import { AtalayaError } from '@atalaya/model';
import type { ReaderPort } from '../../reader/reader-port.ts';
import type { RawPortion } from '../read/lines.ts';
import type { LogReading, LogStore } from '../store-interface.ts';
import type { LinesPortion, LogReaderMessage, LogServerMessage } from './protocol.ts';

/** A reading, or a count, that a reader waits for. */
interface Call {
  readonly aborter: AbortController;
  /** Absent until the reading has begun, and for counts. */
  reading?: LogReading;
}

/**
 * Serves a reader at the other end of the port until the port closes. Each question waits until `readable` resolves: when what was
 * acknowledged before can be read.
 */
export function serveLogReader(store: LogStore, port: ReaderPort, readable: () => Promise<unknown> = () => store.readable()): void {
  const calls = new Map<number, Call>();
  const post = (message: LogServerMessage, transfer: ArrayBuffer[] = []): void => port.postMessage(message, { transfer });

  const work = async (call: number, task: (running: Call) => Promise<void>): Promise<void> => {
    const running = calls.get(call);
    if (running === undefined) return;
    try {
      await task(running);
    } catch (error) {
      if (!calls.delete(call)) return;
      post({ kind: 'failed', call, error: AtalayaError.from(error).toData() });
    }
  };

  const begin = (call: number): void => void calls.set(call, { aborter: new AbortController() });

  const sendNext = async (call: number, running: Call): Promise<void> => {
    const raw = await running.reading?.next(running.aborter.signal);
    if (!calls.has(call)) return;
    if (raw === undefined) calls.delete(call);
    const portion = raw === undefined ? undefined : portionOf(store, raw);
    post({ kind: 'portion', call, portion }, portion === undefined ? [] : buffersOf(portion));
  };

  port.on('message', (received) => {
    const message = received as LogReaderMessage;
    const { call } = message;
    switch (message.kind) {
      case 'lines':
        begin(call);
        void work(call, async (running) => {
          await readable();
          running.reading = store.lines(message.question);
          await sendNext(call, running);
        });
        return;
      case 'next':
        void work(call, (running) => sendNext(call, running));
        return;
      case 'counts':
        begin(call);
        void work(call, async ({ aborter }) => {
          await readable();
          const answer = await store.counts(message.question, message.groups, aborter.signal);
          if (calls.delete(call)) post({ kind: 'counted', call, answer });
        });
        return;
      case 'estimate':
        begin(call);
        // What came in a moment ago changes nothing about what a query costs.
        void work(call, async ({ aborter }) => {
          const lines = await store.estimateLines(message.question, aborter.signal);
          if (calls.delete(call)) post({ kind: 'estimated', call, lines });
        });
        return;
      case 'end':
        calls.get(call)?.aborter.abort();
        calls.delete(call);
    }
  });
  port.on('close', () => {
    for (const { aborter } of calls.values()) aborter.abort();
    calls.clear();
  });
}

function portionOf(store: LogStore, { bytes, rows, newStreams, discovered, rowsRead, bytesRead }: RawPortion): LinesPortion {
  return { bytes, rows, streams: store.streamForms(newStreams, discovered), rowsRead, bytesRead };
}

function buffersOf({ bytes, streams }: LinesPortion): ArrayBuffer[] {
  return [bytes.buffer, streams.fingerprints.buffer, streams.ends.buffer, streams.labels.buffer];
}
