/** Writes OTLP metric requests for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';
import {
  attributes,
  bytes,
  double,
  encodeRequest,
  fixed64,
  id,
  type TestAttribute,
  type TestDouble,
  type TestResource,
  type TestScope,
  text,
  varint,
} from '../encode-for-tests.ts';

export interface TestExemplar {
  filteredAttributes?: TestAttribute[];
  timeUnixNano?: string;
  asDouble?: TestDouble;
  asInt?: string;
  spanId?: string;
  traceId?: string;
}
interface TestPoint {
  attributes?: TestAttribute[];
  startTimeUnixNano?: string;
  timeUnixNano?: string;
  exemplars?: TestExemplar[];
  flags?: number;
}
export interface TestNumberPoint extends TestPoint {
  asDouble?: TestDouble;
  asInt?: string;
}
export interface TestHistogramPoint extends TestPoint {
  count?: string;
  sum?: TestDouble;
  bucketCounts?: string[];
  explicitBounds?: TestDouble[];
  min?: number;
  max?: number;
}
export interface TestBuckets {
  offset?: number;
  bucketCounts?: string[];
}
export interface TestExponentialPoint extends TestPoint {
  count?: string;
  sum?: TestDouble;
  scale?: number;
  zeroCount?: string;
  positive?: TestBuckets;
  negative?: TestBuckets;
  zeroThreshold?: TestDouble;
}
export interface TestSummaryPoint extends TestPoint {
  count?: string;
  sum?: TestDouble;
  quantileValues?: { quantile?: TestDouble; value?: TestDouble }[];
}
export interface TestOtlpMetric {
  name?: string;
  description?: string;
  unit?: string;
  gauge?: { dataPoints?: TestNumberPoint[] };
  sum?: { dataPoints?: TestNumberPoint[]; aggregationTemporality?: number; isMonotonic?: boolean };
  histogram?: { dataPoints?: TestHistogramPoint[]; aggregationTemporality?: number };
  exponentialHistogram?: { dataPoints?: TestExponentialPoint[]; aggregationTemporality?: number };
  summary?: { dataPoints?: TestSummaryPoint[] };
}
export interface TestScopeMetrics {
  scope?: TestScope;
  metrics?: TestOtlpMetric[];
  schemaUrl?: string;
}
export interface TestMetricsRequest {
  resourceMetrics?: { resource?: TestResource; scopeMetrics?: TestScopeMetrics[]; schemaUrl?: string }[];
}

/** ExportMetricsServiceRequest as protobuf. */
export function encodeMetrics({ resourceMetrics = [] }: TestMetricsRequest): Buffer {
  return encodeRequest(
    resourceMetrics.map(({ scopeMetrics = [], ...group }) => ({
      ...group,
      scopes: scopeMetrics.map(({ metrics = [], ...scope }) => ({ ...scope, records: metrics.map(encodeMetric) })),
    })),
  );
}

/** A Metric as protobuf. */
export function encodeMetric(metric: TestOtlpMetric): Buffer {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  return Buffer.concat([
    text(1, metric.name),
    text(2, metric.description),
    text(3, metric.unit),
    data(5, gauge, encodeNumber),
    data(7, sum, encodeNumber),
    data(9, histogram, encodeHistogram),
    data(10, exponentialHistogram, encodeExponential),
    data(11, summary, encodeSummary),
  ]);
}

function data<Point>(
  field: number,
  content: { dataPoints?: Point[]; aggregationTemporality?: number; isMonotonic?: boolean } | undefined,
  encode: (point: Point) => Uint8Array,
): Uint8Array {
  if (content === undefined) return new Uint8Array();
  const { dataPoints = [], aggregationTemporality, isMonotonic } = content;
  const points = dataPoints.map((point) => bytes(1, encode(point)));
  return bytes(
    field,
    Buffer.concat([...points, varint(2, aggregationTemporality), varint(3, isMonotonic === undefined ? undefined : Number(isMonotonic))]),
  );
}

function encodeNumber(point: TestNumberPoint): Uint8Array {
  return Buffer.concat([common(point, 7, 5, 8), double(4, point.asDouble), fixed64(6, point.asInt && unsigned(point.asInt))]);
}

function encodeHistogram(point: TestHistogramPoint): Uint8Array {
  const { bucketCounts, explicitBounds } = point;
  return Buffer.concat([
    common(point, 9, 8, 10),
    fixed64(4, point.count),
    double(5, point.sum),
    bucketCounts ? bytes(6, Buffer.concat(bucketCounts.map((count) => fixed64(0, count).subarray(1)))) : new Uint8Array(),
    explicitBounds ? bytes(7, Buffer.concat(explicitBounds.map((bound) => double(0, bound).subarray(1)))) : new Uint8Array(),
    double(11, point.min),
    double(12, point.max),
  ]);
}

function encodeExponential(point: TestExponentialPoint): Uint8Array {
  return Buffer.concat([
    common(point, 1, 11, 10),
    fixed64(4, point.count),
    double(5, point.sum),
    sint32(6, point.scale),
    fixed64(7, point.zeroCount),
    buckets(8, point.positive),
    buckets(9, point.negative),
    double(14, point.zeroThreshold),
  ]);
}

function encodeSummary(point: TestSummaryPoint): Uint8Array {
  const quantiles = (point.quantileValues ?? []).map(({ quantile, value }) =>
    bytes(6, Buffer.concat([double(1, quantile), double(2, value)])),
  );
  return Buffer.concat([common(point, 7, 15, 8), fixed64(4, point.count), double(5, point.sum), ...quantiles]);
}

function common(point: TestPoint, attributeField: number, exemplarField: number, flagsField: number): Uint8Array {
  return Buffer.concat([
    attributes(attributeField, point.attributes),
    fixed64(2, point.startTimeUnixNano),
    fixed64(3, point.timeUnixNano),
    ...(point.exemplars ?? []).map((exemplar) => bytes(exemplarField, encodeExemplar(exemplar))),
    varint(flagsField, point.flags),
  ]);
}

function encodeExemplar(exemplar: TestExemplar): Uint8Array {
  return Buffer.concat([
    attributes(7, exemplar.filteredAttributes),
    fixed64(2, exemplar.timeUnixNano),
    double(3, exemplar.asDouble),
    fixed64(6, exemplar.asInt && unsigned(exemplar.asInt)),
    id(4, exemplar.spanId),
    id(5, exemplar.traceId),
  ]);
}

function buckets(field: number, side: TestBuckets | undefined): Uint8Array {
  if (side === undefined) return new Uint8Array();
  const counts = (side.bucketCounts ?? []).map((count) => varint(0, Number(count)).subarray(1));
  return bytes(field, Buffer.concat([sint32(1, side.offset), bytes(2, Buffer.concat(counts))]));
}

function sint32(field: number, value: number | undefined): Uint8Array {
  return varint(field, value === undefined ? undefined : ((value << 1) ^ (value >> 31)) >>> 0);
}

/** The same 64 bits without a sign. */
function unsigned(digits: string): string {
  return String(BigInt.asUintN(64, BigInt(digits)));
}
