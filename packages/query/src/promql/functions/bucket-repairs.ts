/** What histogram_quantile had to repair in classic histograms, summed up in one remark for each metric. */

import { formatGeneral } from '@atalaya/lang';
import type { Lifted } from './classic-histogram.ts';

interface Repair extends Lifted {
  count: number;
  first: number;
  last: number;
}

/** Collects repairs at all steps. */
export class Repairs {
  readonly #byMetric = new Map<string, Repair>();

  /** @param metric ` for metric name "…"`, or nothing; @param time milliseconds */
  add(metric: string, { lowest, highest, largest }: Lifted, time: number): void {
    const known = this.#byMetric.get(metric);
    if (known === undefined) {
      this.#byMetric.set(metric, { lowest, highest, largest, count: 1, first: time, last: time });
      return;
    }
    known.lowest = Math.min(known.lowest, lowest);
    known.highest = Math.max(known.highest, highest);
    known.largest = Math.max(known.largest, largest);
    known.first = Math.min(known.first, time);
    known.last = Math.max(known.last, time);
    known.count++;
  }

  /** Worded as in Prometheus. */
  messages(): string[] {
    return [...this.#byMetric].map(([metric, { lowest, highest, largest, count, first, last }]) => {
      const what =
        'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
      const buckets = `from buckets ${formatGeneral(lowest)} to ${formatGeneral(highest)}`;
      const when = `over ${count} samples from ${timeOf(first)} to ${timeOf(last)}`;
      return `${what}${metric}, ${buckets}, with a max diff of ${twoDigits(largest)}, ${when}`;
    });
  }
}

/** To the second, as RFC 3339 writes it. */
function timeOf(milliseconds: number): string {
  return `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** As Go's `%.2g`: two digits, without zeros behind the point, and an exponent for what has more. */
function twoDigits(value: number): string {
  const [mantissa = '', power] = value.toPrecision(2).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return power === undefined ? short : `${short}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}
