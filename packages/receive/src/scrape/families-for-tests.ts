/** Writes scraped bodies in the protobuf format, as instrumentation libraries do: for tests. */

import type { ScrapedExemplar } from './exposition.ts';
import type { BucketSpan } from '@atalaya/model';
import { ProtobufWriter } from '../remote-write/encode-for-tests.ts';

/** A native histogram with whole counts, and the classic buckets beside it. */
export interface TestMetricHistogram {
  readonly count?: number;
  readonly sum?: number;
  /** Upper bound and cumulative count. */
  readonly buckets?: readonly (readonly [bound: number, count: number])[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positiveSpans?: readonly BucketSpan[];
  /** Absolute. */
  readonly positiveBuckets?: readonly number[];
  readonly negativeSpans?: readonly BucketSpan[];
  readonly negativeBuckets?: readonly number[];
  /** As floats. */
  readonly float?: boolean;
  readonly exemplars?: readonly ScrapedExemplar[];
  /** Of the classic buckets, by their place. */
  readonly bucketExemplars?: Readonly<Record<number, ScrapedExemplar>>;
}

/** One metric of a family. */
export interface TestMetric {
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a counter, gauge or untyped metric. */
  readonly value?: number;
  /** Of a counter. */
  readonly exemplar?: ScrapedExemplar;
  readonly summary?: { readonly count: number; readonly sum: number; readonly quantiles: readonly (readonly [number, number])[] };
  readonly histogram?: TestMetricHistogram;
  readonly timestamp?: number;
}

/** A metric family; its type as its number in the messages would have it. */
export interface TestFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary' | 'untyped' | 'histogram' | 'gaugehistogram';
  readonly help?: string;
  readonly unit?: string;
  readonly metrics: readonly TestMetric[];
}

const TYPES: readonly TestFamily['type'][] = ['counter', 'gauge', 'summary', 'untyped', 'histogram', 'gaugehistogram'];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const bits = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
const zigzag = (value: number): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);

/** Protobuf bytes of the families, each after its length. */
export function encodeFamilies(families: readonly TestFamily[]): Uint8Array {
  const body = new ProtobufWriter();
  for (const family of families) {
    const message = new ProtobufWriter().bytes(1, text(family.name)).bytes(2, text(family.help ?? ''));
    message.varint(3, TYPES.indexOf(family.type));
    for (const metric of family.metrics) message.bytes(4, metricMessage(family.type, metric));
    if (family.unit !== undefined) message.bytes(5, text(family.unit));
    body.delimited(message.finish());
  }
  return body.finish();
}

function exemplarMessage({ labels, value, timestamp }: ScrapedExemplar): Uint8Array {
  const message = new ProtobufWriter();
  for (let i = 0; i < labels.length; i += 2) message.bytes(1, labelMessage(labels[i] as string, labels[i + 1] as string));
  message.fixed64(2, bits(value));
  if (Number.isNaN(timestamp)) return message.finish();
  const [seconds, rest] = [Math.floor(timestamp / 1000), timestamp % 1000];
  return message
    .bytes(
      3,
      new ProtobufWriter()
        .varint(1, seconds)
        .varint(2, rest * 1e6)
        .finish(),
    )
    .finish();
}

const labelMessage = (name: string, content: string): Uint8Array =>
  new ProtobufWriter().bytes(1, text(name)).bytes(2, text(content)).finish();

function metricMessage(type: TestFamily['type'], metric: TestMetric): Uint8Array {
  const { labels = {}, value = 0, exemplar, summary, histogram, timestamp = 0 } = metric;
  const message = new ProtobufWriter();
  for (const [name, content] of Object.entries(labels)) message.bytes(1, labelMessage(name, content));
  const simple = new ProtobufWriter().fixed64(1, bits(value));
  if (type === 'gauge') message.bytes(2, simple.finish());
  if (type === 'counter') {
    if (exemplar !== undefined) simple.bytes(2, exemplarMessage(exemplar));
    // A created timestamp.
    message.bytes(3, simple.bytes(3, new Uint8Array(0)).finish());
  }
  if (type === 'untyped') message.bytes(5, simple.finish());
  if (summary !== undefined) {
    const content = new ProtobufWriter().varint(1, summary.count).fixed64(2, bits(summary.sum));
    for (const [quantile, at] of summary.quantiles)
      content.bytes(3, new ProtobufWriter().fixed64(1, bits(quantile)).fixed64(2, bits(at)).finish());
    message.bytes(4, content.finish());
  }
  if (histogram !== undefined) message.bytes(7, histogramMessage(histogram));
  return message.varint(6, timestamp).finish();
}

function histogramMessage(histogram: TestMetricHistogram): Uint8Array {
  const { count = 0, sum = 0, buckets = [], schema = 0, zeroThreshold = 0, zeroCount = 0, float = false } = histogram;
  const { positiveSpans = [], positiveBuckets = [], negativeSpans = [], negativeBuckets = [] } = histogram;
  const message = new ProtobufWriter();
  if (float) message.fixed64(4, bits(count)).fixed64(8, bits(zeroCount));
  else message.varint(1, count).varint(7, zeroCount);
  message.fixed64(2, bits(sum));
  const { exemplars = [], bucketExemplars = {} } = histogram;
  for (const [i, [bound, cumulative]] of buckets.entries()) {
    const bucket = new ProtobufWriter().varint(1, cumulative).fixed64(2, bits(bound));
    const exemplar = bucketExemplars[i];
    if (exemplar !== undefined) bucket.bytes(3, exemplarMessage(exemplar));
    message.bytes(3, bucket.finish());
  }
  message.varint(5, zigzag(schema)).fixed64(6, bits(zeroThreshold));
  for (const [field, spans, counts] of [
    [9, negativeSpans, negativeBuckets],
    [12, positiveSpans, positiveBuckets],
  ] as const) {
    for (const { offset, length } of spans) message.bytes(field, new ProtobufWriter().varint(1, zigzag(offset)).varint(2, length).finish());
    let last = 0;
    for (const one of counts) {
      // One by one, not packed: as older libraries write them.
      if (float) message.fixed64(field + 2, bits(one));
      else message.varint(field + 1, zigzag(one - last), true);
      last = one;
    }
  }
  for (const exemplar of exemplars) message.bytes(16, exemplarMessage(exemplar));
  return message.finish();
}
