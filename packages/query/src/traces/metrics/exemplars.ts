/** Spans that stand for others: a few of each stretch of time, so that they are spread over the answer. */

import type { Span } from '@atalaya/model';
import type { TraceExemplar } from '../answer.ts';
import { stepAt, type TraceSteps } from './steps.ts';

const MILLISECOND = 1_000_000n;
const SECOND = 1e9;

/** Says of which spans an exemplar is taken: as they come, as long as their stretch has room. */
export class ExemplarQuota {
  readonly #steps: TraceSteps;
  readonly #stretches: number;
  readonly #each: number;
  readonly #taken: Uint32Array;
  #left: number;

  /** @param most exemplars of the whole answer */
  constructor(steps: TraceSteps, most: number) {
    this.#steps = steps;
    this.#left = most;
    this.#stretches = Math.max(1, Math.min(steps.count, most));
    this.#each = Math.ceil(most / this.#stretches);
    this.#taken = new Uint32Array(this.#stretches);
  }

  /** Takes one, where there is room. */
  take({ start }: Span): boolean {
    if (this.#left === 0) return false;
    const stretch = Math.floor((stepAt(this.#steps, start) * this.#stretches) / this.#steps.count);
    if (this.#taken[stretch] === undefined || this.#taken[stretch] >= this.#each) return false;
    this.#taken[stretch]++;
    this.#left--;
    return true;
  }
}

/** A span as an exemplar; its duration in seconds, unless something else was measured of it. */
export function exemplarOf({ traceId, spanId, start, duration }: Span, value: number = Number(duration) / SECOND): TraceExemplar {
  return { traceId, spanId, timestampMs: Number(start / MILLISECOND), value };
}
