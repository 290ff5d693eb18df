/** One tail: picks the lines that it is about from those that come in, and hands them out message by message. */

import {
  AtalayaError,
  type CancelSignal,
  type Clock,
  type CompiledMatcher,
  compileMatcher,
  type Labels,
  labelsToRecord,
  labelValue,
  type Matcher,
} from '@atalaya/model';
import type { Pipeline, ProcessedLine, StoredLine } from '@atalaya/query';
import { TailBuffer } from './tail-buffer.ts';

/** Lines that come together are sent together. */
const GATHER_MS = 100;

export interface TailSubscriptionOptions {
  readonly matchers: readonly Matcher[];
  readonly pipeline: Pipeline;
  /** Whether labels are told by where they came from. */
  readonly categorised: boolean;
  /** How long lines are held back, so that slow senders come in between. */
  readonly delayMs: number;
  readonly clock: Clock;
}

export class TailSubscription {
  readonly #options: TailSubscriptionOptions;
  readonly #matchers: readonly CompiledMatcher[];
  readonly #buffer: TailBuffer;
  readonly #json = new WeakMap<Labels, string>();
  /** Lines that are sent as the past, so that they do not come once more. */
  #sent: Set<string> | undefined = new Set();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: TailSubscriptionOptions) {
    this.#options = options;
    this.#matchers = options.matchers.map((matcher) => compileMatcher(matcher));
    this.#buffer = new TailBuffer(options.categorised);
  }

  get droppedLines(): number {
    return this.#buffer.droppedLines;
  }

  /** Whether a stream is one of those that this tail is about. */
  wants(stream: Labels): boolean {
    return this.#matchers.every((matcher) => matcher.matches(labelValue(stream, matcher.name)));
  }

  /** Takes a line of a wanted stream. */
  take(line: StoredLine): void {
    const { pipeline, categorised, clock, delayMs } = this.#options;
    const processed = pipeline.process(line);
    if (processed === undefined) return;
    const { timestamp } = line;
    const categories = categorised ? processed.labels.categorised() : undefined;
    const labels = categories?.stream ?? processed.labels.all();
    const key = keyOf(String(timestamp), processed.text, labels);
    if (this.#sent?.has(key) === true) return;
    const value = valueOf(timestamp, processed, categories);
    this.#buffer.push({ timestamp, stream: this.#jsonOf(labels), value, dueAt: clock.monotonic() + Math.max(GATHER_MS, delayMs) }, labels);
    this.#wake?.();
  }

  /** Notes a line of a wanted stream that nobody has time to look at. */
  drop(timestamp: bigint, stream: Labels): void {
    this.#buffer.drop(timestamp, stream);
    this.#wake?.();
  }

  /** Remembers a line of the past as sent. */
  sent(timestamp: string, text: string, stream: Labels): void {
    this.#sent?.add(keyOf(timestamp, text, stream));
  }

  /** Forgets what was remembered as sent: lines that came in meanwhile have all been compared with it. */
  forgetSent(): void {
    this.#sent = undefined;
  }

  /** The next message as JSON, when there is one. Rejects with QUERY_CANCELED when the tail ends or the signal aborts. */
  async next(signal: CancelSignal): Promise<string> {
    const { clock } = this.#options;
    for (;;) {
      if (this.#closed || signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'tailing' });
      const message = this.#buffer.message(clock.monotonic());
      if (message !== undefined) return message;
      await this.#change(signal, this.#buffer.dueAt);
    }
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Resolves when there may be something to send, or nobody wants it any more. */
  #change(signal: CancelSignal, dueAt: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock } = this.#options;
    const timer = dueAt === undefined ? undefined : clock.after(Math.max(1, dueAt - clock.monotonic()), resolve);
    // A line that comes while others wait changes nothing.
    this.#wake = dueAt === undefined || this.#closed ? resolve : (): void => (this.#closed ? resolve() : undefined);
    signal.addEventListener('abort', resolve);
    return promise.finally(() => {
      timer?.cancel();
      this.#wake = undefined;
      signal.removeEventListener('abort', resolve);
    });
  }

  #jsonOf(labels: Labels): string {
    let json = this.#json.get(labels);
    if (json === undefined) this.#json.set(labels, (json = JSON.stringify(labelsToRecord(labels))));
    return json;
  }
}

function valueOf(timestamp: bigint, { text }: ProcessedLine, categories: Categories | undefined): string {
  const start = `["${timestamp}",${JSON.stringify(text)}`;
  if (categories === undefined) return `${start}]`;
  const { structuredMetadata, parsed } = categories;
  const told = {
    ...(structuredMetadata.length === 0 ? {} : { structuredMetadata: labelsToRecord(structuredMetadata) }),
    ...(parsed.length === 0 ? {} : { parsed: labelsToRecord(parsed) }),
  };
  return `${start},${JSON.stringify(told)}]`;
}

type Categories = ReturnType<ProcessedLine['labels']['categorised']>;

const keyOf = (timestamp: string, text: string, labels: Labels): string => `${timestamp} ${text}\u0000${labels.join('\u0000')}`;
