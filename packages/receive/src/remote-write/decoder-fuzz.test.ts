import { AtalayaError, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exemplar } from '../metric-writer.ts';
import { createMetricWriter } from '../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../metrics/limits.ts';
import { RecordingJournal } from '../metrics/recording-journal.ts';
import { encodeV1, encodeV2, type TestHistogram, type TestSeries } from './encode-for-tests.ts';
import { hashRange, randomSeed } from './keyed-hash.ts';
import { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { SeriesTaker } from './take-series.ts';
import { WriteRequestV1 } from './write-request-v1.ts';
import { WriteRequestV2 } from './write-request-v2.ts';

const NOW = Date.UTC(2026, 0, 15);
const seed = randomSeed();

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const anySeries: fc.Arbitrary<TestSeries> = fc.record({
  labels: fc
    .uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 5 })
    .map((pairs) => ['__name__', 'm', ...pairs.filter(([key]) => key !== '__name__').flat()]),
  samples: fc.array(fc.record({ timestamp: fc.integer({ min: NOW - 1e6, max: NOW }), value: fc.double({ noNaN: true }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  exemplars: fc.array(
    fc.record({ labels: fc.tuple(name, name), value: fc.double(), timestamp: fc.integer({ min: NOW - 1e6, max: NOW }) }),
    { maxLength: 2 },
  ),
});

const HISTOGRAM: TestHistogram = {
  timestamp: NOW - 1,
  schema: 2,
  count: 3,
  sum: 4,
  positiveSpans: [{ offset: -3, length: 2 }],
  positiveBuckets: Float64Array.of(1, 2),
};
const EXEMPLAR: Exemplar = { labels: ['trace_id', 'ab'], value: 0.5, timestamp: NOW - 1 };
const anyHistogram = fc.boolean().map((float): TestHistogram => ({ ...HISTOGRAM, float }));

function takeAll(version: 1 | 2, body: Uint8Array) {
  const journal = new RecordingJournal();
  const writer = createMetricWriter({ journal, clock: new ManualClock(NOW), limits: DEFAULT_METRIC_LIMITS });
  const taker = new SeriesTaker(version === 1 ? new WriteRequestV1(body, seed) : new WriteRequestV2(body, seed), writer);
  while (taker.takeSome(2));
  const taken = taker.finish();
  return { journal, writer, taken };
}

/** Runs the decoder: whatever the bytes, it ends, and with nothing but BAD_ENCODING. */
function survives(version: 1 | 2, body: Uint8Array): void {
  let code = 'taken';
  try {
    takeAll(version, body);
  } catch (error) {
    code = error instanceof AtalayaError ? error.code : String(error);
  }
  expect(['taken', 'BAD_ENCODING']).toContain(code);
}

test('random bytes are decoded or refused, never more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2), (bytes, version) => survives(version, bytes)),
    { numRuns: 2000 },
  );
});

test('mutated valid bodies are decoded or refused, never more', () => {
  const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('set', 'insert', 'delete', 'cut') });
  fc.assert(
    fc.property(
      fc.array(anySeries, { maxLength: 4 }),
      anyHistogram,
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (some, histogram, mutations) => {
        const series = some.map((one) => ({ ...one, histograms: [histogram] }));
        for (const [version, encoded] of [
          [1, encodeV1(series, [{ metric: 'm', type: 'gauge', help: 'A help text.' }])],
          [2, encodeV2(series)],
        ] as const) {
          const bytes = [...encoded];
          for (const { at, byte, kind } of mutations) {
            const index = bytes.length === 0 ? 0 : at % bytes.length;
            if (kind === 'cut') bytes.length = index;
            else bytes.splice(index, kind === 'insert' ? 0 : 1, ...(kind === 'delete' ? [] : [byte]));
          }
          survives(version, Uint8Array.from(bytes));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a body cut anywhere is refused, or ends between two fields', () => {
  const series: TestSeries[] = [
    { labels: ['__name__', 'm', 'a', 'b'], samples: [{ timestamp: NOW, value: 1 }], histograms: [HISTOGRAM], exemplars: [EXEMPLAR] },
  ];
  for (const [version, encoded] of [
    [1, encodeV1([...series, ...series])],
    [2, encodeV2([...series, ...series])],
  ] as const) {
    for (let length = 0; length < encoded.length; length++) survives(version, encoded.subarray(0, length));
    const { floatsWritten, histogramsWritten } = takeAll(version, encoded).taken;
    expect([floatsWritten, histogramsWritten]).toEqual([2, 2]);
  }
});

test('both versions give what was sent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anySeries, { maxLength: 5 }), async (series) => {
      const results = [];
      for (const [version, body] of [
        [1, encodeV1(series)],
        [2, encodeV2(series)],
      ] as const) {
        const { journal, taken } = takeAll(version, body);
        await taken.appender.commit();
        results.push({
          stored: journal.stored(),
          written: taken.floatsWritten,
          exemplars: [taken.exemplars, taken.exemplarsWritten, journal.batches.map((_, i) => journal.exemplars(i))],
          refused: [...taken.refusals.counts],
        });
      }
      expect(results[1]).toEqual(results[0]);
      const sent = series.flatMap(({ samples = [] }) => samples).length;
      const duplicates = new Map(results[0]?.refused).get('duplicate_timestamp') ?? 0;
      expect(results[0]?.written).toBe(sent - duplicates);
    }),
    { numRuns: 300 },
  );
});

test('int64 reads every timestamp, negative ones too', () => {
  const read = (value: bigint): number => {
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    return new ProtobufCursor(Uint8Array.from(bytes)).int64(bytes.length);
  };
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => read(BigInt(value)) === value));
  for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) expect(read(value)).toBe(Number(value));
});

test('the key depends on every byte, the length and the seed', () => {
  const key = (bytes: Uint8Array, with_ = seed): string => {
    const out = new Int32Array(2);
    hashRange(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, with_, out, 0);
    return out.join();
  };
  const seen = new Set<string>();
  let count = 0;
  for (let length = 0; length <= 40; length++) {
    const bytes = new Uint8Array(length);
    seen.add(key(bytes));
    count++;
    for (let i = 0; i < length; i++) {
      for (const value of [1, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[i] = value;
        seen.add(key(changed));
        count++;
      }
    }
  }
  expect(seen.size).toBe(count);
  const sample = Uint8Array.of(1, 2, 3);
  expect(key(sample, [1, 2, 3, 4])).toBe(key(sample, [1, 2, 3, 4]));
  expect(key(sample, [1, 2, 3, 4])).not.toBe(key(sample, [1, 2, 3, 5]));
});
