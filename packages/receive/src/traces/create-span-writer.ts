/** The span writer: asks the gate, journals, and tells the observers. */

import { encodeSpanBatch, type Journal, selectSpans, SIGNAL, type SpanBatch } from '@atalaya/journal';
import type { SpanGate, SpanLimits, SpanObserver, SpanRejectReason, SpanWriter } from '../span-writer.ts';
import { DEFAULT_SPAN_LIMITS } from './limits.ts';

/** What a span writer is made of. */
export interface SpanWriterOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly gate?: SpanGate;
  readonly observers?: readonly SpanObserver[];
  readonly limits?: Partial<SpanLimits>;
}

/** Makes a span writer. */
export function createSpanWriter({ journal, gate, observers = [], limits: given = {} }: SpanWriterOptions): SpanWriter {
  const limits: SpanLimits = { ...DEFAULT_SPAN_LIMITS, ...given };
  const totals = { spansWritten: 0, spansLeftOut: 0 };
  const rejected: Record<SpanRejectReason, number> = {
    invalid_id: 0,
    too_old: 0,
    too_far_in_future: 0,
    attribute_limit: 0,
    span_too_large: 0,
  };

  async function write(batch: SpanBatch): Promise<void> {
    if (batch.rows === 0) return;
    const keep = gate?.admit(batch);
    const kept = keep === undefined ? batch : selectSpans(batch, keep);
    if (kept.rows > 0) await journal.append(SIGNAL.traces, kept.rows, encodeSpanBatch(kept));
    totals.spansWritten += kept.rows;
    totals.spansLeftOut += batch.rows - kept.rows;
    for (const observer of observers) observer.observe(batch, keep);
  }

  return {
    write,
    countRefused(reason, spans) {
      rejected[reason] += spans;
    },
    limits,
    stats: () => ({ ...totals, rejected: { ...rejected } }),
  };
}
