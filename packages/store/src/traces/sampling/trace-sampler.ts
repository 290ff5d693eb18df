/**
 * Keeps whole traces or leaves them out: the dice decide about most at once, an error or a slow span decides at once for its trace, and what neither
 * speaks for is held until it is decided, or the wait is over.
 */

import { type JournalPosition, selectSpans, SPAN_VERDICT, type SpanBatch, SpanSampling, type SpanSamplingRules } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { SpanRecord } from '../span-record.ts';
import { Decisions } from './decisions.ts';
import { HeldSpans, type ReleasedSpans } from './held-spans.ts';

/** What is kept, and how long and in how much memory undecided spans are held. */
export interface TraceSamplerOptions {
  readonly clock: Clock;
  readonly rules: SpanSamplingRules;
  readonly waitMs: number;
  readonly memoryBytes: number;
}

/** Spans since the start, by what became of them; and what is held now. */
export interface SamplingCounters {
  readonly keptByProbability: number;
  readonly keptForError: number;
  readonly keptForDuration: number;
  readonly leftOut: number;
  /** Traces about which was decided before the wait was over, because too much was held. */
  readonly forcedTraces: number;
  readonly heldSpans: number;
  readonly heldTraces: number;
  readonly heldBytes: number;
}

const { open, error, slow } = SPAN_VERDICT;

export class TraceSampler {
  readonly #options: TraceSamplerOptions;
  readonly #sampling: SpanSampling;
  readonly #decisions = new Decisions();
  readonly #held = new HeldSpans();
  /** Spans by verdict: left out, kept by probability, for an error, for the duration. */
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0];
  #forced = 0;
  /** When the newest record was received, by the journal's time, and when it was taken, by the monotonic clock. */
  #receivedAt = Number.NEGATIVE_INFINITY;
  #takenAt = 0;

  constructor(options: TraceSamplerOptions) {
    this.#options = options;
    this.#sampling = new SpanSampling(options.rules);
  }

  get counters(): SamplingCounters {
    const [leftOut, keptByProbability, keptForError, keptForDuration] = this.#counts;
    const { spans, traces, bytes } = this.#held;
    return {
      keptByProbability,
      keptForError,
      keptForDuration,
      leftOut,
      forcedTraces: this.#forced,
      heldSpans: spans,
      heldTraces: traces,
      heldBytes: bytes,
    };
  }

  /** Where the first record begins of which something is held: from there on the journal is needed. */
  get heldFrom(): JournalPosition | undefined {
    return this.#held.from;
  }

  /** Notes that a trace is kept for a reason, whatever else may come: it was before the program ended. */
  remember(trace: bigint, reason: 'error' | 'slow'): void {
    this.#decisions.set(trace, SPAN_VERDICT[reason]);
  }

  /** Takes a record in, which begins at `from`; gives what is kept of it and of earlier ones. */
  take(record: SpanRecord, from: JournalPosition): ReleasedSpans[] {
    const { batch } = record;
    const now = this.#options.clock.monotonic();
    this.#receivedAt = record.appendedAt;
    this.#takenAt = now;
    const verdicts = this.#sampling.judge(batch);
    const traces = tracesOf(batch);
    for (const [row, verdict] of verdicts.entries()) {
      if (verdict === error || verdict === slow) this.#keepTrace(traces[row] as bigint, verdict);
    }
    const keep = new Uint8Array(batch.rows);
    const hold = new Uint8Array(batch.rows);
    const undecided: bigint[] = [];
    for (const [row, verdict] of verdicts.entries()) {
      const trace = traces[row] as bigint;
      const decision = verdict === open ? this.#decisions.of(trace) : verdict;
      if (decision === undefined) {
        hold[row] = 1;
        undecided.push(trace);
        continue;
      }
      this.#counts[decision as 0]++;
      if (decision !== open) keep[row] = 1;
    }
    if (undecided.length > 0) this.#held.hold({ ...record, batch: selectSpans(batch, hold) }, undecided, from, now);
    this.#expire();
    const released = this.#held.takeReleased();
    if (!keep.includes(0)) released.push({ record, from });
    else if (keep.includes(1)) released.push({ record: { ...record, batch: selectSpans(batch, keep) }, from });
    return released;
  }

  /** Leaves out the traces whose wait is over. */
  settle(): void {
    this.#expire();
  }

  #keepTrace(trace: bigint, verdict: number): void {
    // The first reason stands; one that was left out before is kept from now on.
    if ((this.#decisions.of(trace) ?? open) !== open) return;
    this.#decisions.set(trace, verdict);
    this.#counts[verdict as 0] += this.#held.decide(trace, true);
  }

  #expire(): void {
    const { waitMs, memoryBytes, clock } = this.#options;
    const now = clock.monotonic();
    // While a backlog is read its own time counts: what came within the wait then is to be seen together now. Should that time go back, the
    // monotonic clock still moves on.
    const journalNow = this.#receivedAt + (now - this.#takenAt);
    for (let oldest = this.#held.oldest; oldest !== undefined; oldest = this.#held.oldest) {
      const waited = Math.max(journalNow - oldest.receivedAt, now - oldest.takenAt) >= waitMs;
      if (!waited && this.#held.bytes <= memoryBytes) return;
      if (!waited) this.#forced++;
      this.#decisions.set(oldest.trace, open);
      this.#counts[open] += this.#held.decide(oldest.trace, false);
    }
  }
}

/** The last 8 bytes of each row's trace id: they are random, and two traces that share them are kept together. */
function tracesOf({ traceIds, rows }: SpanBatch): bigint[] {
  const view = new DataView(traceIds.buffer, traceIds.byteOffset, traceIds.byteLength);
  return Array.from({ length: rows }, (_, row) => view.getBigUint64(row * 16 + 8));
}
