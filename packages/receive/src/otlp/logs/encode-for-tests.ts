/** Writes OTLP log requests for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';
import {
  attributes,
  bytes,
  encodeRequest,
  encodeValue,
  fixed32,
  fixed64,
  id,
  type TestAttribute,
  type TestResource,
  type TestScope,
  type TestValue,
  text,
  varint,
} from '../encode-for-tests.ts';

export interface TestRecord {
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  severityNumber?: number;
  severityText?: string;
  body?: TestValue;
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
  flags?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}
export interface TestScopeLogs {
  scope?: TestScope;
  logRecords?: TestRecord[];
  schemaUrl?: string;
}
export interface TestResourceLogs {
  resource?: TestResource;
  scopeLogs?: TestScopeLogs[];
  schemaUrl?: string;
}
export interface TestRequest {
  resourceLogs?: TestResourceLogs[];
}

/** One resource with one scope and these records. */
export function requestOf(records: TestRecord[], attributes: TestAttribute[] = []): TestRequest {
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: records }] }] };
}

/** The request as protobuf. */
export function encodeLogs({ resourceLogs = [] }: TestRequest): Uint8Array {
  return encodeRequest(
    resourceLogs.map(({ scopeLogs = [], ...group }) => ({
      ...group,
      scopes: scopeLogs.map(({ logRecords = [], ...scope }) => ({ ...scope, records: logRecords.map(encodeRecord) })),
    })),
  );
}

function encodeRecord(record: TestRecord): Uint8Array {
  return Buffer.concat([
    fixed64(1, record.timeUnixNano),
    fixed64(11, record.observedTimeUnixNano),
    varint(2, record.severityNumber),
    text(3, record.severityText),
    ...(record.body === undefined ? [] : [bytes(5, encodeValue(record.body))]),
    attributes(6, record.attributes),
    varint(7, record.droppedAttributesCount),
    fixed32(8, record.flags),
    id(9, record.traceId),
    id(10, record.spanId),
    text(12, record.eventName),
  ]);
}
