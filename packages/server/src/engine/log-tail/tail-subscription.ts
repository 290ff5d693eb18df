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
import { TailBuffer, type TailEntry } from './tail-buffer.ts';

/** Lines that come together are sent together. */
const GATHER_MS = 100;
/** Lines, and UTF-16 units of their JSON, that are kept while the past is looked for. */
const MOST_EARLY = 10_000;
const MOST_EARLY_UNITS = 8 << 20;

/** What is sent before the lines that come in. */
export interface Past {
  /** {@link keyOf} each line. */
  readonly keys: ReadonlySet<string>;
  /** Time of the oldest line, nanoseconds, where there were more than could be sent. */
  readonly from: bigint | undefined;
}

interface EarlyLine {
  readonly key: string;
  readonly entry: TailEntry;
  readonly labels: Labels;
}

export interface TailSubscriptionOptions {
  readonly matchers: readonly Matcher[];
  readonly pipeline: Pipeline;
  /** Whether labels are told by where they came from. */
  readonly categorised: boolean;
  /** Whether labels of streams that were discovered are told. */
  readonly discovered: boolean;
  /** How long lines are held back, so that slow senders come in between. */
  readonly delayMs: number;
  readonly clock: Clock;
}

export class TailSubscription {
  readonly #options: TailSubscriptionOptions;
  readonly #matchers: readonly CompiledMatcher[];
  readonly #buffer: TailBuffer;
  readonly #json = new WeakMap<Labels, string>();
  /** Lines that came while the past was looked for; undefined when it is known. */
  #early: EarlyLine[] | undefined = [];
  #earlyUnits = 0;
  /** Lines that are sent as the past, so that they do not come once more. */
  #past: ReadonlySet<string> = new Set();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: TailSubscriptionOptions) {
    this.#options = options;
    this.#matchers = options.matchers.map((matcher) => compileMatcher(matcher));
    this.#buffer = new TailBuffer(options.categorised);
  }

  get discovered(): boolean {
    return this.#options.discovered;
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
    const dueAt = clock.monotonic() + Math.max(GATHER_MS, delayMs);
    const entry = { timestamp, stream: this.#jsonOf(labels), value: valueOf(timestamp, processed, categories), dueAt };
    if (this.#early === undefined) this.#push(key, entry, labels);
    else if (this.#early.length < MOST_EARLY && this.#earlyUnits + entry.value.length <= MOST_EARLY_UNITS) {
      this.#early.push({ key, entry, labels });
      this.#earlyUnits += entry.value.length;
    } else this.#buffer.drop(timestamp, labels);
  }

  /**
   * Says what is sent as the past. From now on lines are handed out, but for those; of the lines that came before, those that are older than
   * `from` are left out too: the past would have held them, had it not been bounded.
   */
  begin(past: Past): void {
    this.#past = past.keys;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const { key, entry, labels } of early) {
      if (past.from === undefined || entry.timestamp >= past.from) this.#push(key, entry, labels);
    }
  }

  #push(key: string, entry: TailEntry, labels: Labels): void {
    if (this.#past.has(key)) return;
    this.#buffer.push(entry, labels);
    this.#wake?.();
  }

  /** Notes a line of a wanted stream that nobody has time to look at. */
  drop(timestamp: bigint, stream: Labels): void {
    this.#buffer.drop(timestamp, stream);
    this.#wake?.();
  }

  /** Forgets what was sent as the past: lines that came in meanwhile have all been compared with it. */
  forgetPast(): void {
    this.#past = new Set();
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

/** What tells a line from all others. */
export const keyOf = (timestamp: string, text: string, labels: Labels): string => `${timestamp} ${text}\u0000${labels.join('\u0000')}`;
