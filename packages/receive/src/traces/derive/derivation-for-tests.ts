/** For tests of what is derived from spans: a derivation on a manual clock, and what it wrote. */

import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { ManualClock, silentLogger } from '@atalaya/model';
import { createMetricWriter } from '../../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../../metrics/limits.ts';
import { RecordingJournal } from '../../metrics/recording-journal.ts';
import { createSpanDerivation, type SpanDerivation, type SpanDerivationOptions } from './create-span-derivation.ts';

/** When the tests' clock starts, milliseconds; and the interval of rounds. */
export const START = 1_700_000_000_000;
export const INTERVAL = 15_000;

export interface DerivationRun {
  readonly clock: ManualClock;
  readonly journal: RecordingJournal;
  readonly derivation: SpanDerivation;
  readonly observe: (...spans: readonly PlainSpan[]) => void;
  /** The newest value of every series that begins so. */
  readonly newest: (beginning: string) => Record<string, number>;
}

export function startDerivation(options: Partial<SpanDerivationOptions> = {}): DerivationRun {
  const clock = new ManualClock(START);
  const journal = new RecordingJournal();
  const writer = createMetricWriter({ journal, clock, limits: DEFAULT_METRIC_LIMITS });
  const derivation = createSpanDerivation({ writer, clock, log: silentLogger, ...options });
  return {
    clock,
    journal,
    derivation,
    observe: (...spans) => derivation.observe(spanBatch(spans), undefined),
    newest(beginning) {
      const series = Object.entries(journal.stored()).filter(([name]) => name.startsWith(beginning));
      return Object.fromEntries(
        series.map(([name, values]) => [name.slice(beginning.length), Object.entries(values).at(-1)?.[1] as number]),
      );
    },
  };
}

let last = 0;

/** A span with ids of its own. */
export function span(fields: Partial<PlainSpan> & { readonly ms?: number }): PlainSpan {
  last++;
  const { ms = 3, ...rest } = fields;
  const id = last.toString(16);
  return {
    traceId: id.padStart(32, 'a'),
    spanId: id.padStart(16, '0'),
    start: 5n,
    duration: BigInt(Math.round(ms * 1e6)),
    service: 'cart',
    ...rest,
  };
}
