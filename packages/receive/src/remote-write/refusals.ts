/** What one request had refused: counted by reason, the first few explained. */

import type { Labels } from '@atalaya/model';
import type { RejectReason } from '../metric-writer.ts';
import type { RawSeriesResolver, RefusedSample } from '../metrics/raw-series.ts';

/** Prometheus logs no more than the first kilobyte of an answer, and only its first line. */
const EXPLAINED = 2;

/** Collects refusals while a body is walked. */
export class Refusals {
  readonly counts = new Map<RejectReason, number>();
  readonly #explanations: string[] = [];
  readonly #explain: RawSeriesResolver['explain'];

  constructor(explain: RawSeriesResolver['explain']) {
    this.#explain = explain;
  }

  get total(): number {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return total;
  }

  /** Counts refused samples; `labels` is asked only while explanations are wanted. */
  add(reason: RejectReason, samples: number, labels: () => Labels, sample?: RefusedSample): void {
    const known = this.counts.get(reason);
    this.counts.set(reason, (known ?? 0) + samples);
    // The first of each reason says more than the second of the same.
    if (known !== undefined || this.#explanations.length === EXPLAINED) return;
    this.#explanations.push(this.#explain(reason, labels(), sample));
  }

  /** One line: how many of how many, why, and the first ones in full. */
  text(samples: number): string {
    const byReason = [...this.counts].map(([reason, count]) => `${reason}: ${count}`).join(', ');
    return `${this.total} of ${samples} samples refused (${byReason}); ${this.#explanations.join('; ')}`;
  }
}
