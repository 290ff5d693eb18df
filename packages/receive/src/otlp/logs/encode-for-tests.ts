/** Writes OTLP log requests for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';
import {
  attributes,
  bytes,
  encodeGroup,
  encodeResource,
  encodeScope,
  encodeValue,
  fixed32,
  fixed64,
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
  return Buffer.concat(
    resourceLogs.map(({ resource, scopeLogs = [], schemaUrl }) =>
      bytes(1, encodeGroup(scopeLogs.map(encodeScopeLogs), schemaUrl, encodeResource(resource))),
    ),
  );
}

const encodeScopeLogs = ({ scope, logRecords = [], schemaUrl }: TestScopeLogs): Uint8Array =>
  encodeGroup(logRecords.map(encodeRecord), schemaUrl, encodeScope(scope));

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
    ...(record.traceId === undefined ? [] : [bytes(9, Buffer.from(record.traceId, 'hex'))]),
    ...(record.spanId === undefined ? [] : [bytes(10, Buffer.from(record.spanId, 'hex'))]),
    text(12, record.eventName),
  ]);
}
