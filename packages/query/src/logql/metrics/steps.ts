/** The instants at which a metric query is evaluated, and the windows of time that end there. */

import type { RangeAggregation } from '@atalaya/lang';

/** Evaluation times: `count` of them, `step` nanoseconds apart, the first at `start`. */
export interface LogSteps {
  readonly start: bigint;
  readonly step: bigint;
  readonly count: number;
}

/** The time of a step in whole milliseconds, as answers tell it. */
export function stepMs({ start, step }: LogSteps, index: number): number {
  return Number((start + BigInt(index) * step) / 1_000_000n);
}

/** Left-open windows, one for each step: that of step `i` is `(firstEnd + i × step − range, firstEnd + i × step]`, nanoseconds. */
export interface Windows {
  readonly firstEnd: bigint;
  readonly step: bigint;
  readonly range: bigint;
  readonly count: number;
}

/** The windows of a range aggregation. */
export function windowsOf({ range, offset }: Pick<RangeAggregation, 'range' | 'offset'>, steps: LogSteps): Windows {
  return { firstEnd: steps.start - nanoseconds(offset), step: steps.step, range: nanoseconds(range), count: steps.count };
}

function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * 1e6));
}

/** All times in windows and between them: from `start`, inclusive, to `end`, exclusive. */
export function spanOf({ firstEnd, step, range, count }: Windows): { start: bigint; end: bigint } {
  return { start: firstEnd - range + 1n, end: firstEnd + BigInt(count - 1) * step + 1n };
}

/** Whether a time may lie in more than one window. */
export function overlap({ step, range, count }: Windows): boolean {
  return count > 1 && range > step;
}

/** Finds the windows that hold a time, for times that ascend. */
export class WindowCursor {
  /** The first and the last window that hold the time sought last; none when `first` is greater. */
  first = 0;
  last = -1;
  readonly #windows: Windows;
  /** Where the window `first` ends, and where the one after `last` begins. */
  #firstEnd: bigint;
  #nextStart: bigint;

  constructor(windows: Windows) {
    this.#windows = windows;
    this.#firstEnd = windows.firstEnd;
    this.#nextStart = windows.firstEnd - windows.range;
  }

  seek(time: bigint): void {
    const { step, count } = this.#windows;
    while (this.first < count && this.#firstEnd < time) {
      this.first++;
      this.#firstEnd += step;
    }
    while (this.last < count - 1 && this.#nextStart < time) {
      this.last++;
      this.#nextStart += step;
    }
  }
}
