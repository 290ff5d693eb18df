/** Logs in the engine process: questions about streams, tails, and how both do. */

import type { MessagePort } from 'node:worker_threads';
import { type Clock, labelsToRecord, type Logger } from '@atalaya/model';
import { type LogStore, serveLogReader, type StreamStats } from '@atalaya/store';
import { detectedLabels } from './detected-labels.ts';
import type { LogState, StreamsRequest } from './log-contract.ts';
import { TailHub } from './log-tail/tail-hub.ts';
import type { LogTask } from './query-task.ts';

export interface LogHostOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Resolves when what was acknowledged before is taken in. */
  readonly taken: () => Promise<unknown>;
  /** Runs a query about logs. */
  readonly query: (task: LogTask, signal: AbortSignal) => Promise<Uint8Array>;
}

/** What the main process may ask about logs. */
export class LogHost {
  readonly tails: TailHub;
  readonly #options: LogHostOptions;
  readonly #unfollow: () => void;

  constructor(options: LogHostOptions) {
    this.#options = options;
    const { store, clock, log, query } = options;
    this.tails = new TailHub({
      clock,
      log,
      past: ({ query: text, timeoutMs, start, limit, categorised }, signal) => {
        const end = String(BigInt(clock.now()) * 1_000_000n + FUTURE);
        const lines = { query: text, timeoutMs, start, end, limit, categorised };
        return query({ kind: 'log-range', ...lines, step: end, interval: '0', direction: 'backward' }, signal);
      },
    });
    this.#unfollow = store.onTaken((lines) => this.tails.feed(lines));
  }

  /** Serves lines to a thread through this port. */
  serve(port: MessagePort): void {
    serveLogReader(this.#options.store, port, () => this.#inserted());
  }

  labelNames(request: StreamsRequest): Promise<string[]> {
    return this.#fresh(() => this.#options.store.labelNames(questionOf(request)));
  }

  labelValues(name: string, request: StreamsRequest): Promise<string[]> {
    return this.#fresh(() => this.#options.store.labelValues(name, questionOf(request)));
  }

  /** The finished JSON envelope: there may be very many. */
  async series(request: StreamsRequest): Promise<Uint8Array> {
    const streams = await this.#fresh(() => this.#options.store.series(questionOf(request)));
    return Buffer.from(JSON.stringify({ status: 'success', data: streams.map(labelsToRecord) }));
  }

  /** Streams, lines and bytes. */
  async stats(request: StreamsRequest, signal: AbortSignal): Promise<StreamStats> {
    const { store } = this.#options;
    await this.#inserted();
    return store.stats(questionOf(request), signal);
  }

  async detectedLabels(request: StreamsRequest): Promise<ReturnType<typeof detectedLabels>> {
    return detectedLabels(await this.#fresh(() => this.#options.store.series(questionOf(request))));
  }

  /** `queriesRunning` is the caller's to tell. */
  state(): Omit<LogState, 'queriesRunning'> {
    const { store } = this.#options;
    return {
      streams: store.streamCount,
      waitingLines: store.waitingRows,
      repeated: store.counters.repeated,
      tails: this.tails.open,
      tailLinesDropped: this.tails.droppedLines,
    };
  }

  stop(): void {
    this.#unfollow();
    this.tails.close();
  }

  /** Resolves when what was acknowledged before is in the table. */
  async #inserted(): Promise<void> {
    const { store, taken } = this.#options;
    await taken();
    await store.readable();
  }

  /** Answers with what was acknowledged before the question came. */
  async #fresh<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer> {
    await this.#options.taken();
    return question();
  }
}

/** Lines of the past may bear times to come. */
const FUTURE = 86_400_000_000_000n;

function questionOf({ matcherSets, start, end }: StreamsRequest): {
  matcherSets: StreamsRequest['matcherSets'];
  start: bigint;
  end: bigint;
} {
  return { matcherSets, start: BigInt(start), end: BigInt(end) };
}
