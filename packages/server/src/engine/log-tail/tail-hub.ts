/** All tails of the program: lines that are taken in go to those that want them, as far as there is time. */

import { AtalayaError, type CancelSignal, type Clock, type Labels, type Logger, NO_LABELS, SERVICE_NAME } from '@atalaya/model';
import { compilePipeline, LineView, readSelection } from '@atalaya/query';
import type { TakenLines } from '@atalaya/store';
import type { TailRequest } from '../log-contract.ts';
import { BatchBlock } from './batch-block.ts';
import { keyOf, type Past, TailSubscription } from './tail-subscription.ts';
import { TimeShare } from './time-share.ts';

/** Tails at once. Each may hold some megabytes of lines that its client does not fetch. */
const MOST_TAILS = 50;
/** What pipelines of all tails together may take of this thread's time, which has samples and lines to take in as well. */
const SHARE = 0.2;
const MOST_AT_ONCE_MS = 200;
/** Looks at lines between two looks at the clock. */
const LOOKS = 32;
/** Bytes of the past's lines that are sent. */
const PAST_BYTES = 16 * 1_048_576;
/** How long after the past was sent its lines are remembered. */
const PAST_MS = 5000;
/** A tail that nobody has asked for its next message this long has been forgotten by its client. */
const FORGOTTEN_MS = 60_000;

export interface TailHubOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The last lines before now, as the JSON of an answer to a range query. */
  past(request: TailRequest, signal: AbortSignal): Promise<Uint8Array>;
}

interface Tail {
  readonly subscription: TailSubscription;
  /** Sent before what comes in. */
  past: string | undefined;
  askedAt: number;
}

export class TailHub {
  readonly #options: TailHubOptions;
  readonly #tails = new Map<number, Tail>();
  #last = 0;
  readonly #time: TimeShare;
  #dropped = 0;
  readonly #sweep;

  constructor(options: TailHubOptions) {
    this.#options = options;
    this.#time = new TimeShare(options.clock, SHARE, MOST_AT_ONCE_MS);
    this.#sweep = options.clock.every(FORGOTTEN_MS, () => this.#endForgotten());
  }

  get open(): number {
    return this.#tails.size;
  }

  /** Lines that tails wanted and did not get, since the start. */
  get droppedLines(): number {
    let dropped = this.#dropped;
    for (const { subscription } of this.#tails.values()) dropped += subscription.droppedLines;
    return dropped;
  }

  /**
   * Begins a tail and gives its number. From now on its lines are gathered; those of the past come first. Rejects with BAD_QUERY for what is
   * no selection of lines, BAD_REQUEST when there are too many tails, and as the query for the past does.
   */
  async begin(request: TailRequest, signal: AbortSignal): Promise<number> {
    const { matchers, pipeline = compilePipeline([]) } = readSelection(request.query);
    if (this.#tails.size >= MOST_TAILS) {
      const reason = `max concurrent tail requests limit exceeded, count > limit (${this.#tails.size + 1} > ${MOST_TAILS})`;
      throw new AtalayaError('BAD_REQUEST', { reason });
    }
    const { clock } = this.#options;
    const subscription = new TailSubscription({
      matchers,
      pipeline,
      categorised: request.categorised,
      discovered: request.query.includes(SERVICE_NAME),
      delayMs: request.delaySeconds * 1000,
      clock,
    });
    const number = ++this.#last;
    const tail: Tail = { subscription, past: undefined, askedAt: clock.monotonic() };
    this.#tails.set(number, tail);
    try {
      const { message, past } = await this.#past(request, signal);
      tail.past = message;
      subscription.begin(past);
    } catch (error) {
      this.end(number);
      throw error;
    }
    clock.after(PAST_MS, () => subscription.forgetPast());
    return number;
  }

  /** The next message of a tail as JSON. Rejects with NOT_FOUND when there is no such tail, QUERY_CANCELED when it ends. */
  async next(number: number, signal: CancelSignal): Promise<string> {
    const { clock } = this.#options;
    const tail = this.#tails.get(number);
    if (tail === undefined) throw new AtalayaError('NOT_FOUND', { what: `tail ${number}` });
    const { past } = tail;
    tail.askedAt = Number.POSITIVE_INFINITY;
    try {
      if (past === undefined) return await tail.subscription.next(signal);
      tail.past = undefined;
      return past;
    } finally {
      tail.askedAt = clock.monotonic();
    }
  }

  end(number: number): void {
    const tail = this.#tails.get(number);
    if (!this.#tails.delete(number)) return;
    this.#dropped += tail?.subscription.droppedLines ?? 0;
    tail?.subscription.close();
  }

  close(): void {
    this.#sweep.cancel();
    for (const number of [...this.#tails.keys()]) this.end(number);
  }

  /** Gives lines that were taken in to the tails that want them. Never throws: what goes wrong here must not keep lines from being stored. */
  feed(lines: TakenLines): void {
    if (this.#tails.size === 0) return;
    this.#time.begin();
    try {
      this.#feed(lines);
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'lines could not be tailed');
    } finally {
      this.#time.end();
    }
  }

  /** The newest lines before now: as many as were asked for, fewer where they are very long. */
  async #past(request: TailRequest, signal: AbortSignal): Promise<ReturnType<typeof readPast>> {
    for (let { limit } = request; ;) {
      const answer = await this.#options.past({ ...request, limit }, signal);
      if (answer.length <= PAST_BYTES || limit === 1) return readPast(answer, { ...request, limit });
      limit = Math.max(1, Math.floor((limit * PAST_BYTES) / answer.length / 2));
    }
  }

  #feed({ batch, keep, labels, given }: TakenLines): void {
    const subscriptions = Array.from(this.#tails.values(), ({ subscription }) => subscription);
    const { count } = batch.origins;
    const streams: Labels[] = Array.from({ length: count }, () => NO_LABELS);
    const wanting: (TailSubscription[] | undefined)[] = Array.from({ length: count }, () => undefined);
    const givenStreams: Labels[] = Array.from({ length: count }, () => NO_LABELS);
    /** The same lines with the labels that their senders gave, and with those that were discovered besides. */
    let views: { readonly given: RowView; readonly complete: RowView } | undefined;
    let untilLook = 0;
    let isTimeLeft = true;
    for (let row = 0; row < batch.rows; row++) {
      // A stream that was refused has no labels to ask for, and no line that is kept.
      if (keep?.[row] === 0) continue;
      const origin = batch.rowOrigins[row] as number;
      let interested = wanting[origin];
      if (interested === undefined) {
        const stream = (streams[origin] = labels(origin));
        givenStreams[origin] = given(origin);
        wanting[origin] = interested = subscriptions.filter((subscription) => subscription.wants(stream));
      }
      if (interested.length === 0) continue;
      const timestamp = batch.timestamps[row] as bigint;
      if (isTimeLeft && --untilLook < 0) {
        isTimeLeft = this.#time.isLeft;
        untilLook = LOOKS;
      }
      if (!isTimeLeft) {
        for (const subscription of interested) subscription.drop(timestamp, streams[origin] as Labels);
        continue;
      }
      views ??= { given: new RowView(new BatchBlock(batch, givenStreams)), complete: new RowView(new BatchBlock(batch, streams)) };
      for (const subscription of interested) subscription.take((subscription.discovered ? views.complete : views.given).at(row, timestamp));
    }
  }

  #endForgotten(): void {
    const before = this.#options.clock.monotonic() - FORGOTTEN_MS;
    for (const [number, { askedAt }] of this.#tails) if (askedAt < before) this.end(number);
  }
}

/** The answer to a range query (newest lines first) as a message, oldest first, and what it holds. */
function readPast(bytes: Uint8Array, { limit, categorised }: TailRequest): { readonly message: string | undefined; readonly past: Past } {
  const { data } = JSON.parse(new TextDecoder().decode(bytes)) as {
    data: { result: { stream: Record<string, string>; values: [time: string, line: string, ...unknown[]][] }[] };
  };
  const keys = new Set<string>();
  let lines = 0;
  let oldest: bigint | undefined;
  for (const { stream, values } of data.result) {
    values.reverse();
    lines += values.length;
    const labels = Object.keys(stream)
      .sort()
      .flatMap((name) => [name, stream[name] as string]);
    for (const [time, line] of values) keys.add(keyOf(time, line, labels));
    const first = BigInt(values[0]?.[0] ?? 0);
    if (oldest === undefined || first < oldest) oldest = first;
  }
  const flags = categorised ? { encodingFlags: ['categorize-labels'] } : {};
  return {
    message: lines === 0 ? undefined : JSON.stringify({ streams: data.result, ...flags }),
    past: { keys, from: lines < limit ? undefined : oldest },
  };
}

/** The lines of a batch, one at a time. */
class RowView {
  readonly #block: BatchBlock;
  readonly #view = new LineView(true);

  constructor(block: BatchBlock) {
    this.#block = block;
  }

  at(row: number, timestamp: bigint): LineView {
    this.#view.moveTo(this.#block, row, timestamp);
    return this.#view;
  }
}
