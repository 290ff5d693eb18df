/** The pretended shop's traces. Each is made from its number alone, so that a day of them needs no memory. */

import { Growing, type MockSpan, randomOf, traceIdOf } from './drawing.ts';
import { job } from './job.ts';
import { browse, order } from './requests.ts';

/** A pretended trace. */
export interface MockTrace {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly spans: readonly MockSpan[];
}

/** A trace begins about so often, milliseconds. */
const EVERY = 15_000;
/** Every so many traces one is that of a job with this many spans. */
const JOB_EVERY = 97;

/** The trace of an id; `undefined` for an id that is not of this world. */
export function traceOf(id: string): MockTrace | undefined {
  const number = Number.parseInt(id.slice(24), 16);
  return traceIdOf(number) === id ? makeTrace(number) : undefined;
}

/** The traces that begin in a range of epoch milliseconds, newest first. */
export function* tracesIn(start: number, end: number): Generator<MockTrace> {
  for (let number = Math.floor(end / EVERY); number * EVERY >= start; number -= 1) {
    const trace = made(number);
    if (trace.at >= start && trace.at < end) yield trace;
  }
}

const kept = new Map<number, MockTrace>();

function made(number: number): MockTrace {
  let trace = kept.get(number);
  if (trace === undefined) {
    trace = makeTrace(number);
    kept.set(number, trace);
    if (kept.size > 600) kept.delete(kept.keys().next().value as number);
  }
  return trace;
}

/** The number of the newest trace of the large job before a moment, for pictures and tests. */
export function jobBefore(now: number): string {
  let number = Math.floor(now / EVERY) - 1;
  while (number % JOB_EVERY !== 0) number -= 1;
  return traceIdOf(number);
}

function makeTrace(number: number): MockTrace {
  const random = randomOf(number);
  random();
  const grown = new Growing(random);
  if (number % JOB_EVERY === 0) job(grown, number);
  else if (number % 5 === 2) browse(grown);
  else order(grown, Math.floor((number * EVERY) / 600_000) % 3 === 1, number);
  return { id: traceIdOf(number), at: number * EVERY + Math.floor(random() * EVERY * 0.9), spans: grown.spans };
}
