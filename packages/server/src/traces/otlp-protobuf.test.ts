import { LENGTH_DELIMITED, ProtobufCursor } from '@atalaya/receive';
import { expect, test } from 'vitest';
import { exampleSpans, TRACE_ID } from './example-for-tests.ts';
import { resourceSpansJson } from './otlp-json.ts';
import { traceByIdProtobuf, tracesProtobuf } from './otlp-protobuf.ts';

/** A message as opentelemetry-proto declares it: by field number the name in JSON, and how its value reads. */
type Shape = Readonly<Record<number, readonly [name: string, read: Read]>>;
type Read = 'text' | 'id' | 'base64' | 'bool' | 'uint' | 'int64' | 'fixed32' | 'fixed64' | 'double' | readonly [Shape, 'one' | 'many'];

const many = (shape: Shape): Read => [shape, 'many'];
const one = (shape: Shape): Read => [shape, 'one'];
const value: Record<number, readonly [string, Read]> = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  7: ['bytesValue', 'base64'],
};
const pair: Shape = { 1: ['key', 'text'], 2: ['value', one(value)] };
value[5] = ['arrayValue', one({ 1: ['values', many(value)] })];
value[6] = ['kvlistValue', one({ 1: ['values', many(pair)] })];
const event: Shape = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['name', 'text'],
  3: ['attributes', many(pair)],
  4: ['droppedAttributesCount', 'uint'],
};
const link: Shape = {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'text'],
  4: ['attributes', many(pair)],
  5: ['droppedAttributesCount', 'uint'],
};
const span: Shape = {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'id'],
  5: ['name', 'text'],
  6: ['kind', 'uint'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', many(pair)],
  10: ['droppedAttributesCount', 'uint'],
  11: ['events', many(event)],
  12: ['droppedEventsCount', 'uint'],
  13: ['links', many(link)],
  14: ['droppedLinksCount', 'uint'],
  15: ['status', one({ 2: ['message', 'text'], 3: ['code', 'uint'] })],
  16: ['flags', 'fixed32'],
};
const scope: Shape = { 1: ['name', 'text'], 2: ['version', 'text'], 3: ['attributes', many(pair)], 4: ['droppedAttributesCount', 'uint'] };
const resource: Shape = { 1: ['attributes', many(pair)], 2: ['droppedAttributesCount', 'uint'] };
const scopeSpans: Shape = { 1: ['scope', one(scope)], 2: ['spans', many(span)], 3: ['schemaUrl', 'text'] };
const resourceSpans: Shape = { 1: ['resource', one(resource)], 2: ['scopeSpans', many(scopeSpans)], 3: ['schemaUrl', 'text'] };
const traces: Shape = { 1: ['resourceSpans', many(resourceSpans)] };

/** The message as OTLP's JSON would have it. */
function decode(bytes: Uint8Array, shape: Shape): Record<string, unknown> {
  const cursor = new ProtobufCursor(bytes);
  const message: Record<string, unknown> = {};
  while (cursor.at < bytes.length) {
    const tag = cursor.tag(bytes.length);
    const [name, read] = shape[tag >> 3] ?? [`field ${tag >> 3}`, 'text'];
    if (tag % 8 !== LENGTH_DELIMITED) {
      const start = cursor.at;
      cursor.skip(tag, bytes.length);
      message[name] = scalar(bytes.slice(start, cursor.at), read);
      continue;
    }
    const end = cursor.lengthDelimited(bytes.length);
    const content = bytes.subarray(cursor.at, end);
    cursor.at = end;
    if (typeof read === 'string')
      message[name] = Buffer.from(content).toString(read === 'id' ? 'hex' : read === 'base64' ? 'base64' : 'utf8');
    else if (read[1] === 'one') message[name] = decode(content, read[0]);
    else message[name] = [...((message[name] as unknown[] | undefined) ?? []), decode(content, read[0])];
  }
  return message;
}

function scalar(bytes: Uint8Array, read: Read): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (read === 'fixed64') return String(view.getBigUint64(0, true));
  if (read === 'fixed32') return view.getUint32(0, true);
  if (read === 'double') {
    const double = view.getFloat64(0, true);
    return Number.isFinite(double) ? double : String(double);
  }
  const number = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
  if (read === 'bool') return number === 1n;
  return read === 'int64' ? String(BigInt.asIntN(64, number)) : Number(number);
}

/** Without what protobuf leaves out: empty texts, lists and statuses. */
function withoutEmpty(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutEmpty);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).filter(([name, field]) => {
    if (name === 'values' || name === 'name') return (field as unknown[]).length > 0;
    return name !== 'status' || Object.keys(field as object).length > 0;
  });
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutEmpty(field)]));
}

const expected = withoutEmpty(JSON.parse(resourceSpansJson(exampleSpans())));

test('the protobuf says what the JSON says', () => {
  expect(decode(tracesProtobuf(exampleSpans()), traces)).toEqual({ resourceSpans: expected });
  expect(Buffer.from(tracesProtobuf(exampleSpans())).includes(Buffer.from(TRACE_ID, 'hex'))).toBe(true);
});

test("the second version of Tempo's answer wraps it", () => {
  expect(decode(traceByIdProtobuf(exampleSpans()), { 1: ['trace', one(traces)] })).toEqual({ trace: { resourceSpans: expected } });
});

test('nothing is no bytes', () => {
  expect(tracesProtobuf([])).toHaveLength(0);
});
