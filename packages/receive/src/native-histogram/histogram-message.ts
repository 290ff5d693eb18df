/**
 * Reads native histograms out of protobuf messages. Remote write and scraped targets use messages of different field numbers
 * that otherwise say the same.
 */

import { type BucketSpan, type CounterResetHint, type NativeHistogram, STALE_HISTOGRAM } from '@atalaya/model';
import { FIXED64, LENGTH_DELIMITED, malformed, type ProtobufCursor, VARINT } from '../protobuf/protobuf-cursor.ts';
import { MOST_BUCKETS, NumberList } from './number-list.ts';

/** Field numbers of a histogram message. */
export interface HistogramFields {
  readonly countInt: number;
  readonly countFloat: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCountInt: number;
  readonly zeroCountFloat: number;
  readonly negativeSpans: number;
  readonly negativeDeltas: number;
  readonly negativeCounts: number;
  readonly positiveSpans: number;
  readonly positiveDeltas: number;
  readonly positiveCounts: number;
}

const SPAN_OFFSET = 0x08;
const SPAN_LENGTH = 0x10;
const NONE = new Float64Array(0);
/** The stale marker's bits. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

/** What one message held. Reused: {@link reset}, {@link read} field after field, then {@link histogram}. */
export class HistogramMessage {
  readonly #fields: HistogramFields;
  /** The counts as floats and as whole numbers; a message has one of each. */
  countFloat = 0;
  zeroCountFloat = 0;
  countInt = 0;
  zeroCountInt = 0;
  /** Whether the message names the float count, even as 0. */
  namesFloatCount = false;
  sum = 0;
  zeroThreshold = 0;
  /** Spans and buckets beyond what any histogram may have. */
  tooMany = 0;
  #schema = 0;
  #stale = false;
  #positiveSpans: BucketSpan[] = [];
  #negativeSpans: BucketSpan[] = [];
  readonly #positiveDeltas = new NumberList();
  readonly #negativeDeltas = new NumberList();
  readonly #positiveCounts = new NumberList();
  readonly #negativeCounts = new NumberList();

  constructor(fields: HistogramFields) {
    this.#fields = fields;
  }

  reset(): void {
    this.countFloat = this.zeroCountFloat = this.countInt = this.zeroCountInt = this.sum = this.zeroThreshold = 0;
    this.namesFloatCount = false;
    this.tooMany = 0;
    this.#schema = 0;
    this.#stale = false;
    this.#positiveSpans = [];
    this.#negativeSpans = [];
    for (const list of [this.#positiveDeltas, this.#negativeDeltas, this.#positiveCounts, this.#negativeCounts]) list.count = 0;
  }

  /** Whether the message has spans at all. */
  get hasSpans(): boolean {
    return this.#positiveSpans.length > 0 || this.#negativeSpans.length > 0;
  }

  /** Reads the field whose tag has just been read; false when it is none of a native histogram's, and the cursor stands still. */
  read(cursor: ProtobufCursor, tag: number, end: number): boolean {
    const fields = this.#fields;
    switch (tag >>> 3) {
      case fields.countInt:
        this.countInt = readVarint(cursor, tag, end);
        break;
      case fields.countFloat:
        this.countFloat = readDouble(cursor, tag, end);
        this.namesFloatCount = true;
        break;
      case fields.sum:
        this.sum = readDouble(cursor, tag, end);
        this.#stale = isStaleBefore(cursor);
        break;
      case fields.schema:
        this.#schema = zigzag(readVarint(cursor, tag, end));
        break;
      case fields.zeroThreshold:
        this.zeroThreshold = readDouble(cursor, tag, end);
        break;
      case fields.zeroCountInt:
        this.zeroCountInt = readVarint(cursor, tag, end);
        break;
      case fields.zeroCountFloat:
        this.zeroCountFloat = readDouble(cursor, tag, end);
        break;
      case fields.positiveSpans:
        this.#span(cursor, tag, end, this.#positiveSpans);
        break;
      case fields.negativeSpans:
        this.#span(cursor, tag, end, this.#negativeSpans);
        break;
      case fields.positiveDeltas:
        readNumbers(cursor, tag, end, this.#positiveDeltas);
        break;
      case fields.negativeDeltas:
        readNumbers(cursor, tag, end, this.#negativeDeltas);
        break;
      case fields.positiveCounts:
        readDoubles(cursor, tag, end, this.#positiveCounts);
        break;
      case fields.negativeCounts:
        readDoubles(cursor, tag, end, this.#negativeCounts);
        break;
      default:
        return false;
    }
    return true;
  }

  /** The histogram, its buckets absolute; {@link STALE_HISTOGRAM} when its sum is the stale marker. Nothing is checked but sizes. */
  histogram(float: boolean, counterReset: CounterResetHint, customBounds: NumberList | undefined): NativeHistogram {
    if (this.#stale) return STALE_HISTOGRAM;
    const positive = float ? this.#positiveCounts : this.#positiveDeltas;
    const negative = float ? this.#negativeCounts : this.#negativeDeltas;
    return {
      schema: this.#schema,
      counterReset,
      zeroThreshold: this.zeroThreshold,
      zeroCount: float ? this.zeroCountFloat : this.zeroCountInt,
      count: float ? this.countFloat : this.countInt,
      sum: this.sum,
      positiveSpans: this.#positiveSpans,
      positiveBuckets: bucketsOf(positive, float),
      negativeSpans: this.#negativeSpans,
      negativeBuckets: bucketsOf(negative, float),
      customBounds: customBounds === undefined || customBounds.count === 0 ? NONE : customBounds.copy(),
    };
  }

  /** How many spans, buckets or bounds of one kind there are at most; beyond {@link MOST_BUCKETS} the histogram is not whole. */
  largest(customBounds: NumberList | undefined): number {
    return Math.max(
      this.#positiveDeltas.count + this.#negativeDeltas.count,
      this.#positiveCounts.count + this.#negativeCounts.count,
      this.#positiveSpans.length + this.#negativeSpans.length + this.tooMany,
      customBounds?.count ?? 0,
    );
  }

  #span(cursor: ProtobufCursor, tag: number, end: number, spans: BucketSpan[]): void {
    if ((tag & 7) !== LENGTH_DELIMITED) malformed(`wire type ${tag & 7} for a span before byte ${cursor.at}`);
    const spanEnd = cursor.lengthDelimited(end);
    let offset = 0;
    let length = 0;
    while (cursor.at < spanEnd) {
      const part = cursor.tag(spanEnd);
      if (part === SPAN_OFFSET) offset = zigzag(cursor.int64(spanEnd));
      else if (part === SPAN_LENGTH) length = cursor.uint32(spanEnd);
      else cursor.skip(part, spanEnd);
    }
    if (spans.length === MOST_BUCKETS) this.tooMany++;
    else spans.push({ offset, length });
  }
}

function bucketsOf(list: NumberList, float: boolean): Float64Array {
  if (list.count === 0) return NONE;
  const buckets = list.copy();
  if (float) return buckets;
  let last = 0;
  for (let i = 0; i < buckets.length; i++) buckets[i] = last += buckets[i] as number;
  return buckets;
}

/** A signed number out of the unsigned one that stands for it; exact up to 2^52 either way. */
function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function readVarint(cursor: ProtobufCursor, tag: number, end: number): number {
  if ((tag & 7) !== VARINT) malformed(`wire type ${tag & 7} for a number before byte ${cursor.at}`);
  return cursor.int64(end);
}

/** Reads a double whose tag has just been read. */
export function readDouble(cursor: ProtobufCursor, tag: number, end: number): number {
  if ((tag & 7) !== FIXED64) malformed(`wire type ${tag & 7} for a double before byte ${cursor.at}`);
  if (cursor.at + 8 > end) malformed(`a double is cut off at byte ${end}`);
  const value = cursor.view.getFloat64(cursor.at, true);
  cursor.at += 8;
  return value;
}

/** Whether the double before the cursor is the stale marker, bit for bit. */
function isStaleBefore({ view, at }: ProtobufCursor): boolean {
  return view.getUint32(at - 8, true) === STALE_LOW && view.getUint32(at - 4, true) === STALE_HIGH;
}

/** Doubles of a repeated field, packed or one by one. */
export function readDoubles(cursor: ProtobufCursor, tag: number, end: number, into: NumberList): void {
  if ((tag & 7) !== LENGTH_DELIMITED) {
    into.add(readDouble(cursor, tag, end));
    return;
  }
  const fieldEnd = cursor.lengthDelimited(end);
  while (cursor.at < fieldEnd) into.add(readDouble(cursor, FIXED64, fieldEnd));
}

/** Signed numbers of a repeated field, packed or one by one. */
function readNumbers(cursor: ProtobufCursor, tag: number, end: number, into: NumberList): void {
  if ((tag & 7) === VARINT) into.add(zigzag(cursor.int64(end)));
  else {
    if ((tag & 7) !== LENGTH_DELIMITED) malformed(`wire type ${tag & 7} for a list of numbers before byte ${cursor.at}`);
    const fieldEnd = cursor.lengthDelimited(end);
    while (cursor.at < fieldEnd) into.add(zigzag(cursor.int64(fieldEnd)));
  }
}
