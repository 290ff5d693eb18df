/** Stage `limit`: at most so many entries in a second. */

import type { Clock } from '@atalaya/model';
import { readNumber } from './expression.ts';
import type { Stage, StageReader } from './stage.ts';

const REASON = 'ratelimit_drop_stage';
/** Values that are told apart at least. */
const LEAST_VALUES = 10_000;

export const readLimitStage: StageReader = (config, { clock, metrics }) => {
  const fields = config.section({ known: ['rate', 'burst', 'drop', 'by_label_name', 'max_distinct_labels'] });
  const rate = readNumber(fields.get('rate') ?? config.fail('rate is missing'));
  const burst = fields.get('burst')?.count() ?? config.fail('burst is missing');
  if (rate <= 0) fields.get('rate')?.fail('must be larger than 0');
  if (burst <= 0) fields.get('burst')?.fail('must be larger than 0');
  const byLabel = fields.get('by_label_name')?.text() ?? '';
  const drop = fields.get('drop')?.boolean() ?? false;
  if (byLabel !== '' && !drop) config.fail('by_label_name needs drop: true');
  if (!drop) {
    config.warn(
      `${config.path}: without drop: true Promtail slows down reading; Atalaya keeps up with the source instead, and the stage changes nothing`,
    );
    return () => ({ process: (entry, emit) => emit(entry) });
  }
  if (byLabel === '') {
    return (): Stage => {
      const bucket = new TokenBucket(rate, burst, clock);
      return {
        process(entry, emit) {
          if (bucket.take()) emit(entry);
          else metrics.countDropped(REASON);
        },
      };
    };
  }
  const values = Math.max(fields.get('max_distinct_labels')?.count() ?? 0, LEAST_VALUES);
  return (): Stage => {
    const buckets = new Map<string, TokenBucket>();
    return {
      process(entry, emit) {
        const value = entry.labels.get(byLabel);
        if (value === undefined) {
          emit(entry);
          return;
        }
        let bucket = buckets.get(value);
        if (bucket === undefined) {
          bucket = new TokenBucket(rate, burst, clock);
          if (buckets.size >= values) buckets.delete(buckets.keys().next().value as string);
          buckets.set(value, bucket);
        }
        if (bucket.take()) {
          emit(entry);
          return;
        }
        metrics.countDropped(REASON);
        metrics.countDroppedByLabel(byLabel, value);
      },
    };
  };
};

/** Fills with `rate` tokens a second up to `burst`; every entry takes one. */
class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor(rate: number, burst: number, clock: Clock) {
    this.#rate = rate;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#at = clock.monotonic();
  }

  take(): boolean {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
