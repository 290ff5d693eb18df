/** Data points of OTLP's protobuf, read in place: numbers into fields and lists that are filled anew for each, texts not at all. */

import type { ProtobufCursor } from '../../protobuf/protobuf-cursor.ts';
import { fixed64Tag, messageTag, varintTag } from '../../protobuf/tags.ts';
import { NumberList } from '../../native-histogram/number-list.ts';
import { EightBytes } from './eight-bytes.ts';
import { Runs } from './runs.ts';
import { SideBuckets, zigzag } from './side-buckets.ts';

/** Fields that have one number in all kinds of points. */
const START = fixed64Tag(2);
const TIME = fixed64Tag(3);

const NUMBER_DOUBLE = fixed64Tag(4);
const NUMBER_INT = fixed64Tag(6);
const NUMBER_EXEMPLAR = messageTag(5);
const NUMBER_ATTRIBUTE = messageTag(7);
const NUMBER_FLAGS = varintTag(8);

const COUNT = fixed64Tag(4);
const SUM = fixed64Tag(5);

const HISTOGRAM_COUNT = 6;
const HISTOGRAM_BOUND = 7;
const HISTOGRAM_EXEMPLAR = messageTag(8);
const HISTOGRAM_ATTRIBUTE = messageTag(9);

const EXPONENTIAL_ATTRIBUTE = messageTag(1);
const EXPONENTIAL_SCALE = varintTag(6);
const EXPONENTIAL_ZERO = fixed64Tag(7);
const EXPONENTIAL_POSITIVE = messageTag(8);
const EXPONENTIAL_NEGATIVE = messageTag(9);
const EXPONENTIAL_EXEMPLAR = messageTag(11);
const EXPONENTIAL_THRESHOLD = fixed64Tag(14);
const HISTOGRAM_FLAGS = varintTag(10);

const SUMMARY_QUANTILE = messageTag(6);
const QUANTILE = fixed64Tag(1);
const QUANTILE_VALUE = fixed64Tag(2);

const NO_RECORDED_VALUE = 1;

/** One data point of any kind. A field that the kind has not, or that was not sent, is 0, false or empty. */
export class DataPoint {
  /** Milliseconds. */
  time = 0;
  /** Halves of the start in nanoseconds: only whether it is the same matters. */
  startLow = 0;
  startHigh = 0;
  /** That there is no value at this time. */
  noRecordedValue = false;
  hasValue = false;
  /** The bits of a number's value; {@link value} is the same as a number, but for the bits of a NaN. */
  valueLow = 0;
  valueHigh = 0;
  value = 0;
  count = 0;
  hasSum = false;
  sum = 0;
  /** Of a histogram: counts of buckets, not cumulative, and the upper bounds of all but the last. */
  readonly bucketCounts = new NumberList();
  readonly bounds = new NumberList();
  scale = 0;
  zeroCount = 0;
  zeroThreshold = 0;
  readonly positive = new SideBuckets();
  readonly negative = new SideBuckets();
  /** Of a summary. */
  readonly quantiles = new NumberList();
  readonly quantileValues = new NumberList();
  /** Where attributes lie, tags included, and where each exemplar lies, without. */
  readonly attributes = new Runs();
  readonly exemplars = new Runs();

  readonly #cursor: ProtobufCursor;
  readonly #numbers: EightBytes;
  readonly #words = new Int32Array(2);
  readonly #double = new Float64Array(this.#words.buffer);

  constructor(cursor: ProtobufCursor) {
    this.#cursor = cursor;
    this.#numbers = new EightBytes(cursor);
  }

  /** Reads a NumberDataPoint from the cursor to `end`, as all of these do. @throws AtalayaError BAD_ENCODING */
  readNumber(end: number): void {
    const cursor = this.#cursor;
    this.#clear();
    this.hasValue = false;
    while (cursor.at < end) {
      const start = cursor.at;
      const tag = cursor.tag(end);
      switch (tag) {
        case NUMBER_DOUBLE:
          this.value = this.#numbers.double(end);
          this.valueLow = cursor.view.getInt32(cursor.at - 8, true);
          this.valueHigh = cursor.view.getInt32(cursor.at - 4, true);
          this.hasValue = true;
          break;
        case NUMBER_INT:
          this.value = this.#numbers.signed(end);
          this.#double[0] = this.value;
          this.valueLow = this.#words[0] as number;
          this.valueHigh = this.#words[1] as number;
          this.hasValue = true;
          break;
        case NUMBER_ATTRIBUTE:
          this.#attribute(start, end);
          break;
        case NUMBER_EXEMPLAR:
          this.#exemplar(end);
          break;
        case NUMBER_FLAGS:
          this.#flags(end);
          break;
        default:
          this.#common(tag, end);
      }
    }
  }

  /** A HistogramDataPoint. */
  readHistogram(end: number): void {
    const cursor = this.#cursor;
    this.#clear();
    this.#clearTotals();
    this.bucketCounts.count = 0;
    this.bounds.count = 0;
    while (cursor.at < end) {
      const start = cursor.at;
      const tag = cursor.tag(end);
      if (tag >>> 3 === HISTOGRAM_COUNT) this.#numbers.unsigneds(tag, end, this.bucketCounts);
      else if (tag >>> 3 === HISTOGRAM_BOUND) this.#numbers.doubles(tag, end, this.bounds);
      else if (tag === HISTOGRAM_ATTRIBUTE) this.#attribute(start, end);
      else if (tag === HISTOGRAM_EXEMPLAR) this.#exemplar(end);
      else if (tag === HISTOGRAM_FLAGS) this.#flags(end);
      else this.#total(tag, end);
    }
  }

  /** An ExponentialHistogramDataPoint. */
  readExponential(end: number): void {
    const cursor = this.#cursor;
    this.#clear();
    this.#clearTotals();
    this.scale = this.zeroCount = this.zeroThreshold = 0;
    this.positive.clear();
    this.negative.clear();
    while (cursor.at < end) {
      const start = cursor.at;
      const tag = cursor.tag(end);
      switch (tag) {
        case EXPONENTIAL_ATTRIBUTE:
          this.#attribute(start, end);
          break;
        case EXPONENTIAL_SCALE:
          this.scale = zigzag(cursor.uint32(end));
          break;
        case EXPONENTIAL_ZERO:
          this.zeroCount = this.#numbers.unsigned(end);
          break;
        case EXPONENTIAL_POSITIVE:
          this.positive.read(cursor, end);
          break;
        case EXPONENTIAL_NEGATIVE:
          this.negative.read(cursor, end);
          break;
        case EXPONENTIAL_THRESHOLD:
          this.zeroThreshold = this.#numbers.double(end);
          break;
        case EXPONENTIAL_EXEMPLAR:
          this.#exemplar(end);
          break;
        case HISTOGRAM_FLAGS:
          this.#flags(end);
          break;
        default:
          this.#total(tag, end);
      }
    }
  }

  /** A SummaryDataPoint; it always has a sum. */
  readSummary(end: number): void {
    const cursor = this.#cursor;
    this.#clear();
    this.#clearTotals();
    this.hasSum = true;
    this.quantiles.count = 0;
    this.quantileValues.count = 0;
    while (cursor.at < end) {
      const start = cursor.at;
      const tag = cursor.tag(end);
      if (tag === NUMBER_ATTRIBUTE) this.#attribute(start, end);
      else if (tag === SUMMARY_QUANTILE) this.#quantile(end);
      else if (tag === NUMBER_FLAGS) this.#flags(end);
      else this.#total(tag, end);
    }
  }

  #clear(): void {
    this.time = this.startLow = this.startHigh = 0;
    this.noRecordedValue = false;
    this.attributes.count = 0;
    this.exemplars.count = 0;
  }

  #clearTotals(): void {
    this.count = this.sum = 0;
    this.hasSum = false;
  }

  #total(tag: number, end: number): void {
    if (tag === COUNT) this.count = this.#numbers.unsigned(end);
    else if (tag === SUM) {
      this.sum = this.#numbers.double(end);
      this.hasSum = true;
    } else this.#common(tag, end);
  }

  #common(tag: number, end: number): void {
    const cursor = this.#cursor;
    if (tag === TIME) {
      const at = cursor.fixed(8, end);
      this.time = milliseconds(cursor.view.getUint32(at, true), cursor.view.getUint32(at + 4, true));
    } else if (tag === START) {
      const at = cursor.fixed(8, end);
      this.startLow = cursor.view.getInt32(at, true);
      this.startHigh = cursor.view.getInt32(at + 4, true);
    } else cursor.skip(tag, end);
  }

  #attribute(start: number, end: number): void {
    const to = this.#cursor.lengthDelimited(end);
    this.attributes.extend(start, to);
    this.#cursor.at = to;
  }

  #exemplar(end: number): void {
    const to = this.#cursor.lengthDelimited(end);
    this.exemplars.add(this.#cursor.at, to);
    this.#cursor.at = to;
  }

  #flags(end: number): void {
    this.noRecordedValue = (this.#cursor.uint32(end) & NO_RECORDED_VALUE) !== 0;
  }

  #quantile(end: number): void {
    const cursor = this.#cursor;
    const to = cursor.lengthDelimited(end);
    let quantile = 0;
    let value = 0;
    while (cursor.at < to) {
      const tag = cursor.tag(to);
      if (tag === QUANTILE) quantile = this.#numbers.double(to);
      else if (tag === QUANTILE_VALUE) value = this.#numbers.double(to);
      else cursor.skip(tag, to);
    }
    this.quantiles.add(quantile);
    this.quantileValues.add(value);
  }
}

/** Whole milliseconds of a number of nanoseconds in two halves; exact, where a float64 of nanoseconds would not be. */
export function milliseconds(low: number, high: number): number {
  // 2^32 is 4294 × 10^6 + 967296.
  return high * 4294 + Math.floor((high * 967_296 + low) / 1e6);
}
