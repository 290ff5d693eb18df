/**
 * Native histograms as bytes: how they lie in the journal and in the store.
 *
 *     u8   version (1)
 *     u8   bits 0–1 counter reset, 2 counts are whole numbers, 3 the zero threshold is 2^-128, 7 a stale marker: nothing follows
 *     i8   schema
 *     f64  sum
 *     f64  zero threshold, unless bit 3 is set
 *          count, count of the zero bucket
 *          positive spans, positive buckets, negative spans, negative buckets
 *          custom bounds: how many, f64 each; with the schema -53 only
 *
 * Spans are their number, then offset (zigzag) and length of each. Counts are varints, those of buckets zigzag differences to the
 * bucket before, when all are whole numbers of moderate size, else f64. Little-endian throughout.
 */

import {
  type BucketSpan,
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  isStaleHistogram,
  type NativeHistogram,
  STALE_HISTOGRAM,
} from './native-histogram.ts';

const VERSION = 1;
const RESETS: readonly CounterResetHint[] = ['unknown', 'reset', 'no-reset', 'gauge'];
const WHOLE = 4;
const USUAL_ZERO = 8;
const STALE = 128;
/** What instrumentation libraries take for the width of the zero bucket. */
const USUAL_ZERO_THRESHOLD = 2 ** -128;
/** Differences of whole numbers up to here survive zigzag as a float64. */
const LARGEST_WHOLE = 2 ** 51;
const NONE = new Float64Array(0);
const NO_SPANS: readonly BucketSpan[] = [];

/** Where encoding happens; what comes out is a copy. */
let scratch = new Uint8Array(1024);
let scratchView = new DataView(scratch.buffer);
let length = 0;

/** The bytes of a histogram, which need not be valid. The result is freshly allocated and owned by the caller. */
export function encodeNativeHistogram(histogram: NativeHistogram): Uint8Array<ArrayBuffer> {
  if (isStaleHistogram(histogram)) return Uint8Array.of(VERSION, STALE);
  const { schema, zeroThreshold, zeroCount, count, sum, customBounds } = histogram;
  const whole =
    isWhole(count) && isWhole(zeroCount) && histogram.positiveBuckets.every(isWhole) && histogram.negativeBuckets.every(isWhole);
  const usualZero = zeroThreshold === USUAL_ZERO_THRESHOLD;
  length = 0;
  reserve(64);
  putByte(VERSION);
  putByte(RESETS.indexOf(histogram.counterReset) | (whole ? WHOLE : 0) | (usualZero ? USUAL_ZERO : 0));
  putByte(schema);
  putFloat(sum);
  if (!usualZero) putFloat(zeroThreshold);
  if (whole) {
    putVarint(count);
    putVarint(zeroCount);
  } else {
    putFloat(count);
    putFloat(zeroCount);
  }
  putSide(histogram.positiveSpans, histogram.positiveBuckets, whole);
  putSide(histogram.negativeSpans, histogram.negativeBuckets, whole);
  if (schema === CUSTOM_BUCKETS_SCHEMA) {
    reserve(10 + customBounds.length * 8);
    putVarint(customBounds.length);
    for (const bound of customBounds) putFloat(bound);
  }
  return scratch.slice(0, length);
}

function isWhole(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= LARGEST_WHOLE && !Object.is(count, -0);
}

function reserve(more: number): void {
  if (length + more <= scratch.length) return;
  const larger = new Uint8Array(Math.max(length + more, scratch.length * 2));
  larger.set(scratch);
  scratch = larger;
  scratchView = new DataView(scratch.buffer);
}

function putByte(byte: number): void {
  scratch[length++] = byte;
}

function putFloat(value: number): void {
  scratchView.setFloat64(length, value, true);
  length += 8;
}

function putVarint(value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    scratch[length++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  scratch[length++] = rest;
}

function putSigned(value: number): void {
  putVarint(value < 0 ? -value * 2 - 1 : value * 2);
}

function putSide(spans: readonly BucketSpan[], buckets: Float64Array, whole: boolean): void {
  reserve(10 + spans.length * 20 + buckets.length * 9);
  putVarint(spans.length);
  for (const span of spans) {
    putSigned(span.offset);
    putVarint(span.length);
  }
  if (!whole) {
    for (const count of buckets) putFloat(count);
    return;
  }
  let last = 0;
  for (const count of buckets) {
    putSigned(count - last);
    last = count;
  }
}

/**
 * The histogram in `bytes[start, end)`; `view` is one over the same bytes. Stale markers are {@link STALE_HISTOGRAM}.
 * @throws RangeError when these bytes are no histogram of a version that this program knows.
 */
export function decodeNativeHistogram(bytes: Uint8Array, view: DataView, start: number, end: number): NativeHistogram {
  const source = new Source(bytes, view, start, end);
  const version = source.byte();
  if (version !== VERSION) throw new RangeError(`native histogram of version ${version}; this program reads version ${VERSION}`);
  const flags = source.byte();
  if ((flags & STALE) !== 0) {
    source.finish();
    return STALE_HISTOGRAM;
  }
  const whole = (flags & WHOLE) !== 0;
  const schema = (source.byte() << 24) >> 24;
  const sum = source.float();
  const zeroThreshold = (flags & USUAL_ZERO) === 0 ? source.float() : USUAL_ZERO_THRESHOLD;
  const count = whole ? source.varint() : source.float();
  const zeroCount = whole ? source.varint() : source.float();
  const positiveSpans = source.spans();
  const positiveBuckets = source.buckets(positiveSpans, whole);
  const negativeSpans = source.spans();
  const negativeBuckets = source.buckets(negativeSpans, whole);
  const customBounds = schema === CUSTOM_BUCKETS_SCHEMA ? source.floats(source.varint()) : NONE;
  source.finish();
  const counterReset = RESETS[flags & 3] as CounterResetHint;
  return {
    schema,
    counterReset,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans,
    positiveBuckets,
    negativeSpans,
    negativeBuckets,
    customBounds,
  };
}

class Source {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, view: DataView, start: number, end: number) {
    this.#bytes = bytes;
    this.#view = view;
    this.#at = start;
    this.#end = end;
  }

  byte(): number {
    if (this.#at >= this.#end) throw cutOff();
    return this.#bytes[this.#at++] as number;
  }

  float(): number {
    if (this.#at + 8 > this.#end) throw cutOff();
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
      if (scale > Number.MAX_SAFE_INTEGER) throw new RangeError('a number in a native histogram has more than 53 bits');
    }
  }

  signed(): number {
    const zigzag = this.varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  spans(): readonly BucketSpan[] {
    const count = this.varint();
    if (count === 0) return NO_SPANS;
    this.#expect(count * 2);
    const spans: BucketSpan[] = [];
    for (let i = 0; i < count; i++) spans.push({ offset: this.signed(), length: this.varint() });
    return spans;
  }

  buckets(spans: readonly BucketSpan[], whole: boolean): Float64Array {
    let count = 0;
    for (const span of spans) count += span.length;
    if (!whole) return this.floats(count);
    if (count === 0) return NONE;
    this.#expect(count);
    const buckets = new Float64Array(count);
    let last = 0;
    for (let i = 0; i < count; i++) buckets[i] = last += this.signed();
    return buckets;
  }

  floats(count: number): Float64Array {
    if (count === 0) return NONE;
    this.#expect(count * 8);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = this.float();
    return values;
  }

  finish(): void {
    if (this.#at !== this.#end) throw new RangeError(`a native histogram ends ${this.#end - this.#at} bytes early`);
  }

  /** Before anything is allocated for what hostile bytes claim. */
  #expect(bytes: number): void {
    if (this.#at + bytes > this.#end) throw cutOff();
  }
}

function cutOff(): RangeError {
  return new RangeError('a native histogram is cut off');
}
