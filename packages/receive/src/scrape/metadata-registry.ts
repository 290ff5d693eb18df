/** What all targets of one program have said about each metric, so that single lines can be completed to whole entries. */

import type { MetricMetadata } from '@atalaya/model';
import type { MetadataLine } from './series-text.ts';

/** More metrics than any real fleet has: beyond it somebody invents names, and the registry begins anew. */
const LIMIT = 100_000;

/** Merges HELP, TYPE and UNIT lines by metric. */
export class MetadataRegistry {
  readonly #byMetric = new Map<string, MetricMetadata>();

  /** Takes in one line. */
  learn(line: MetadataLine): void {
    const { metric, ...said } = line;
    if (this.#byMetric.size >= LIMIT) this.#byMetric.clear();
    this.#byMetric.set(metric, { ...(this.#byMetric.get(metric) ?? { type: 'unknown', help: '', unit: '' }), ...said });
  }

  get(metric: string): MetricMetadata | undefined {
    return this.#byMetric.get(metric);
  }
}
