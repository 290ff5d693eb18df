/** What describes a metric, read in place: where its texts lie, what kind it is, where its data points begin and end. */

import type { MetricType } from '@atalaya/model';
import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { messageTag, varintTag } from '../../protobuf/tags.ts';
import type { MetricKind } from './metric-name.ts';

const NAME = messageTag(1);
const DESCRIPTION = messageTag(2);
const UNIT = messageTag(3);
const GAUGE = messageTag(5);
const SUM = messageTag(7);
const HISTOGRAM = messageTag(9);
const EXPONENTIAL = messageTag(10);
const SUMMARY = messageTag(11);

/** Of Gauge, Sum, Histogram, ExponentialHistogram and Summary alike, as far as they have them. */
export const DATA_POINT = messageTag(1);
const TEMPORALITY = varintTag(2);
const MONOTONIC = varintTag(3);

const KINDS: ReadonlyMap<number, MetricKind> = new Map([
  [GAUGE, 'gauge'],
  [SUM, 'updown'],
  [HISTOGRAM, 'histogram'],
  [EXPONENTIAL, 'exponential'],
  [SUMMARY, 'summary'],
]);

/** What stands for a kind in keys. */
export const KIND_CODES: Readonly<Record<MetricKind, number>> = {
  gauge: 1,
  counter: 2,
  updown: 3,
  histogram: 4,
  exponential: 5,
  summary: 6,
};

/** The types of metadata. */
export const TYPE_OF_KIND: Readonly<Record<MetricKind, MetricType>> = {
  gauge: 'gauge',
  counter: 'counter',
  updown: 'gauge',
  histogram: 'histogram',
  exponential: 'histogram',
  summary: 'summary',
};

/** How the values of a metric follow one another; gauges and summaries have no temporality. */
export type Temporality = 'none' | 'unspecified' | 'delta' | 'cumulative';
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/** The head of one metric; places are bytes of the body. */
export class MetricHead {
  nameFrom = 0;
  nameTo = 0;
  descriptionFrom = 0;
  descriptionTo = 0;
  unitFrom = 0;
  unitTo = 0;
  /** Undefined of a metric without data, or with data of a kind that is not known. */
  kind: MetricKind | undefined;
  temporality: Temporality = 'none';
  dataFrom = 0;
  dataTo = 0;

  /** Reads the Metric from the cursor to `end`. @throws AtalayaError BAD_ENCODING */
  read(cursor: ProtobufCursor, end: number): void {
    this.nameFrom = this.nameTo = this.descriptionFrom = this.descriptionTo = this.unitFrom = this.unitTo = 0;
    this.kind = undefined;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      const kind = KINDS.get(tag);
      if (tag !== NAME && tag !== DESCRIPTION && tag !== UNIT && kind === undefined) {
        cursor.skip(tag, end);
        continue;
      }
      const to = cursor.lengthDelimited(end);
      const from = cursor.at;
      if (tag === NAME) [this.nameFrom, this.nameTo] = [from, to];
      else if (tag === DESCRIPTION) [this.descriptionFrom, this.descriptionTo] = [from, to];
      else if (tag === UNIT) [this.unitFrom, this.unitTo] = [from, to];
      else [this.kind, this.dataFrom, this.dataTo] = [kind, from, to];
      cursor.at = to;
    }
    if (this.kind !== undefined) this.#readData(cursor);
    cursor.at = end;
  }

  /** Temporality and monotonicity may lie behind the data points. */
  #readData(cursor: ProtobufCursor): void {
    const end = this.dataTo;
    let temporality = 0;
    let monotonic = false;
    cursor.at = this.dataFrom;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === DATA_POINT) cursor.at = cursor.lengthDelimited(end);
      else if (tag === TEMPORALITY) temporality = cursor.int64(end);
      else if (tag === MONOTONIC) monotonic = cursor.int64(end) !== 0;
      else cursor.skip(tag, end);
    }
    const timeless = this.kind === 'gauge' || this.kind === 'summary';
    this.temporality = timeless ? 'none' : (TEMPORALITIES[temporality] ?? 'unspecified');
    if (this.kind === 'updown' && monotonic) this.kind = 'counter';
  }
}
