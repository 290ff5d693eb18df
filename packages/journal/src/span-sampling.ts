/** What speaks for keeping a span when not all traces are kept: the dice of its trace, an error, its duration. */

import { TraceDice } from '@atalaya/model';
import { eachText } from './packed-texts.ts';
import type { SpanBatch } from './span-batch.ts';

/** Which traces are kept. */
export interface SpanSamplingRules {
  /** Of the traces about which nothing else is known, from 0 to 1. */
  readonly probability: number;
  /** Whether traces with a span that failed are kept in any case. */
  readonly keepErrors: boolean;
  /** Traces with a span that took so long are kept in any case, milliseconds; 0: none for that. */
  readonly keepSlowerThanMs: number;
}

/** What a span says of its trace; all but the first keep it. */
export const SPAN_VERDICT = { open: 0, probability: 1, error: 2, slow: 3 } as const;

const ERROR = 2;

/** Judges the spans of batches. */
export class SpanSampling {
  readonly #dice: TraceDice;
  readonly #keepErrors: boolean;
  /** Nanoseconds. */
  readonly #slow: number;
  /** Whether all spans of a trace are needed to say that it is left out. */
  readonly waitsForTraces: boolean;

  constructor({ probability, keepErrors, keepSlowerThanMs }: SpanSamplingRules) {
    this.#dice = new TraceDice(probability);
    this.#keepErrors = keepErrors;
    this.#slow = keepSlowerThanMs > 0 ? keepSlowerThanMs * 1e6 : Infinity;
    this.waitsForTraces = probability < 1 && (keepErrors || keepSlowerThanMs > 0);
  }

  /** Of each row one of {@link SPAN_VERDICT}. */
  judge(batch: SpanBatch): Uint8Array {
    const { rows, traceIds, statusCodes } = batch;
    const verdicts = new Uint8Array(rows);
    const states = statesOf(batch);
    const durations = new Uint32Array(batch.durations.buffer, batch.durations.byteOffset, rows * 2);
    for (let row = 0; row < rows; row++) {
      if (this.#keepErrors && statusCodes[row] === ERROR) verdicts[row] = SPAN_VERDICT.error;
      else if ((durations[row * 2 + 1] as number) * 4_294_967_296 + (durations[row * 2] as number) >= this.#slow)
        verdicts[row] = SPAN_VERDICT.slow;
      else if (this.#dice.keeps(traceIds, row, states?.[row] ?? '')) verdicts[row] = SPAN_VERDICT.probability;
    }
    return verdicts;
  }
}

/** The trace states as texts; undefined when all are empty, as nearly always. */
function statesOf({ traceStates, rows }: SpanBatch): string[] | undefined {
  // An empty text is one byte, its length.
  if (traceStates.length === rows) return undefined;
  const decoder = new TextDecoder();
  const states: string[] = [];
  eachText(traceStates, (start, end) => states.push(start === end ? '' : decoder.decode(traceStates.subarray(start, end))));
  return states;
}
