import { AtalayaError, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogWriter } from '../../logs/create-log-writer.ts';
import { RecordingLogJournal, type RecordedLine } from '../../logs/read-batch-for-tests.ts';
import type { TestValue } from '../encode-for-tests.ts';
import { anyAttributes, anyResource, anyScope, anyValue, hex, mutate, mutations, text, time } from '../fuzz.suite.ts';
import { encodeLogs, type TestRecord, type TestRequest } from './encode-for-tests.ts';
import { walkLogsJson } from './logs-json.ts';
import { walkLogsProtobuf } from './logs-protobuf.ts';
import { RecordTaker } from './take-records.ts';

const NOW = Date.UTC(2026, 0, 15);
const SEED = 4318;

const recent = fc.bigInt({ min: BigInt(NOW - 1000) * 1_000_000n, max: BigInt(NOW) * 1_000_000n }).map(String);

const anyRecord: fc.Arbitrary<TestRecord> = fc.record(
  {
    timeUnixNano: fc.oneof(recent, recent, time),
    observedTimeUnixNano: fc.oneof(recent, time),
    severityNumber: fc.integer({ min: 0, max: 30 }),
    severityText: text,
    body: anyValue,
    attributes: anyAttributes,
    droppedAttributesCount: fc.nat(),
    flags: fc.integer({ min: 0, max: 0xffff_ffff }),
    traceId: hex(16),
    spanId: hex(8),
    eventName: text,
  },
  { requiredKeys: [] },
);
const anyRequest: fc.Arbitrary<TestRequest> = fc
  .array(
    fc.record({
      resource: anyResource,
      schemaUrl: text,
      scopeLogs: fc.array(
        fc.record({
          scope: anyScope,
          schemaUrl: text,
          logRecords: fc.array(anyRecord, { maxLength: 4 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  )
  .map((resourceLogs) => ({ resourceLogs }));

interface Taken {
  readonly lines: RecordedLine[];
  readonly refused: ReadonlyMap<string, number>;
  readonly records: number;
}

async function takeAll(body: Uint8Array | string): Promise<Taken> {
  const journal = new RecordingLogJournal();
  const clock = new ManualClock(NOW);
  const writer = createLogWriter({ journal, clock });
  const open = (): RecordTaker => new RecordTaker(writer, clock);
  let taker = open();
  if (typeof body === 'string') {
    const walk = walkLogsJson(body, open);
    for (let step = walk.next(); ; step = walk.next()) {
      if (step.done !== true) continue;
      taker = step.value;
      break;
    }
  } else for (const _ of walkLogsProtobuf(body, taker));
  await taker.commit();
  return { lines: journal.lines, refused: taker.refused, records: taker.records };
}

/** Runs the decoder: whatever the bytes, it ends, and with nothing but BAD_ENCODING. */
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
  const property = fc.asyncProperty(anyRequest, mutations, (request, steps) => survives(mutate(encodeLogs(request), steps)));
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
    let left = nth % 40;
    const changed = JSON.stringify(request, (_key, value: unknown) => (left-- === 0 ? alien : value));
    await survives(changed);
  });
  await fc.assert(property, { numRuns: 1000, seed: SEED });
});

test('a body cut anywhere is refused, or ends between two fields', async () => {
  const value: TestValue = { arrayValue: { values: [{ intValue: '-1' }, { doubleValue: 1.5 }, { kvlistValue: { values: [] } }] } };
  const attributes = [{ key: 'a', value }];
  const record: TestRecord = {
    timeUnixNano: `${NOW}000000`,
    body: value,
    attributes,
    flags: 1,
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
  };
  const scopeLogs = [{ scope: { name: 'n', attributes }, logRecords: [record, record] }];
  const encoded = encodeLogs({ resourceLogs: [{ resource: { attributes }, scopeLogs }] });
  for (let length = 0; length < encoded.length; length++) await survives(encoded.subarray(0, length));
  expect((await takeAll(encoded)).lines).toHaveLength(2);
});

test('protobuf and JSON of the same request are the same lines', async () => {
  const property = fc.asyncProperty(anyRequest, async (request) => {
    const fromProtobuf = await takeAll(encodeLogs(request));
    expect(await takeAll(JSON.stringify(request))).toEqual(fromProtobuf);
    const sent = (request.resourceLogs ?? []).flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
    expect(fromProtobuf.records).toBe(sent.length);
    const refused = [...fromProtobuf.refused.values()].reduce((sum, count) => sum + count, 0);
    expect(fromProtobuf.lines.length + refused).toBe(sent.length);
  });
  await fc.assert(property, { numRuns: 500, seed: SEED });
});
