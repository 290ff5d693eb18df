/** Annotations about native histograms, in Prometheus' words. */

import type { Span } from '@atalaya/lang';
import { type Labels, labelValue, METRIC_NAME } from '@atalaya/model';
import type { Annotations } from '../annotations.ts';

/** What was computed when custom bounds were reconciled, or resets contradicted each other. */
type Operation = 'addition' | 'subtraction' | 'aggregation';

const nameOf = (labels: Labels): string => JSON.stringify(labelValue(labels, METRIC_NAME));

/** Says things about one place of a query; where a series is given, its metric is named. */
export class HistogramRemarks {
  readonly #annotations: Annotations;
  readonly #place: Span;

  constructor(annotations: Annotations, place: Span) {
    this.#annotations = annotations;
    this.#place = place;
  }

  mixedWithFloats(labels: Labels): undefined {
    this.#annotations.warn(`encountered a mix of histograms and floats for metric name ${nameOf(labels)}`, this.#place);
  }

  mixedInAggregation(): void {
    this.#annotations.warn('encountered a mix of histograms and floats for aggregation', this.#place);
  }

  mixedSchemas(labels: Labels): undefined {
    const message = 'vector contains a mix of histograms with exponential and custom buckets schemas for metric name';
    this.#annotations.warn(`${message} ${nameOf(labels)}`, this.#place);
  }

  notCounter(labels: Labels): void {
    this.#annotations.warn(`this native histogram metric is not a counter: ${nameOf(labels)}`, this.#place);
  }

  notGauge(labels: Labels): void {
    this.#annotations.warn(`this native histogram metric is not a gauge: ${nameOf(labels)}`, this.#place);
  }

  resetsConflict(operation: Operation): void {
    this.#annotations.warn(`conflicting counter resets during histogram ${operation}`, this.#place);
  }

  boundsReconciled(operation: Operation): void {
    this.#annotations.inform(`mismatched custom buckets were reconciled during ${operation}`, this.#place);
  }

  ignoredInRange(labels: Labels): void {
    const message = 'ignored histograms in a range containing both floats and histograms for metric name';
    this.#annotations.inform(`${message} ${nameOf(labels)}`, this.#place);
  }

  ignoredInAggregation(operator: string): void {
    this.#annotations.inform(`ignored histogram in ${operator} aggregation`, this.#place);
  }
}
