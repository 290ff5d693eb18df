/** The evaluator's side of a log reader: asks through a port and makes lines of the bytes that come back. */

import { AtalayaError, type CancelSignal, decodeLabels } from '@atalaya/model';
import { readLazily } from '../../native/lazy.ts';
import type { ReaderPort } from '../../reader/reader-port.ts';
import type { CountGroup, CountsAnswer } from '../read/counts.ts';
import type { EstimateQuestion } from '../read/estimate.ts';
import type { CountsQuestion, LinesQuestion } from '../read/requests.ts';
import { type BlockStream, NativeLineBlock, type ReadLineBlock } from './line-block.ts';
import type { LinesPortion, LogReaderMessage, LogServerMessage } from './protocol.ts';

/** Reads lines through a port; it fits the reader port of room `query`, where its methods are described. */
export interface PortLogReader {
  lines(question: LinesQuestion, signal: CancelSignal): AsyncIterable<ReadLineBlock>;
  estimate(question: EstimateQuestion, signal: CancelSignal): Promise<{ readonly lines: number }>;
  counts(
    question: CountsQuestion,
    limits: { readonly groups: number },
    signal: CancelSignal,
  ): Promise<{ readonly groups: readonly CountGroup[]; readonly lines: number }>;
  readonly cost: { readonly linesRead: number; readonly bytesRead: number };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: AtalayaError): void;
}

/** Connects to {@link serveLogReader} at the other end of the port. When the port closes every waiting call rejects with ENGINE_UNAVAILABLE. */
export function connectLogReader(port: ReaderPort): PortLogReader {
  return new LogReaderClient(port);
}

class LogReaderClient implements PortLogReader {
  readonly #port: ReaderPort;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #closed = false;
  #linesRead = 0;
  #bytesRead = 0;

  constructor(port: ReaderPort) {
    this.#port = port;
    port.on('message', (received) => this.#take(received as LogServerMessage));
    port.on('close', () => {
      this.#closed = true;
      for (const call of this.#waiting.values()) call.reject(closedError());
    });
  }

  get cost(): { readonly linesRead: number; readonly bytesRead: number } {
    return { linesRead: this.#linesRead, bytesRead: this.#bytesRead };
  }

  async *lines(question: LinesQuestion, signal: CancelSignal): AsyncGenerator<ReadLineBlock> {
    const call = ++this.#calls;
    const streams = new Map<string, BlockStream>();
    let ended = false;
    try {
      let pending = this.#ask<LinesPortion | undefined>(call, { kind: 'lines', call, question: plainLines(question) }, signal);
      for (;;) {
        const portion = await pending;
        if (portion === undefined) break;
        this.#account(portion);
        // Who wants everything gets the next portion read while this one is worked on.
        const ahead = question.expected === undefined;
        if (ahead) pending = this.#ask(call, { kind: 'next', call }, signal);
        pending.catch(() => undefined);
        takeStreams(portion, streams);
        yield* blocksOf(portion, streams);
        if (!ahead) pending = this.#ask(call, { kind: 'next', call }, signal);
      }
      ended = true;
    } finally {
      if (!ended) this.#end(call);
    }
  }

  async counts(
    question: CountsQuestion,
    { groups }: { readonly groups: number },
    signal: CancelSignal,
  ): Promise<{ readonly groups: readonly CountGroup[]; readonly lines: number }> {
    const call = ++this.#calls;
    try {
      const answer = await this.#ask<CountsAnswer>(call, { kind: 'counts', call, question: plainCounts(question), groups }, signal);
      this.#account(answer);
      return { groups: answer.groups, lines: answer.lines };
    } catch (error) {
      this.#end(call);
      throw error;
    }
  }

  async estimate({ matchers, start, end, conditions }: EstimateQuestion, signal: CancelSignal): Promise<{ readonly lines: number }> {
    const call = ++this.#calls;
    try {
      return { lines: await this.#ask<number>(call, { kind: 'estimate', call, question: { matchers, start, end, conditions } }, signal) };
    } catch (error) {
      this.#end(call);
      throw error;
    }
  }

  #account({ rowsRead, bytesRead }: { readonly rowsRead: number; readonly bytesRead: number }): void {
    this.#linesRead += rowsRead;
    this.#bytesRead += bytesRead;
  }

  #end(call: number): void {
    if (!this.#closed) this.#port.postMessage({ kind: 'end', call } satisfies LogReaderMessage);
  }

  #ask<Answer>(call: number, message: LogReaderMessage, signal: CancelSignal): Promise<Answer> {
    if (this.#closed) return Promise.reject(closedError());
    if (signal.aborted) return Promise.reject(canceledError());
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abort = (): void => reject(canceledError());
    signal.addEventListener('abort', abort);
    this.#waiting.set(call, { resolve, reject });
    this.#port.postMessage(message);
    return (promise as Promise<Answer>).finally(() => {
      this.#waiting.delete(call);
      signal.removeEventListener('abort', abort);
    });
  }

  #take(message: LogServerMessage): void {
    // Nobody waits for what comes after a reading was ended.
    const call = this.#waiting.get(message.call);
    if (message.kind === 'failed') call?.reject(AtalayaError.fromData(message.error));
    else if (message.kind === 'counted') call?.resolve(message.answer);
    else if (message.kind === 'estimated') call?.resolve(message.lines);
    else call?.resolve(message.portion);
  }
}

/** Only what the engine's thread needs to know: what else an object holds might not be cloneable. */
function plainLines({
  matchers,
  start,
  end,
  direction,
  conditions,
  expected,
  attributes,
  discovered = false,
}: LinesQuestion): LinesQuestion {
  return { matchers, start, end, direction, conditions, attributes, discovered, ...(expected === undefined ? {} : { expected }) };
}

function plainCounts({ matchers, conditions, origin, width, buckets, measure, by, discovered = false }: CountsQuestion): CountsQuestion {
  return { matchers, conditions, origin, width, buckets, measure, discovered, ...(by === undefined ? {} : { by }) };
}

function takeStreams({ streams: told }: LinesPortion, streams: Map<string, BlockStream>): void {
  let start = 0;
  for (let i = 0; i < told.ends.length; i++) {
    const end = told.ends[i] as number;
    const key = keyOf(told.fingerprints[i * 2] as number, told.fingerprints[i * 2 + 1] as number);
    streams.set(key, { labels: decodeLabels(told.labels.subarray(start, end)) });
    start = end;
  }
}

function* blocksOf({ bytes, rows }: LinesPortion, streams: ReadonlyMap<string, BlockStream>): Generator<ReadLineBlock> {
  const streamAt = (low: number, high: number): BlockStream => streams.get(keyOf(low, high)) ?? UNKNOWN_STREAM;
  let left = rows;
  for (const block of readLazily(bytes)) {
    const count = Math.min(block.rows, left);
    left -= count;
    if (count > 0) yield new NativeLineBlock(block, count, streamAt);
  }
}

/** Of a stream whose labels were lost with a damaged part of the table. */
const UNKNOWN_STREAM: BlockStream = { labels: [] };

function keyOf(low: number, high: number): string {
  return `${high}:${low}`;
}

const canceledError = (): AtalayaError => new AtalayaError('QUERY_CANCELED', { phase: 'reading log lines' });
const closedError = (): AtalayaError => new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'the connection to it is closed' });
