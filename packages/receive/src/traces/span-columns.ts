/** The columns of a span batch that is being collected, and the span that is being added to them. */

import type { SpanBatch, SpanOrigin } from '@atalaya/journal';
import { FieldColumn } from '../columns/field-column.ts';
import { OctetColumn, WordColumn } from '../columns/number-columns.ts';
import { AttributeColumn } from './attribute-column.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './id-bytes.ts';
import { EventColumns, LinkColumns } from './span-parts.ts';

const MOST_KIND = 5;
const MOST_STATUS = 2;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * Spans as columns. To add one: `begin`, tell what is known of it in any order, then `end` or `rollback`. Attributes, events and links are told
 * through their own columns. Where something is told twice, the last time counts. The memory stays for the next batch.
 */
export class SpanColumns {
  readonly attributes = new AttributeColumn();
  readonly events = new EventColumns();
  readonly links = new LinkColumns();
  readonly name = new FieldColumn();
  readonly statusMessage = new FieldColumn();
  readonly traceState = new FieldColumn();
  /** Nanoseconds since the epoch as two words of 32 bits. */
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  /** As OTLP numbers them; what it does not know is taken for nothing. */
  kind = 0;
  status = 0;
  flags = 0;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  /** Trace id, span id, parent's span id of the span that is being added. */
  readonly #ids = new Uint8Array(TRACE_ID_BYTES + 2 * SPAN_ID_BYTES);
  #hasTraceId = false;
  #hasSpanId = false;
  #parentIsValid = true;
  #anyDropped = false;
  #rowsBefore = 0;
  readonly #origins = new WordColumn();
  readonly #traceIds = new OctetColumn();
  readonly #spanIds = new OctetColumn();
  readonly #parentSpanIds = new OctetColumn();
  readonly #starts = new WordColumn();
  readonly #durations = new WordColumn();
  readonly #kinds = new OctetColumn();
  readonly #statuses = new OctetColumn();
  readonly #flags = new WordColumn();
  readonly #dropped = new WordColumn();

  /** Spans that are whole. */
  get rows(): number {
    return this.#origins.length;
  }

  /** Bytes of names and values of attributes since `begin`, those of events and links too. */
  get attributeBytes(): number {
    return this.attributes.bytesSinceMark + this.events.attributes.bytesSinceMark + this.links.attributes.bytesSinceMark;
  }

  /** Whether trace id and span id are given and are none of them all zero, and the ids of parent and links have the right lengths. */
  get idsAreValid(): boolean {
    return this.#hasTraceId && this.#hasSpanId && this.#parentIsValid && this.links.idsAreValid;
  }

  /** Bounds of the attributes that each span, event and link may have: how many, and bytes of them. */
  limitAttributes(most: number, mostBytes: number): void {
    for (const { attributes } of [this, this.events, this.links]) {
      attributes.most = most;
      attributes.mostBytes = mostBytes;
    }
  }

  /** Whether the span, or an event or link of it, has more attributes; known at its end. */
  get attributesExceeded(): boolean {
    return this.attributes.exceeded || this.events.attributes.exceeded || this.links.attributes.exceeded;
  }

  begin(): void {
    this.#rowsBefore = this.rows;
    this.name.mark();
    this.statusMessage.mark();
    this.traceState.mark();
    this.attributes.mark();
    this.events.mark();
    this.links.mark();
    this.#ids.fill(0);
    this.#hasTraceId = false;
    this.#hasSpanId = false;
    this.#parentIsValid = true;
    this.startLow = 0;
    this.startHigh = 0;
    this.endLow = 0;
    this.endHigh = 0;
    this.kind = 0;
    this.status = 0;
    this.flags = 0;
    this.droppedAttributes = 0;
    this.droppedEvents = 0;
    this.droppedLinks = 0;
  }

  /** Ids are the bytes of `source` from `from` to `to`. */
  setTraceId(source: Uint8Array, from: number, to: number): void {
    this.#hasTraceId = this.#setId(0, TRACE_ID_BYTES, source, from, to);
  }

  setSpanId(source: Uint8Array, from: number, to: number): void {
    this.#hasSpanId = this.#setId(TRACE_ID_BYTES, SPAN_ID_BYTES, source, from, to);
  }

  /** No bytes, or all zero: a root. */
  setParentSpanId(source: Uint8Array, from: number, to: number): void {
    this.#setId(TRACE_ID_BYTES + SPAN_ID_BYTES, SPAN_ID_BYTES, source, from, to);
    this.#parentIsValid = to === from || to - from === SPAN_ID_BYTES;
  }

  /** Nanoseconds since the epoch, below 2^64. */
  setTimes(start: bigint, end: bigint): void {
    this.startLow = Number(start & 0xffff_ffffn);
    this.startHigh = Number(start >> 32n);
    this.endLow = Number(end & 0xffff_ffffn);
    this.endHigh = Number(end >> 32n);
  }

  /** The span is whole. */
  end(origin: number): void {
    this.#origins.push(origin);
    const ids = this.#ids;
    this.#traceIds.pushSlice(ids, 0, TRACE_ID_BYTES);
    this.#spanIds.pushSlice(ids, TRACE_ID_BYTES, TRACE_ID_BYTES + SPAN_ID_BYTES);
    this.#parentSpanIds.pushSlice(ids, TRACE_ID_BYTES + SPAN_ID_BYTES, ids.length);
    this.#starts.push(this.startLow);
    this.#starts.push(this.startHigh);
    this.#pushDuration();
    this.#kinds.push(this.kind > MOST_KIND || this.kind < 0 ? 0 : this.kind);
    this.#statuses.push(this.status > MOST_STATUS || this.status < 0 ? 0 : this.status);
    this.#flags.push(this.flags);
    this.#dropped.push(this.droppedAttributes);
    this.#dropped.push(this.droppedEvents);
    this.#dropped.push(this.droppedLinks);
    if (this.droppedAttributes + this.droppedEvents + this.droppedLinks > 0) this.#anyDropped = true;
    this.name.close();
    this.statusMessage.close();
    this.traceState.close();
    this.attributes.close();
    this.events.closeSpan();
    this.links.closeSpan();
  }

  /** Takes back everything since the last `begin`, be the span whole or not. */
  rollback(): void {
    const rows = this.#rowsBefore;
    for (const field of [this.name, this.statusMessage, this.traceState]) field.rollback();
    for (const part of [this.attributes, this.events, this.links]) part.rollback();
    for (const column of [this.#origins, this.#kinds, this.#statuses, this.#flags]) column.truncate(rows);
    for (const column of [this.#starts, this.#durations]) column.truncate(rows * 2);
    this.#dropped.truncate(rows * 3);
    this.#traceIds.truncate(rows * TRACE_ID_BYTES);
    this.#spanIds.truncate(rows * SPAN_ID_BYTES);
    this.#parentSpanIds.truncate(rows * SPAN_ID_BYTES);
  }

  /** Forgets all spans. */
  clear(): void {
    for (const column of [this.name, this.statusMessage, this.traceState, this.attributes, this.events, this.links]) column.clear();
    for (const column of [this.#origins, this.#starts, this.#durations, this.#flags, this.#dropped]) column.clear();
    for (const column of [this.#traceIds, this.#spanIds, this.#parentSpanIds, this.#kinds, this.#statuses]) column.clear();
    this.#anyDropped = false;
  }

  /** All spans: views, valid until the next `begin` or `clear`. */
  batch(origins: readonly SpanOrigin[]): SpanBatch {
    return {
      rows: this.rows,
      origins,
      rowOrigins: this.#origins.view(),
      traceIds: this.#traceIds.view(),
      spanIds: this.#spanIds.view(),
      parentSpanIds: this.#parentSpanIds.view(),
      starts: this.#starts.signed(),
      durations: this.#durations.unsigned(),
      kinds: this.#kinds.view(),
      statusCodes: this.#statuses.view(),
      flags: this.#flags.view(),
      names: this.name.view(),
      statusMessages: this.statusMessage.view(),
      traceStates: this.traceState.view(),
      dropped: this.#anyDropped ? this.#dropped.view() : new Uint32Array(),
      attributes: this.attributes.view(),
      events: this.events.view(),
      links: this.links.view(),
    };
  }

  /** Gives whether it is an id at all. */
  #setId(at: number, bytes: number, source: Uint8Array, from: number, to: number): boolean {
    if (to - from !== bytes) return false;
    let any = 0;
    for (let i = 0; i < bytes; i++) {
      const byte = source[from + i] as number;
      this.#ids[at + i] = byte;
      any |= byte;
    }
    return any !== 0;
  }

  /** From start to end; nothing where the end lies before the start, or is missing. */
  #pushDuration(): void {
    let low = this.endLow - this.startLow;
    let high = this.endHigh - this.startHigh;
    if (low < 0) {
      low += TWO_TO_32;
      high--;
    }
    this.#durations.push(high < 0 ? 0 : low);
    this.#durations.push(high < 0 ? 0 : high);
  }
}
