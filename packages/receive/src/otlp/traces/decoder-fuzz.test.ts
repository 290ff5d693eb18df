import { AtalayaError, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpanWriter } from '../../traces/create-span-writer.ts';
import { RecordingSpanJournal, type RecordedSpan } from '../../traces/read-batch-for-tests.ts';
import { SpanCollectors } from '../../traces/span-collector.ts';
import type { TestAttribute, TestValue } from '../encode-for-tests.ts';
import { anyAttributes, anyResource, anyScope, hex, mutate, mutations, text, time } from '../fuzz.suite.ts';
import { encodeTraces, type TestRequest, type TestSpan } from './encode-for-tests.ts';
import { SpanTaker } from './span-taker.ts';
import { walkTracesJson } from './traces-json.ts';
import { walkTracesProtobuf } from './traces-protobuf.ts';

const NOW = Date.UTC(2026, 0, 15);
const SEED = 4318;

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

interface Taken {
  readonly spans: RecordedSpan[];
  readonly refused: ReadonlyMap<string, number>;
  readonly records: number;
}

async function takeAll(body: Uint8Array | string): Promise<Taken> {
  const journal = new RecordingSpanJournal();
  const collectors = new SpanCollectors(createSpanWriter({ journal }), new ManualClock(NOW));
  const open = (): SpanTaker => new SpanTaker(collectors);
  let taker = open();
  if (typeof body === 'string') {
    const walk = walkTracesJson(body, open);
    for (let step = walk.next(); ; step = walk.next()) {
      if (step.done !== true) continue;
      taker = step.value;
      break;
    }
  } else for (const _ of walkTracesProtobuf(body, taker));
  await taker.commit();
  return { spans: journal.spans, refused: taker.refused, records: taker.records };
}

/** Runs the decoder: whatever the bytes, it ends, with a batch that can be read, or with nothing but BAD_ENCODING. */
async function survives(body: Uint8Array | string): Promise<void> {
  let code = 'taken';
  try {
    await takeAll(body);
  } catch (error) {
    code = error instanceof AtalayaError ? error.code : String(error);
  }
  expect(['taken', 'BAD_ENCODING']).toContain(code);
}

test('random bytes are decoded or refused, never more', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 2000, seed: SEED });
});

test('mutated valid protobuf is decoded or refused, never more', async () => {
  const property = fc.asyncProperty(anyRequest, mutations, (request, steps) => survives(mutate(encodeTraces(request), steps)));
  await fc.assert(property, { numRuns: 1000, seed: SEED });
});

test('mutated valid JSON is decoded or refused, never more', async () => {
  const property = fc.asyncProperty(anyRequest, mutations, (request, steps) =>
    survives(Buffer.from(mutate(Buffer.from(JSON.stringify(request)), steps)).toString()),
  );
  await fc.assert(property, { numRuns: 1000, seed: SEED });
});

test('any JSON in any place is decoded or refused, never more', async () => {
  const property = fc.asyncProperty(anyRequest, fc.jsonValue(), fc.nat(), async (request, alien, nth) => {
    let left = nth % 60;
    const changed = JSON.stringify(request, (_key, value: unknown) => (left-- === 0 ? alien : value));
    await survives(changed);
  });
  await fc.assert(property, { numRuns: 1000, seed: SEED });
});

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
  for (let length = 0; length < encoded.length; length++) await survives(encoded.subarray(0, length));
  for (let at = 0; at < encoded.length; at++) {
    for (const byte of [0, 0x7f, 0x80, 0xff]) {
      const damaged = Uint8Array.from(encoded);
      damaged[at] = byte;
      await survives(damaged);
    }
  }
  expect((await takeAll(encoded)).spans).toHaveLength(2);
});

test('protobuf and JSON of the same request are the same spans', async () => {
  const property = fc.asyncProperty(anyRequest, async (request) => {
    const fromProtobuf = await takeAll(encodeTraces(request));
    expect(await takeAll(JSON.stringify(request))).toEqual(fromProtobuf);
    const sent = (request.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
    expect(fromProtobuf.records).toBe(sent.length);
    const refused = [...fromProtobuf.refused.values()].reduce((sum, count) => sum + count, 0);
    expect(fromProtobuf.spans.length + refused).toBe(sent.length);
  });
  await fc.assert(property, { numRuns: 500, seed: SEED });
});
