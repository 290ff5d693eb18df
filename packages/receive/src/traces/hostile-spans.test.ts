import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startDerivation } from './derive/derivation-for-tests.ts';
import { createSpanGate } from './gate/create-span-gate.ts';
import { parseSpanConditions } from './gate/span-conditions.ts';

const ATTRIBUTES = [
  'peer.service',
  'db.system',
  'db.name',
  'server.address',
  'http.route',
  'service.name',
  '__proto__',
  'constructor',
  'le',
  '',
];

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '__proto__', '\0', 'x'.repeat(1300), '\u{10FFFF}', '"{},=~'));
const anyId = (bytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('0'.repeat(bytes * 2)),
    fc.constant('f'.repeat(bytes * 2)),
    fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex')),
  );
const anyAttributes = fc.dictionary(fc.oneof(fc.constantFrom(...ATTRIBUTES), anyText), anyText, { maxKeys: 6, noNullPrototype: true });
const anySpan: fc.Arbitrary<PlainSpan> = fc.record({
  traceId: anyId(16),
  spanId: anyId(8),
  parentSpanId: anyId(8),
  service: anyText,
  name: anyText,
  kind: fc.integer({ min: 0, max: 5 }),
  status: fc.integer({ min: 0, max: 2 }),
  start: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  duration: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  traceState: fc.oneof(fc.constant(''), fc.constantFrom('ot=th:0', 'ot=rv:ffffffffffffff;th:8', 'ot=th:ffffffffffffff,,='), anyText),
  attributes: anyAttributes,
  resource: anyAttributes,
});

test('whatever spans hold, every one of them is counted, and whatever a gate says of it is 0 or 1', async () => {
  const drop = parseSpanConditions('name=~".*x+.*" && kind!=client, __proto__=a, http.route!~"a|b|", constructor=""') ?? [];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anySpan, { maxLength: 10 }), { maxLength: 5 }), async (requests) => {
      const { clock, derivation, journal, newest } = startDerivation({
        dimensions: ['http.route', '__proto__', 'le'],
        maxSets: 6,
        maxWaiting: 5,
      });
      const gate = createSpanGate({
        clock: new ManualClock(0),
        drop,
        rateLimit: 3,
        sampling: { probability: 0.5, keepErrors: false, keepSlowerThanMs: 0 },
      });
      let rows = 0;
      for (const spans of requests) {
        const batch = spanBatch(spans);
        const marks = gate?.admit(batch);
        expect([marks?.length ?? batch.rows, marks?.some((mark) => mark > 1) ?? false]).toEqual([batch.rows, false]);
        derivation.observe(batch, marks);
        rows += batch.rows;
        await clock.advance(11_000);
      }
      await clock.advance(30_000);
      await derivation.stop();
      const calls = Object.values(newest('traces_spanmetrics_calls_total'));
      expect(calls.reduce((sum, value) => sum + value, 0) + derivation.stats().repeatedSpans).toBe(rows);
      expect(journal.batches.length > 0).toBe(rows > 0);
    }),
    { numRuns: 60 },
  );
});
