/** What a tail has still to send: lines within bounds, and a note of those that did not fit. */

import { type Labels, labelsToRecord } from '@atalaya/model';

/** Lines, and UTF-16 units of their JSON, that may wait; what comes on top is dropped. */
const MOST_LINES = 10_000;
const MOST_UNITS = 8 << 20;
/** The same for one message. */
const MESSAGE_LINES = 2000;
const MESSAGE_UNITS = 1 << 20;
/** Dropped lines that a message tells of. */
const MOST_DROPPED = 100;

/** A line that waits. */
export interface TailEntry {
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  /** JSON of its labels, by which lines of a message are put together. */
  readonly stream: string;
  /** JSON of its time, text and the like. */
  readonly value: string;
  /** When it may be sent, by the clock's monotonic time. */
  readonly dueAt: number;
}

export class TailBuffer {
  readonly #categorised: boolean;
  #entries: TailEntry[] = [];
  #units = 0;
  #dropped: { readonly timestamp: string; readonly labels: Record<string, string> }[] = [];
  #droppedLines = 0;

  /** @param categorised whether messages say that labels are told by where they came from */
  constructor(categorised: boolean) {
    this.#categorised = categorised;
  }

  /** Lines that were dropped since the begin. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** When the oldest line may be sent; undefined when there is nothing to send. */
  get dueAt(): number | undefined {
    return this.#dropped.length > 0 ? 0 : this.#entries[0]?.dueAt;
  }

  push(entry: TailEntry, labels: Labels): void {
    const units = entry.value.length + entry.stream.length;
    if (this.#entries.length >= MOST_LINES || this.#units + units > MOST_UNITS) {
      this.drop(entry.timestamp, labels);
      return;
    }
    this.#entries.push(entry);
    this.#units += units;
  }

  /** Notes a line that will not be sent. */
  drop(timestamp: bigint, labels: Labels): void {
    this.#droppedLines++;
    if (this.#dropped.length >= MOST_DROPPED) return;
    this.#dropped.push({ timestamp: String(timestamp), labels: labelsToRecord(labels) });
  }

  /** The next message as JSON, of lines that are due by now; undefined when there are none. */
  message(now: number): string | undefined {
    let count = 0;
    let units = 0;
    while (count < this.#entries.length && count < MESSAGE_LINES && units < MESSAGE_UNITS) {
      const { dueAt, value, stream } = this.#entries[count] as TailEntry;
      if (dueAt > now) break;
      units += value.length + stream.length;
      count++;
    }
    if (count === 0 && this.#dropped.length === 0) return undefined;
    const entries = this.#entries.splice(0, count);
    this.#units -= units;
    const dropped = this.#dropped;
    this.#dropped = [];
    return messageOf(entries, dropped, this.#categorised);
  }
}

function messageOf(entries: readonly TailEntry[], dropped: readonly object[], categorised: boolean): string {
  const byStream = new Map<string, string[]>();
  // Lines of different streams come in when their senders send them; within a message they are in order.
  for (const { stream, value } of [...entries].sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))) {
    const values = byStream.get(stream);
    if (values === undefined) byStream.set(stream, [value]);
    else values.push(value);
  }
  const streams = [...byStream].map(([stream, values]) => `{"stream":${stream},"values":[${values.join(',')}]}`);
  const flags = categorised ? ',"encodingFlags":["categorize-labels"]' : '';
  const rest = dropped.length === 0 ? '' : `,"dropped_entries":${JSON.stringify(dropped)}`;
  return `{"streams":[${streams.join(',')}]${rest}${flags}}`;
}
