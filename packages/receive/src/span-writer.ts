/** How receivers write spans: the batch of a request becomes one journal record. */

import type { SpanBatch } from '@atalaya/journal';

/** Why a span was not taken. The closed set is also the `reason` label of the rejection counters. */
export type SpanRejectReason =
  | 'invalid_id' // a trace id or span id that is missing, all zero or of another length
  | 'too_old' // before the retention
  | 'too_far_in_future'
  | 'attribute_limit' // too many attributes, or too long ones
  | 'span_too_large';

/** Writes spans and holds what all receivers of them share. */
export interface SpanWriter {
  /**
   * Journals the batch, without the spans that the gate leaves out; resolves when it is on disk. With no rows it resolves at once. Rejects as
   * Journal.append does, and then nothing was acknowledged. The batch must not be changed until then.
   */
  write(batch: SpanBatch): Promise<void>;
  /** Counts spans that never came into a batch. */
  countRefused(reason: SpanRejectReason, spans: number): void;
  readonly limits: SpanLimits;
  stats(): SpanWriterStats;
}

/** Decides before the journal which spans are kept: filters and sampling. */
export interface SpanGate {
  /** For each row 1 when it is kept, else 0; undefined when all are. */
  admit(batch: SpanBatch): Uint8Array | undefined;
}

/** Sees every span that was sent and acknowledged, those too that the gate left out. */
export interface SpanObserver {
  /** `kept` is what the gate said of the rows: 0 for those that are not stored; undefined when all are. */
  observe(batch: SpanBatch, kept: Uint8Array | undefined): void;
}

/** What is taken. Times in milliseconds, lengths in bytes of UTF-8; Infinity switches one off. */
export interface SpanLimits {
  /** Attributes of a span, an event, a link, a resource or a scope, and bytes of them together. */
  readonly attributes: number;
  readonly attributeBytes: number;
  /** Events, and links, of one span. */
  readonly events: number;
  readonly links: number;
  /** Bytes of one span as it was sent. */
  readonly spanBytes: number;
  readonly retentionMs: number;
  readonly maxFutureMs: number;
}

/** What the writer has taken and refused since the start. */
export interface SpanWriterStats {
  /** Journaled. */
  readonly spansWritten: number;
  /** Left out by the gate. */
  readonly spansLeftOut: number;
  readonly rejected: Readonly<Record<SpanRejectReason, number>>;
}
