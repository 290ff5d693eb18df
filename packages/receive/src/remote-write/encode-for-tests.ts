/** Writes remote-write bodies, for tests and benchmarks: what senders do, and what no honest sender would. */

import type { Exemplar } from '../metric-writer.ts';
import type { MetricType, NativeHistogram } from '@atalaya/model';
import { compressSync } from 'snappy';
import { METRIC_TYPES } from './decoded-series.ts';

/** A sample to encode; `bits` instead of `value` where a NaN's payload matters. */
export interface TestSample {
  readonly timestamp: number;
  readonly value?: number;
  readonly bits?: bigint;
}

/** A native histogram to encode: its buckets absolute, as whole numbers unless `float` says otherwise. */
export interface TestHistogram extends Partial<NativeHistogram> {
  readonly timestamp: number;
  readonly float?: boolean;
  /** In place of the sum, where a NaN's payload matters. */
  readonly sumBits?: bigint;
}

/** A series to encode. */
export interface TestSeries {
  /** Names and values alternating, in the order to send; bytes where the text shall not be UTF-8. */
  readonly labels: readonly (string | Uint8Array)[];
  readonly samples?: readonly TestSample[];
  readonly histograms?: readonly TestHistogram[];
  readonly exemplars?: readonly Exemplar[];
  /** 2.0 only. */
  readonly metadata?: { readonly type: MetricType; readonly help: string; readonly unit?: string };
}

/** 1.0 metadata. */
export interface TestMetadata {
  readonly metric: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit?: string;
}

/** Appends protobuf fields to a growing list of bytes. */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];

  /** `always` writes a zero too, as it must be in a list. */
  varint(field: number, value: number | bigint, always = false): this {
    if (always || BigInt(value) !== 0n) this.#chunks.push(varintBytes(field * 8), varintBytes(value));
    return this;
  }

  fixed64(field: number, bits: bigint): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, bits, true);
    if (bits !== 0n) this.#chunks.push(varintBytes(field * 8 + 1), bytes);
    return this;
  }

  bytes(field: number, content: Uint8Array): this {
    this.#chunks.push(varintBytes(field * 8 + 2), varintBytes(content.length), content);
    return this;
  }

  /** A message after its length. */
  delimited(content: Uint8Array): this {
    return this.raw(varintBytes(content.length)).raw(content);
  }

  /** Bytes as they are, tag included. */
  raw(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

const encoder = new TextEncoder();
const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? encoder.encode(text) : text);

function varintBytes(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

function sampleMessage({ timestamp, value = 0, bits }: TestSample): Uint8Array {
  const valueBits = bits ?? new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  return new ProtobufWriter().fixed64(1, valueBits).varint(2, timestamp).finish();
}

const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
const zigzag = (value: number): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
const doubles = (values: Iterable<number>): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);

/** Differences of whole numbers, packed. */
function deltas(buckets: Iterable<number>): Uint8Array {
  let last = 0;
  return Buffer.concat(
    Array.from(buckets, (count) => {
      const delta = count - last;
      last = count;
      return varintBytes(zigzag(delta));
    }),
  );
}

/** A `Histogram` message of either version. */
function histogramMessage(histogram: TestHistogram): Uint8Array {
  const { schema = 0, count = 0, sum = 0, sumBits, zeroThreshold = 0, zeroCount = 0, float = false, timestamp } = histogram;
  const { positiveSpans = [], positiveBuckets = [], negativeSpans = [], negativeBuckets = [], customBounds = [] } = histogram;
  const message = new ProtobufWriter();
  // A member of a oneof is written even when it is 0.
  if (float) message.raw(Uint8Array.of(0x11, ...doubles([count])));
  else message.varint(1, count);
  message
    .fixed64(3, sumBits ?? bitsOf(sum))
    .varint(4, zigzag(schema))
    .fixed64(5, bitsOf(zeroThreshold));
  if (float) message.fixed64(7, bitsOf(zeroCount));
  else message.varint(6, zeroCount);
  for (const [field, spans, buckets] of [
    [8, negativeSpans, negativeBuckets],
    [11, positiveSpans, positiveBuckets],
  ] as const) {
    for (const { offset, length } of spans) message.bytes(field, new ProtobufWriter().varint(1, zigzag(offset)).varint(2, length).finish());
    if (float) message.bytes(field + 2, doubles(buckets));
    else message.bytes(field + 1, deltas(buckets));
  }
  const hint = ['unknown', 'reset', 'no-reset', 'gauge'].indexOf(histogram.counterReset ?? 'unknown');
  return message.varint(14, hint).varint(15, timestamp).bytes(16, doubles(customBounds)).finish();
}

const labelMessage = (name: string | Uint8Array, value: string | Uint8Array): Uint8Array =>
  new ProtobufWriter().bytes(1, bytesOf(name)).bytes(2, bytesOf(value)).finish();

/** The protobuf bytes of a 1.0 request. */
export function encodeV1(series: readonly TestSeries[], metadata: readonly TestMetadata[] = []): Uint8Array {
  const request = new ProtobufWriter();
  for (const { labels, samples = [], histograms = [], exemplars = [] } of series) {
    const message = new ProtobufWriter();
    for (let i = 0; i < labels.length; i += 2) {
      const [name = '', value = ''] = labels.slice(i, i + 2);
      message.bytes(1, labelMessage(name, value));
    }
    for (const sample of samples) message.bytes(2, sampleMessage(sample));
    for (const { labels: texts, value, timestamp } of exemplars) {
      const exemplar = new ProtobufWriter();
      for (let i = 0; i < texts.length; i += 2) exemplar.bytes(1, labelMessage(texts[i] as string, texts[i + 1] as string));
      message.bytes(3, exemplar.fixed64(2, bitsOf(value)).varint(3, timestamp).finish());
    }
    for (const histogram of histograms) message.bytes(4, histogramMessage(histogram));
    request.bytes(1, message.finish());
  }
  for (const { metric, type, help, unit = '' } of metadata) {
    const message = new ProtobufWriter().varint(1, METRIC_TYPES.indexOf(type)).bytes(2, bytesOf(metric));
    request.bytes(3, message.bytes(4, bytesOf(help)).bytes(5, bytesOf(unit)).finish());
  }
  return request.finish();
}

/** The protobuf bytes of a 2.0 request. */
export function encodeV2(series: readonly TestSeries[]): Uint8Array {
  const symbols: Uint8Array[] = [];
  const known = new Map<string, number>();
  const refOf = (text: string | Uint8Array): number => {
    const bytes = bytesOf(text);
    const key = Buffer.from(bytes).toString('latin1');
    const ref = known.get(key) ?? symbols.push(bytes) - 1;
    known.set(key, ref);
    return ref;
  };
  refOf('');
  const messages = series.map(({ labels, samples = [], histograms = [], exemplars = [], metadata }) => {
    const message = new ProtobufWriter().bytes(1, Buffer.concat(labels.map((text) => varintBytes(refOf(text)))));
    for (const sample of samples) message.bytes(2, sampleMessage(sample));
    for (const histogram of histograms) message.bytes(3, histogramMessage(histogram));
    for (const { labels: texts, value, timestamp } of exemplars) {
      const refs = Buffer.concat(texts.map((text) => varintBytes(refOf(text))));
      message.bytes(4, new ProtobufWriter().bytes(1, refs).fixed64(2, bitsOf(value)).varint(3, timestamp).finish());
    }
    if (metadata !== undefined) {
      const { type, help, unit = '' } = metadata;
      const content = new ProtobufWriter().varint(1, METRIC_TYPES.indexOf(type)).varint(3, refOf(help)).varint(4, refOf(unit));
      message.bytes(5, content.finish());
    }
    // A created timestamp, which the receiver passes over.
    return message.varint(6, 1_700_000_000_000).finish();
  });
  const request = new ProtobufWriter();
  for (const symbol of symbols) request.bytes(4, symbol);
  for (const message of messages) request.bytes(5, message);
  return request.finish();
}

/** Headers and body of a request with this content. */
export function requestOf(version: '1.0' | '2.0', content: Uint8Array): { headers: Record<string, string>; body: Uint8Array } {
  const message = version === '1.0' ? 'prometheus.WriteRequest' : 'io.prometheus.write.v2.Request';
  return {
    headers: {
      'content-type': `application/x-protobuf;proto=${message}`,
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': version === '1.0' ? '0.1.0' : '2.0.0',
    },
    body: compressSync(content),
  };
}
