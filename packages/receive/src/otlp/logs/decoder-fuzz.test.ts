import { ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogWriter } from '../../logs/create-log-writer.ts';
import { RecordingLogJournal } from '../../logs/read-batch-for-tests.ts';
import type { TestValue } from '../encode-for-tests.ts';
import { anyAttributes, anyResource, anyScope, anyValue, hex, survives, testDecoder, text, time } from '../fuzz.suite.ts';
import { runWalk } from '../run-walk-for-tests.ts';
import { encodeLogs, type TestRecord, type TestRequest } from './encode-for-tests.ts';
import { walkLogsJson } from './logs-json.ts';
import { walkLogsProtobuf } from './logs-protobuf.ts';
import { RecordTaker } from './take-records.ts';

const NOW = Date.UTC(2026, 0, 15);

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

const decoder = {
  anyRequest,
  seed: 4318,
  countRecords: ({ resourceLogs = [] }: TestRequest) =>
    resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords)).length,
  encode: encodeLogs,
  async takeAll(body: Uint8Array | string) {
    const journal = new RecordingLogJournal();
    const clock = new ManualClock(NOW);
    const writer = createLogWriter({ journal, clock });
    const open = (): RecordTaker => new RecordTaker(writer, clock);
    const taker = runWalk(typeof body === 'string' ? walkLogsJson(body, open) : walkLogsProtobuf(body, open()));
    await taker.commit();
    return { stored: journal.lines, refused: taker.refused, records: taker.records };
  },
};

testDecoder(decoder);

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
  for (let length = 0; length < encoded.length; length++) await survives(decoder, encoded.subarray(0, length));
  expect((await decoder.takeAll(encoded)).stored).toHaveLength(2);
});
