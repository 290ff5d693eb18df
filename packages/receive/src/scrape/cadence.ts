/** When a target is scraped: a fixed beat without drift, and the timestamp of each beat. */

import type { Clock } from '@atalaya/model';

/**
 * A beat may begin late by this part of the interval, or by {@link LEAST_TOLERANCE_MS}, and still carry the time it was
 * planned for: constant distances between timestamps compress to almost nothing, and rates come out even.
 */
const TOLERANCE = 0.01;
const LEAST_TOLERANCE_MS = 2;

/** One beat. */
export interface Beat {
  /** Milliseconds since the epoch, a whole number. */
  readonly timestamp: number;
  /** Beats that were passed over because the one before took too long. */
  readonly missed: number;
}

/** Plans on the monotonic clock, so that a jump of the wall clock moves timestamps but not the beat. */
export class Cadence {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  /** Monotonic time of the next beat. */
  #due: number;
  /** Wall clock minus monotonic clock, as of when it was last seen to jump. */
  #wallOffset: number;

  /** @param phase where in the interval, counted from the epoch, the beats lie: milliseconds, 0 ≤ phase < interval */
  constructor(clock: Clock, intervalMs: number, phase: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#toleranceMs = Math.max(LEAST_TOLERANCE_MS, intervalMs * TOLERANCE);
    const wall = clock.now();
    this.#wallOffset = wall - clock.monotonic();
    this.#due = clock.monotonic() + ((((phase - wall) % intervalMs) + intervalMs) % intervalMs);
  }

  /** Milliseconds until the next beat. */
  get delay(): number {
    return Math.max(0, Math.ceil(this.#due - this.#clock.monotonic()));
  }

  /** Begins the beat that is due and plans the next. */
  begin(): Beat {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const jump = wall - monotonic - this.#wallOffset;
    if (Math.abs(jump) > this.#toleranceMs) this.#wallOffset += jump;
    const late = monotonic - this.#due;
    const timestamp = Math.round(late <= this.#toleranceMs ? this.#due + this.#wallOffset : wall);
    const missed = Math.max(0, Math.floor(late / this.#intervalMs));
    this.#due += (missed + 1) * this.#intervalMs;
    return { timestamp, missed };
  }
}
