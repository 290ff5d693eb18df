/** Collects the spans of one request for the writer, whatever protocol brought them: checks ids, times and limits, counts what was refused and why. */

import type { SpanOrigin } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { SpanRejectReason, SpanWriter } from '../span-writer.ts';
import { SpanColumns } from './span-columns.ts';

/** More requests than these are seldom decoded or written at the same time. */
const MOST_SPARE = 16;
const TWO_TO_32 = 0x1_0000_0000;
const NANOSECONDS = 1e6;
/** The last moment that a table's partitions know, milliseconds. */
const LAST_MOMENT = 0xffff_ffff * 1000;

/** Where collectors are made: what they have in common. */
export class SpanCollectors {
  readonly writer: SpanWriter;
  readonly clock: Clock;
  readonly #spare: SpanColumns[] = [];

  constructor(writer: SpanWriter, clock: Clock) {
    this.writer = writer;
    this.clock = clock;
  }

  /** Columns for one request; give them back. */
  take(): SpanColumns {
    const columns = this.#spare.pop() ?? new SpanColumns();
    columns.limitAttributes(this.writer.limits.attributes, this.writer.limits.attributeBytes);
    return columns;
  }

  /** Whoever gives columns back must not look at them again. */
  giveBack(columns: SpanColumns): void {
    columns.clear();
    if (this.#spare.length < MOST_SPARE) this.#spare.push(columns);
  }
}

/**
 * The spans of one request. For each: `setOrigin` once for all that share it, `begin`, fill {@link columns}, `end`. Then `commit` or `discard`,
 * and never again.
 */
export class SpanCollector {
  readonly columns: SpanColumns;
  /** Why spans were refused, and how many. */
  readonly refused = new Map<SpanRejectReason, number>();
  /** Spans in the request so far. */
  records = 0;
  readonly #collectors: SpanCollectors;
  readonly #origins: SpanOrigin[] = [];
  /** Places of origins by what they say: some senders repeat the same resource for each span. */
  readonly #places = new Map<string, number>();
  #origin = 0;
  #originRefused = false;
  /** Bounds of the starts that are taken, milliseconds. */
  readonly #oldest: number;
  readonly #newest: number;
  #open = true;

  constructor(collectors: SpanCollectors) {
    const { clock, writer } = collectors;
    this.#collectors = collectors;
    this.columns = collectors.take();
    const now = clock.now();
    this.#oldest = now - writer.limits.retentionMs;
    this.#newest = Math.min(LAST_MOMENT, now + writer.limits.maxFutureMs);
  }

  /** The following spans are of this origin; without one, as its attributes are beyond the limits, they are refused. */
  setOrigin(origin: SpanOrigin | undefined): void {
    this.#originRefused = origin === undefined;
    if (origin === undefined) return;
    const key = JSON.stringify(origin);
    const known = this.#places.get(key);
    this.#origin = known ?? this.#origins.push(origin) - 1;
    if (known === undefined) this.#places.set(key, this.#origin);
  }

  /** A span begins. */
  begin(): void {
    this.records++;
    this.columns.begin();
  }

  /** The span is whole, or at least all that is to be read of it; `bytes` as it was sent. It is taken, or counted as refused. */
  end(bytes: number): void {
    const refusal = this.#refusal(bytes);
    if (refusal === undefined) this.columns.end(this.#origin);
    const reason = refusal ?? (this.columns.attributesExceeded ? 'attribute_limit' : undefined);
    if (reason === undefined) return;
    this.columns.rollback();
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  /** Writes what was taken; resolves when it is on disk. */
  async commit(): Promise<void> {
    const { writer } = this.#collectors;
    for (const [reason, count] of this.refused) writer.countRefused(reason, count);
    try {
      await writer.write(this.columns.batch(this.#origins));
    } finally {
      this.discard();
    }
  }

  /** Forgets what was taken. */
  discard(): void {
    if (this.#open) this.#collectors.giveBack(this.columns);
    this.#open = false;
  }

  #refusal(bytes: number): SpanRejectReason | undefined {
    const { columns } = this;
    const { limits } = this.#collectors.writer;
    if (bytes > limits.spanBytes || columns.events.ofSpan > limits.events || columns.links.ofSpan > limits.links) return 'span_too_large';
    if (!columns.idsAreValid) return 'invalid_id';
    const start = (columns.startHigh * TWO_TO_32 + columns.startLow) / NANOSECONDS;
    if (start < this.#oldest) return 'too_old';
    if (start > this.#newest) return 'too_far_in_future';
    return this.#originRefused ? 'attribute_limit' : undefined;
  }
}
