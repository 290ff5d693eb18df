/**
 * Deltas added up: the running total of every series with delta temporality, in memory.
 *
 * A total moves when its sample has been taken, and moves back when the request cannot be journaled, unless another request has built upon it:
 * then the amount is in the newer sample already. So a repetition after a failure neither loses an amount nor adds it twice.
 */

import type { SeriesRef } from '../../metric-writer.ts';

/** What deltas are added up to: a number, or what a histogram holds. Totals are never changed, only replaced. */
export type DeltaKind = 'number' | 'histogram' | 'exponential';

/** Refs of idle series may be given to others after an hour; see SeriesRef. */
const IDLE_MS = 55 * 60_000;

/** A point as far as its place among the others of its series goes; times in milliseconds. */
export interface DeltaPoint {
  /** 0 where it is not said. */
  readonly start: number;
  readonly time: number;
  /** A hash of what it holds, to know a repetition. */
  readonly low: number;
  readonly high: number;
}

/** The total of one series after one point. */
export interface DeltaTotal<Total> extends DeltaPoint {
  readonly kind: DeltaKind;
  readonly total: Total;
  /** When that was, by this machine's clock. */
  usedAt: number;
  /** The request that moved it here and is not journaled yet. */
  owner: DeltaRequest | undefined;
}

/** The totals that one request has moved. */
export class DeltaRequest {
  /** What there was before. */
  readonly before = new Map<SeriesRef, DeltaTotal<unknown> | undefined>();
}

/** All totals. */
export class DeltaStreams {
  /** Points that begin later than the one before them ended: amounts that never arrived, as far as that can be known. */
  gaps = 0;
  readonly #most: number;
  readonly #totals = new Map<SeriesRef, DeltaTotal<unknown>>();

  /** @param most series at most. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#totals.size;
  }

  /**
   * The total after a point, to be {@link accept}ed once its sample has been taken; a point that repeats the last one gives the total as it
   * is. `add` makes a new total of the one before and the point. A reason where the point is refused.
   */
  after<Total>(
    ref: SeriesRef,
    point: DeltaPoint,
    kind: DeltaKind,
    now: number,
    add: (before: Total | undefined) => Total,
  ): DeltaTotal<Total> | 'delta_out_of_order' | 'delta_series_limit' {
    const last = this.#find(ref, kind, now) as DeltaTotal<Total> | undefined;
    if (last === undefined) {
      if (this.#totals.size >= this.#most && !this.#totals.has(ref)) return 'delta_series_limit';
      return { ...point, kind, total: add(undefined), usedAt: now, owner: undefined };
    }
    if (point.time === last.time && point.low === last.low && point.high === last.high) return last;
    if (point.time <= last.time) return 'delta_out_of_order';
    if (point.start > last.time) this.gaps++;
    return { ...point, kind, total: add(last.total), usedAt: now, owner: undefined };
  }

  /** The sample of this total has been taken by this request. */
  accept(ref: SeriesRef, total: DeltaTotal<unknown>, request: DeltaRequest): void {
    const last = this.#totals.get(ref);
    if (last === total) return;
    if (!request.before.has(ref)) request.before.set(ref, last);
    total.owner = request;
    this.#totals.set(ref, total);
  }

  /** What the request took is on disk. */
  commit(request: DeltaRequest): void {
    for (const ref of request.before.keys()) {
      const total = this.#totals.get(ref);
      if (total?.owner === request) total.owner = undefined;
    }
  }

  /** Nothing that the request took will be on disk. */
  rollback(request: DeltaRequest): void {
    for (const [ref, before] of request.before) {
      if (this.#totals.get(ref)?.owner !== request) continue;
      if (before === undefined) this.#totals.delete(ref);
      else this.#totals.set(ref, before);
    }
    request.before.clear();
  }

  /** Forgets the series that have been idle: their next delta begins a new total, which is a counter's reset. */
  evictIdle(now: number): void {
    for (const [ref, { usedAt }] of this.#totals) if (now - usedAt > IDLE_MS) this.#totals.delete(ref);
  }

  #find(ref: SeriesRef, kind: DeltaKind, now: number): DeltaTotal<unknown> | undefined {
    const last = this.#totals.get(ref);
    return last === undefined || last.kind !== kind || now - last.usedAt > IDLE_MS ? undefined : last;
  }
}
