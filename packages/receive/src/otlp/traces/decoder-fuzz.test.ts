import { ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpanWriter } from '../../traces/create-span-writer.ts';
import { RecordingSpanJournal } from '../../traces/read-batch-for-tests.ts';
import { SpanCollectors } from '../../traces/span-collector.ts';
import type { TestAttribute, TestValue } from '../encode-for-tests.ts';
import { anyAttributes, anyResource, anyScope, hex, survives, testDecoder, text, time } from '../fuzz.suite.ts';
import { runWalk } from '../run-walk-for-tests.ts';
import { encodeTraces, type TestRequest, type TestSpan } from './encode-for-tests.ts';
import { SpanTaker } from './span-taker.ts';
import { walkTracesJson } from './traces-json.ts';
import { walkTracesProtobuf } from './traces-protobuf.ts';

const NOW = Date.UTC(2026, 0, 15);

const recent = fc.bigInt({ min: BigInt(NOW - 1000) * 1_000_000n, max: BigInt(NOW) * 1_000_000n }).map(String);
const number = fc.integer({ min: 0, max: 0xffff_ffff });
const anyEvent = fc.record(
  { timeUnixNano: time, name: text, attributes: anyAttributes, droppedAttributesCount: number },
  { requiredKeys: [] },
);
const anyLink = fc.record(
  { traceId: hex(16), spanId: hex(8), traceState: text, attributes: anyAttributes, droppedAttributesCount: number },
  { requiredKeys: [] },
);
const optional: fc.Arbitrary<TestSpan> = fc.record(
  {
    parentSpanId: fc.oneof(hex(8), hex(3)),
    traceState: text,
    flags: number,
    name: text,
    kind: fc.integer({ min: 0, max: 9 }),
    endTimeUnixNano: fc.oneof(recent, time),
    attributes: anyAttributes,
    droppedAttributesCount: number,
    events: fc.array(anyEvent, { maxLength: 3 }),
    droppedEventsCount: number,
    links: fc.array(anyLink, { maxLength: 3 }),
    droppedLinksCount: number,
    status: fc.record({ code: fc.integer({ min: 0, max: 4 }), message: text }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const required: fc.Arbitrary<TestSpan> = fc.record({
  traceId: fc.oneof({ weight: 9, arbitrary: hex(16) }, hex(2)),
  spanId: fc.oneof({ weight: 9, arbitrary: hex(8) }, hex(0)),
  startTimeUnixNano: fc.oneof({ weight: 9, arbitrary: recent }, time),
});
const anySpan = fc.tuple(required, optional).map(([first, second]): TestSpan => ({ ...first, ...second }));
const anyRequest: fc.Arbitrary<TestRequest> = fc
  .array(
    fc.record({
      resource: anyResource,
      schemaUrl: text,
      scopeSpans: fc.array(fc.record({ scope: anyScope, schemaUrl: text, spans: fc.array(anySpan, { maxLength: 4 }) }), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  )
  .map((resourceSpans) => ({ resourceSpans }));

const decoder = {
  anyRequest,
  seed: 4318,
  countRecords: ({ resourceSpans = [] }: TestRequest) =>
    resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans)).length,
  encode: encodeTraces,
  async takeAll(body: Uint8Array | string) {
    const journal = new RecordingSpanJournal();
    const collectors = new SpanCollectors(createSpanWriter({ journal }), new ManualClock(NOW));
    const open = (): SpanTaker => new SpanTaker(collectors);
    const taker = runWalk(typeof body === 'string' ? walkTracesJson(body, open) : walkTracesProtobuf(body, open()));
    await taker.commit();
    return { stored: journal.spans, refused: taker.refused, records: taker.records };
  },
};

testDecoder(decoder);

test('a body cut anywhere, or with any one byte damaged, is refused or taken as far as it makes sense', async () => {
  const value: TestValue = { arrayValue: { values: [{ intValue: '-1' }, { doubleValue: 1.5 }, { kvlistValue: { values: [] } }] } };
  const attributes: TestAttribute[] = [
    { key: 'a', value },
    { key: 'text', value: { stringValue: 'x'.repeat(40) } },
  ];
  const span: TestSpan = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'n',
    startTimeUnixNano: `${NOW}000000`,
    flags: 1,
    attributes,
    events: [{ name: 'e', timeUnixNano: '1', attributes }],
    links: [{ traceId: 'ef'.repeat(16), spanId: '01'.repeat(8), attributes }],
    status: { code: 2, message: 'm' },
  };
  const encoded = encodeTraces({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'n' }, spans: [span, span] }] }],
  });
  for (let length = 0; length < encoded.length; length++) await survives(decoder, encoded.subarray(0, length));
  for (let at = 0; at < encoded.length; at++) {
    for (const byte of [0, 0x7f, 0x80, 0xff]) {
      const damaged = Uint8Array.from(encoded);
      damaged[at] = byte;
      await survives(decoder, damaged);
    }
  }
  expect((await decoder.takeAll(encoded)).stored).toHaveLength(2);
});
