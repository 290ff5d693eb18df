/** The columns of what a span has several of: events and links. */

import type { SpanEvents, SpanLinks } from '@atalaya/journal';
import { FieldColumn } from '../columns/field-column.ts';
import { OctetColumn, WordColumn } from '../columns/number-columns.ts';
import { AttributeColumn } from './attribute-column.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './id-bytes.ts';

const MOST_HIGH = 0x7fff_ffff;
const MOST_LOW = 0xffff_ffff;

/** How many parts each span has. */
class PartCounts {
  readonly #counts = new WordColumn();
  /** Parts when the last span was closed, and when `mark` was called. */
  closed = 0;
  #markedClosed = 0;
  #markedSpans = 0;

  /** There are `parts` by now: those since the last span are the next one's. */
  closeSpan(parts: number): void {
    this.#counts.push(parts - this.closed);
    this.closed = parts;
  }

  mark(): void {
    this.#markedSpans = this.#counts.length;
    this.#markedClosed = this.closed;
  }

  rollback(): void {
    this.#counts.truncate(this.#markedSpans);
    this.closed = this.#markedClosed;
  }

  clear(): void {
    this.#counts.clear();
    this.closed = 0;
  }

  view(): Uint32Array {
    return this.#counts.view();
  }
}

/** Events of all spans. To add one: tell its name, time and attributes in any order, then `end`. */
export class EventColumns {
  readonly name = new FieldColumn();
  readonly attributes = new AttributeColumn();
  /** Nanoseconds since the epoch as two words of 32 bits. */
  timeLow = 0;
  timeHigh = 0;
  readonly #times = new WordColumn();
  readonly #counts = new PartCounts();

  /** Events of the span that is being added. */
  get ofSpan(): number {
    return this.#total - this.#counts.closed;
  }

  get #total(): number {
    return this.#times.length / 2;
  }

  /** The event is whole. */
  end(): void {
    // The column is signed: what lies beyond becomes the last moment that it can tell.
    const beyond = this.timeHigh > MOST_HIGH;
    this.#times.push(beyond ? MOST_LOW : this.timeLow);
    this.#times.push(beyond ? MOST_HIGH : this.timeHigh);
    this.timeLow = 0;
    this.timeHigh = 0;
    this.name.close();
    this.attributes.close();
  }

  /** The events since the last span are the next one's. */
  closeSpan(): void {
    this.#counts.closeSpan(this.#total);
  }

  /** Notes the place that {@link rollback} goes back to: between two spans. */
  mark(): void {
    for (const column of [this.name, this.attributes, this.#counts]) column.mark();
  }

  rollback(): void {
    for (const column of [this.name, this.attributes, this.#counts]) column.rollback();
    this.#times.truncate(this.#counts.closed * 2);
  }

  clear(): void {
    for (const column of [this.name, this.attributes, this.#times, this.#counts]) column.clear();
    this.timeLow = 0;
    this.timeHigh = 0;
  }

  view(): SpanEvents {
    return { counts: this.#counts.view(), times: this.#times.signed(), names: this.name.view(), attributes: this.attributes.view() };
  }
}

/** Links of all spans. To add one: tell its ids, trace state and attributes in any order, then `end`. */
export class LinkColumns {
  readonly traceState = new FieldColumn();
  readonly attributes = new AttributeColumn();
  /** Whether all ids of the links of the span that is being added have the right length, or none at all. */
  idsAreValid = true;
  readonly #id = new Uint8Array(TRACE_ID_BYTES + SPAN_ID_BYTES);
  readonly #traceIds = new OctetColumn();
  readonly #spanIds = new OctetColumn();
  readonly #counts = new PartCounts();

  /** Links of the span that is being added. */
  get ofSpan(): number {
    return this.#total - this.#counts.closed;
  }

  get #total(): number {
    return this.#spanIds.length / SPAN_ID_BYTES;
  }

  /** Ids are the bytes of `source` from `from` to `to`. */
  setTraceId(source: Uint8Array, from: number, to: number): void {
    this.#setId(0, TRACE_ID_BYTES, source, from, to);
  }

  setSpanId(source: Uint8Array, from: number, to: number): void {
    this.#setId(TRACE_ID_BYTES, SPAN_ID_BYTES, source, from, to);
  }

  /** The link is whole. */
  end(): void {
    const id = this.#id;
    this.#traceIds.pushSlice(id, 0, TRACE_ID_BYTES);
    this.#spanIds.pushSlice(id, TRACE_ID_BYTES, id.length);
    id.fill(0);
    this.traceState.close();
    this.attributes.close();
  }

  /** The links since the last span are the next one's. */
  closeSpan(): void {
    this.#counts.closeSpan(this.#total);
  }

  /** Notes the place that {@link rollback} goes back to: between two spans. */
  mark(): void {
    for (const column of [this.traceState, this.attributes, this.#counts]) column.mark();
    this.idsAreValid = true;
  }

  rollback(): void {
    for (const column of [this.traceState, this.attributes, this.#counts]) column.rollback();
    this.#traceIds.truncate(this.#counts.closed * TRACE_ID_BYTES);
    this.#spanIds.truncate(this.#counts.closed * SPAN_ID_BYTES);
  }

  clear(): void {
    for (const column of [this.traceState, this.attributes, this.#traceIds, this.#spanIds, this.#counts]) column.clear();
    this.#id.fill(0);
  }

  view(): SpanLinks {
    return {
      counts: this.#counts.view(),
      traceIds: this.#traceIds.view(),
      spanIds: this.#spanIds.view(),
      traceStates: this.traceState.view(),
      attributes: this.attributes.view(),
    };
  }

  #setId(at: number, bytes: number, source: Uint8Array, from: number, to: number): void {
    this.#id.fill(0, at, at + bytes);
    if (to === from) return;
    if (to - from !== bytes) this.idsAreValid = false;
    else for (let i = 0; i < bytes; i++) this.#id[at + i] = source[from + i] as number;
  }
}
