/** Writes what the OTLP requests of all signals have in common, for tests and benchmarks: described as OTLP's JSON, encoded as protobuf. */

import { Buffer } from 'node:buffer';

/** A double in OTLP's JSON. */
export type TestDouble = number | 'NaN' | 'Infinity' | '-Infinity';
/** AnyValue in OTLP's JSON; 64-bit numbers as text. */
export type TestValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: TestDouble }
  | { bytesValue: string }
  | { arrayValue: { values: TestValue[] } }
  | { kvlistValue: { values: TestAttribute[] } }
  | Record<string, never>;
export interface TestAttribute {
  key: string;
  value: TestValue;
}
export interface TestResource {
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
}
export interface TestScope {
  name?: string;
  version?: string;
  attributes?: TestAttribute[];
  droppedAttributesCount?: number;
}

/** An attribute that is a text. */
export const textAttribute = (key: string, value: string): TestAttribute => ({ key, value: { stringValue: value } });

/** A resource, its scopes, and their records, encoded already. */
export interface TestResourceGroup {
  resource?: TestResource;
  scopes: { scope?: TestScope; records: Uint8Array[]; schemaUrl?: string }[];
  schemaUrl?: string;
}

/** Export…ServiceRequest as protobuf: that of every signal has this form. */
export function encodeRequest(groups: readonly TestResourceGroup[]): Buffer {
  return Buffer.concat(
    groups.map(({ resource, scopes, schemaUrl }) => {
      const contents = scopes.map((group) => encodeGroup(group.records, group.schemaUrl, encodeScope(group.scope)));
      return bytes(1, encodeGroup(contents, schemaUrl, encodeResource(resource)));
    }),
  );
}

/** Resource… or Scope…: what describes lies behind the contents, as is allowed. */
function encodeGroup(contents: readonly Uint8Array[], schemaUrl: string | undefined, description: Uint8Array | undefined): Uint8Array {
  const parts = [...contents.map((content) => bytes(2, content)), text(3, schemaUrl)];
  return Buffer.concat(description === undefined ? parts : [...parts, bytes(1, description)]);
}

function encodeResource(resource: TestResource | undefined): Uint8Array | undefined {
  return resource && Buffer.concat([attributes(1, resource.attributes), varint(2, resource.droppedAttributesCount)]);
}

function encodeScope(scope: TestScope | undefined): Uint8Array | undefined {
  return (
    scope &&
    Buffer.concat([text(1, scope.name), text(2, scope.version), attributes(3, scope.attributes), varint(4, scope.droppedAttributesCount)])
  );
}

/** An AnyValue as protobuf. */
export function encodeValue(value: TestValue): Uint8Array {
  if ('stringValue' in value) return bytes(1, Buffer.from(value.stringValue));
  if ('boolValue' in value) return Buffer.from([2 * 8, value.boolValue ? 1 : 0]);
  if ('intValue' in value) return Buffer.from([3 * 8, ...varintBytes(BigInt.asUintN(64, BigInt(value.intValue)))]);
  if ('doubleValue' in value) return double(4, value.doubleValue);
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

export function attributes(field: number, list: readonly TestAttribute[] = []): Uint8Array {
  return Buffer.concat(list.map(({ key, value }) => bytes(field, Buffer.concat([text(1, key), bytes(2, encodeValue(value))]))));
}

export function text(field: number, value: string | undefined): Uint8Array {
  return value === undefined ? new Uint8Array() : bytes(field, Buffer.from(value));
}

/** Bytes of an id that is given as hex digits. */
export function id(field: number, hex: string | undefined): Uint8Array {
  return hex === undefined ? new Uint8Array() : bytes(field, Buffer.from(hex, 'hex'));
}

export function double(field: number, value: TestDouble | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array();
  const number = Buffer.alloc(9);
  number[0] = field * 8 + 1;
  number.writeDoubleLE(Number(value), 1);
  return number;
}

export function varint(field: number, value: number | undefined): Uint8Array {
  return value === undefined ? new Uint8Array() : Buffer.from([field * 8, ...varintBytes(BigInt(value))]);
}

export function fixed64(field: number, value: string | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array();
  const number = Buffer.alloc(9);
  number[0] = field * 8 + 1;
  number.writeBigUInt64LE(BigInt(value), 1);
  return number;
}

export function fixed32(field: number, value: number | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array();
  const number = Buffer.alloc(5);
  number[0] = field * 8 + 5;
  number.writeUInt32LE(value, 1);
  return number;
}

function varintBytes(value: bigint): number[] {
  const result: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) result.push(Number(rest & 0x7fn) | 0x80);
  result.push(Number(rest));
  return result;
}
