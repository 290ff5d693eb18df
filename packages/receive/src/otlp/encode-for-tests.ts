/** Writes OTLP log requests for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';

/** AnyValue in OTLP's JSON; 64-bit numbers as text. */
export type TestValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { bytesValue: string }
  | { arrayValue: { values: TestValue[] } }
  | { kvlistValue: { values: TestAttribute[] } }
  | Record<string, never>;
export interface TestAttribute {
  key: string;
  value: TestValue;
}
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
  scope?: { name?: string; version?: string; attributes?: TestAttribute[]; droppedAttributesCount?: number };
  logRecords?: TestRecord[];
  schemaUrl?: string;
}
export interface TestResourceLogs {
  resource?: { attributes?: TestAttribute[] };
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

/** An attribute that is a text. */
export const textAttribute = (key: string, value: string): TestAttribute => ({ key, value: { stringValue: value } });

/** The request as protobuf; what describes a resource or scope lies behind its contents, as is allowed. */
export function encodeLogs({ resourceLogs = [] }: TestRequest): Uint8Array {
  return Buffer.concat(
    resourceLogs.map(({ resource, scopeLogs = [], schemaUrl }) =>
      bytes(
        1,
        Buffer.concat([
          ...scopeLogs.map((scope) => bytes(2, encodeScope(scope))),
          text(3, schemaUrl),
          ...(resource === undefined ? [] : [bytes(1, attributes(1, resource.attributes))]),
        ]),
      ),
    ),
  );
}

function encodeScope({ scope, logRecords = [], schemaUrl }: TestScopeLogs): Uint8Array {
  const described =
    scope === undefined
      ? []
      : [
          bytes(
            1,
            Buffer.concat([
              text(1, scope.name),
              text(2, scope.version),
              attributes(3, scope.attributes),
              varint(4, scope.droppedAttributesCount),
            ]),
          ),
        ];
  return Buffer.concat([...logRecords.map((record) => bytes(2, encodeRecord(record))), text(3, schemaUrl), ...described]);
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
    ...(record.flags === undefined ? [] : [Buffer.from([8 * 8 + 5]), fixed32(record.flags)]),
    ...(record.traceId === undefined ? [] : [bytes(9, Buffer.from(record.traceId, 'hex'))]),
    ...(record.spanId === undefined ? [] : [bytes(10, Buffer.from(record.spanId, 'hex'))]),
    text(12, record.eventName),
  ]);
}

/** An AnyValue as protobuf. */
export function encodeValue(value: TestValue): Uint8Array {
  if ('stringValue' in value) return bytes(1, Buffer.from(value.stringValue));
  if ('boolValue' in value) return Buffer.from([2 * 8, value.boolValue ? 1 : 0]);
  if ('intValue' in value) return Buffer.from([3 * 8, ...varintBytes(BigInt.asUintN(64, BigInt(value.intValue)))]);
  if ('doubleValue' in value) {
    const number = Buffer.alloc(9);
    number[0] = 4 * 8 + 1;
    number.writeDoubleLE(Number(value.doubleValue), 1);
    return number;
  }
  if ('bytesValue' in value) return bytes(7, Buffer.from(value.bytesValue, 'base64'));
  if ('arrayValue' in value) {
    const { values } = value.arrayValue;
    return bytes(5, Buffer.concat(values.map((element) => bytes(1, encodeValue(element)))));
  }
  return 'kvlistValue' in value ? bytes(6, attributes(1, value.kvlistValue.values)) : new Uint8Array();
}

/** A length-delimited field. */
export function bytes(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varintBytes(BigInt(content.length))]), content]);
}

function attributes(field: number, list: readonly TestAttribute[] = []): Uint8Array {
  return Buffer.concat(list.map(({ key, value }) => bytes(field, Buffer.concat([text(1, key), bytes(2, encodeValue(value))]))));
}

function text(field: number, value: string | undefined): Uint8Array {
  return value === undefined ? new Uint8Array() : bytes(field, Buffer.from(value));
}

function varint(field: number, value: number | undefined): Uint8Array {
  return value === undefined ? new Uint8Array() : Buffer.from([field * 8, ...varintBytes(BigInt(value))]);
}

function fixed64(field: number, value: string | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array();
  const number = Buffer.alloc(9);
  number[0] = field * 8 + 1;
  number.writeBigUInt64LE(BigInt(value), 1);
  return number;
}

function fixed32(value: number): Uint8Array {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(value);
  return number;
}

function varintBytes(value: bigint): number[] {
  const result: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) result.push(Number(rest & 0x7fn) | 0x80);
  result.push(Number(rest));
  return result;
}
