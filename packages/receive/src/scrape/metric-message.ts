/** Reads `io.prometheus.client.Metric` messages: labels, and the value of whichever kind they have. */

import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { type HistogramFields, HistogramMessage, readDouble } from '../native-histogram/histogram-message.ts';
import { MOST_BUCKETS, NumberList } from '../native-histogram/number-list.ts';
import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import type { ClassicHistogram } from './classic-histogram.ts';

/** What one series of a metric stands for. */
export type MetricPart = 'value' | 'count' | 'sum' | 'bucket' | 'quantile' | 'native';

/** A series of a metric: of a bucket or quantile which one, and its bound. */
interface Part {
  readonly part: MetricPart;
  readonly index: number;
  readonly bound: number;
}

const FIELDS: HistogramFields = {
  countInt: 1,
  sum: 2,
  countFloat: 4,
  schema: 5,
  zeroThreshold: 6,
  zeroCountInt: 7,
  zeroCountFloat: 8,
  negativeSpans: 9,
  negativeDeltas: 10,
  negativeCounts: 11,
  positiveSpans: 12,
  positiveDeltas: 13,
  positiveCounts: 14,
};
const METRIC_LABEL = 0x0a;
const METRIC_GAUGE = 0x12;
const METRIC_COUNTER = 0x1a;
const METRIC_SUMMARY = 0x22;
const METRIC_UNTYPED = 0x2a;
const METRIC_TIMESTAMP = 0x30;
const METRIC_HISTOGRAM = 0x3a;
/** Of a label, and of a summary's quantile. */
const FIRST_TEXT = 0x0a;
const SECOND_TEXT = 0x12;
const VALUE = 0x09;
const COUNTER_EXEMPLAR = 0x12;
const SUMMARY_COUNT = 0x08;
const SUMMARY_SUM = 0x11;
const SUMMARY_QUANTILE = 0x1a;
const QUANTILE = 0x09;
const QUANTILE_VALUE = 0x11;
const HISTOGRAM_BUCKET = 0x1a;
const HISTOGRAM_EXEMPLAR = 16 * 8 + 2;
const BUCKET_COUNT = 0x08;
const BUCKET_BOUND = 0x11;
const BUCKET_EXEMPLAR = 0x1a;
const BUCKET_COUNT_FLOAT = 0x21;
/** What else than a bucket has an exemplar. */
const OF_VALUE = -2;
const OF_WHOLE = -3;

/** One metric. Reused: what it gives is valid until the next {@link read}. */
export class MetricMessage {
  /** Milliseconds; 0 where there is none. */
  timestamp = 0;
  labelBytes = 0;
  /** Begin and end of each label. */
  #labels: number[] = [];
  /** Of each exemplar: the bucket that has it, or what else, and where its message's length is. */
  #exemplars: { of: number; at: number }[] = [];
  #value = 0;
  #count = 0;
  #sum = 0;
  /** Bounds and counts of buckets, or quantiles and their values. */
  readonly #bounds = new NumberList();
  readonly #values = new NumberList();
  readonly #histogram = new HistogramMessage(FIELDS);

  /** Reads the message that ends at `end`. @throws AtalayaError BAD_ENCODING */
  read(cursor: ProtobufCursor, end: number): void {
    this.timestamp = this.labelBytes = this.#value = this.#count = this.#sum = 0;
    this.#labels = [];
    this.#exemplars = [];
    this.#bounds.count = this.#values.count = 0;
    this.#histogram.reset();
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === METRIC_LABEL) this.#label(cursor, end);
      else if (tag === METRIC_GAUGE || tag === METRIC_COUNTER || tag === METRIC_UNTYPED) this.#simple(cursor, end);
      else if (tag === METRIC_SUMMARY) this.#summary(cursor, end);
      else if (tag === METRIC_HISTOGRAM) this.#readHistogram(cursor, end);
      else if (tag === METRIC_TIMESTAMP) this.timestamp = cursor.int64(end);
      else cursor.skip(tag, end);
    }
  }

  /** Whether it is meant as a native histogram: an empty one says so by a span without length. */
  get isNative(): boolean {
    const { hasSpans, zeroThreshold, zeroCountInt } = this.#histogram;
    return hasSpans || zeroThreshold > 0 || zeroCountInt > 0;
  }

  get hasBuckets(): boolean {
    return this.#bounds.count > 0;
  }

  native(gauge: boolean): ArrivedHistogram {
    const message = this.#histogram;
    const float = message.countFloat > 0 || message.zeroCountFloat > 0;
    return {
      histogram: message.histogram(float, gauge ? 'gauge' : 'unknown', undefined),
      exact: !float,
      largest: message.largest(undefined),
    };
  }

  classic(): ClassicHistogram {
    return { bounds: this.#bounds.copy(), counts: this.#values.copy(), count: this.#count, sum: this.#sum };
  }

  /** The series of a summary, in the order of the text format. */
  *partsOfSummary(): Generator<Part> {
    yield { part: 'count', index: 0, bound: 0 };
    yield { part: 'sum', index: 0, bound: 0 };
    for (let index = 0; index < this.#inMemory; index++) yield { part: 'quantile', index, bound: this.#bounds.values[index] as number };
  }

  /** The series of a classic histogram; the last bucket is that of all observations, also where the message leaves it out. */
  *partsOfHistogram(): Generator<Part> {
    yield { part: 'count', index: 0, bound: 0 };
    yield { part: 'sum', index: 0, bound: 0 };
    for (let index = 0; index < this.#inMemory; index++) {
      const bound = this.#bounds.values[index] as number;
      yield { part: 'bucket', index, bound };
      if (bound === Infinity) return;
    }
    yield { part: 'bucket', index: -1, bound: Infinity };
  }

  valueOf(part: MetricPart, index: number): number {
    if (part === 'value') return this.#value;
    if (part === 'sum') return this.#sum;
    return part === 'count' || index < 0 ? this.#count : (this.#values.values[index] as number);
  }

  /** Where the exemplars of a part begin, with their lengths. A native histogram without any has those of its buckets. */
  exemplarsOf(part: MetricPart, index: number): number[] {
    if (this.#exemplars.length === 0 || part === 'count' || part === 'sum') return [];
    if (part === 'native') {
      const whole = this.#exemplars.filter(({ of }) => of === OF_WHOLE);
      return (whole.length > 0 ? whole : this.#exemplars).map(({ at }) => at);
    }
    const wanted = part === 'bucket' ? index : OF_VALUE;
    return this.#exemplars.filter(({ of }) => of === wanted).map(({ at }) => at);
  }

  /** Names and values; `text` reads a length-delimited one. */
  *labels(cursor: ProtobufCursor, text: (cursor: ProtobufCursor, end: number) => string): Generator<[string, string]> {
    const resumeAt = cursor.at;
    for (let i = 0; i < this.#labels.length; i += 2) {
      cursor.at = this.#labels[i] as number;
      const end = this.#labels[i + 1] as number;
      let [name, value] = ['', ''];
      while (cursor.at < end) {
        const tag = cursor.tag(end);
        if (tag === FIRST_TEXT) name = text(cursor, end);
        else if (tag === SECOND_TEXT) value = text(cursor, end);
        else cursor.skip(tag, end);
      }
      yield [name, value];
    }
    cursor.at = resumeAt;
  }

  /** Copies {@link labelBytes} bytes that stand for the labels. */
  copyLabels({ bytes }: ProtobufCursor, target: Uint8Array, offset: number): void {
    let at = offset;
    for (let i = 0; i < this.#labels.length; i += 2) {
      const label = bytes.subarray(this.#labels[i], this.#labels[i + 1]);
      // With their lengths, so that labels stay apart.
      target[at] = label.length & 0xff;
      target.set(label, at + 1);
      at += label.length + 1;
    }
  }

  get #inMemory(): number {
    return Math.min(this.#bounds.count, MOST_BUCKETS);
  }

  #label(cursor: ProtobufCursor, end: number): void {
    const labelEnd = cursor.lengthDelimited(end);
    this.#labels.push(cursor.at, labelEnd);
    this.labelBytes += labelEnd - cursor.at + 1;
    cursor.at = labelEnd;
  }

  #simple(cursor: ProtobufCursor, metricEnd: number): void {
    const end = cursor.lengthDelimited(metricEnd);
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === VALUE) this.#value = readDouble(cursor, tag, end);
      else {
        if (tag === COUNTER_EXEMPLAR) this.#exemplars.push({ of: OF_VALUE, at: cursor.at });
        cursor.skip(tag, end);
      }
    }
  }

  #summary(cursor: ProtobufCursor, metricEnd: number): void {
    const end = cursor.lengthDelimited(metricEnd);
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === SUMMARY_COUNT) this.#count = cursor.int64(end);
      else if (tag === SUMMARY_SUM) this.#sum = readDouble(cursor, tag, end);
      else if (tag === SUMMARY_QUANTILE) this.#quantile(cursor, end);
      else cursor.skip(tag, end);
    }
  }

  #quantile(cursor: ProtobufCursor, summaryEnd: number): void {
    const end = cursor.lengthDelimited(summaryEnd);
    let [quantile, value] = [0, 0];
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === QUANTILE) quantile = readDouble(cursor, tag, end);
      else if (tag === QUANTILE_VALUE) value = readDouble(cursor, tag, end);
      else cursor.skip(tag, end);
    }
    this.#bounds.add(quantile);
    this.#values.add(value);
  }

  #readHistogram(cursor: ProtobufCursor, metricEnd: number): void {
    const end = cursor.lengthDelimited(metricEnd);
    const message = this.#histogram;
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (message.read(cursor, tag, end)) continue;
      if (tag === HISTOGRAM_BUCKET) this.#bucket(cursor, end);
      else {
        if (tag === HISTOGRAM_EXEMPLAR) this.#exemplars.push({ of: OF_WHOLE, at: cursor.at });
        cursor.skip(tag, end);
      }
    }
    this.#count = message.countFloat || message.countInt;
    this.#sum = message.sum;
  }

  #bucket(cursor: ProtobufCursor, histogramEnd: number): void {
    const end = cursor.lengthDelimited(histogramEnd);
    let [bound, count, float] = [0, 0, 0];
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      if (tag === BUCKET_BOUND) bound = readDouble(cursor, tag, end);
      else if (tag === BUCKET_COUNT) count = cursor.int64(end);
      else if (tag === BUCKET_COUNT_FLOAT) float = readDouble(cursor, tag, end);
      else {
        if (tag === BUCKET_EXEMPLAR) this.#exemplars.push({ of: this.#bounds.count, at: cursor.at });
        cursor.skip(tag, end);
      }
    }
    this.#bounds.add(bound);
    this.#values.add(float || count);
  }
}
