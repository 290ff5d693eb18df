import * as fc from 'fast-check';
import { writeStaleMarker } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import { decodeMetricBatch, encodeMetricBatch, type MetricBatch } from './metric-batch.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const words = (count: number): fc.Arbitrary<number[]> => fc.array(word, { minLength: count * 2, maxLength: count * 2 });

function endsOf(parts: readonly Uint8Array[]): Uint32Array {
  let end = 0;
  return Uint32Array.from(parts, (part) => (end += part.length));
}

const arbitraryBatch: fc.Arbitrary<MetricBatch> = fc
  .record({
    labels: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }),
    samples: fc.nat(12),
    histograms: fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }),
    exemplars: fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }),
  })
  .chain(({ labels, samples, histograms, exemplars }) =>
    fc
      .record({
        seriesFingerprints: words(labels.length),
        sampleFingerprints: words(samples),
        timestamps: fc.array(fc.maxSafeInteger(), { minLength: samples, maxLength: samples }),
        // Any 64 bits are a value: signalling NaNs and their payloads included.
        valueWords: words(samples),
        histogramFingerprints: words(histograms.length),
        histogramTimestamps: fc.array(fc.maxSafeInteger(), { minLength: histograms.length, maxLength: histograms.length }),
        exemplarFingerprints: words(exemplars.length),
        exemplarTimestamps: fc.array(fc.maxSafeInteger(), { minLength: exemplars.length, maxLength: exemplars.length }),
        exemplarValues: fc.array(fc.double(), { minLength: exemplars.length, maxLength: exemplars.length }),
        metadata: fc.array(
          fc.tuple(fc.string(), fc.constantFrom('counter' as const, 'gauge' as const), fc.string({ unit: 'binary' }), fc.string()),
          { maxLength: 3 },
        ),
      })
      .map((columns): MetricBatch => {
        return {
          series: {
            count: labels.length,
            fingerprints: Uint32Array.from(columns.seriesFingerprints),
            ends: endsOf(labels),
            labels: Uint8Array.from(labels.flatMap((set) => [...set])),
          },
          samples: {
            count: samples,
            fingerprints: Uint32Array.from(columns.sampleFingerprints),
            timestamps: Float64Array.from(columns.timestamps),
            values: new Float64Array(Uint32Array.from(columns.valueWords).buffer),
          },
          ...(histograms.length > 0 && {
            histograms: {
              count: histograms.length,
              fingerprints: Uint32Array.from(columns.histogramFingerprints),
              timestamps: Float64Array.from(columns.histogramTimestamps),
              ends: endsOf(histograms),
              bytes: Uint8Array.from(histograms.flatMap((one) => [...one])),
            },
          }),
          ...(exemplars.length > 0 && {
            exemplars: {
              count: exemplars.length,
              fingerprints: Uint32Array.from(columns.exemplarFingerprints),
              timestamps: Float64Array.from(columns.exemplarTimestamps),
              values: Float64Array.from(columns.exemplarValues),
              ends: endsOf(exemplars),
              labels: Uint8Array.from(exemplars.flatMap((one) => [...one])),
            },
          }),
          metadata: columns.metadata,
        };
      }),
  );

/** A batch with every value as its two words, so that NaNs compare by their bits. */
const bits = (batch: MetricBatch): unknown => ({
  ...batch,
  samples: { ...batch.samples, values: new Uint32Array(batch.samples.values.slice().buffer) },
});

const oneSample = (): MetricBatch => ({
  series: { count: 2, fingerprints: Uint32Array.of(1, 2, 3, 4), ends: Uint32Array.of(3, 5), labels: Uint8Array.of(97, 98, 99, 100, 101) },
  samples: { count: 1, fingerprints: Uint32Array.of(1, 2), timestamps: Float64Array.of(1000), values: Float64Array.of(1.5) },
  metadata: [['up', 'gauge', 'Whether the target answered.', '']],
});

const twoHistograms = (): MetricBatch => ({
  ...oneSample(),
  histograms: {
    count: 2,
    fingerprints: Uint32Array.of(1, 2, 3, 4),
    timestamps: Float64Array.of(1000, 2000),
    ends: Uint32Array.of(2, 5),
    bytes: Uint8Array.of(1, 128, 7, 8, 9),
  },
});

function outcome(bytes: Uint8Array): string {
  try {
    const { series } = decodeMetricBatch(bytes);
    return (series.ends.at(-1) ?? 0) === series.labels.length ? 'a whole batch' : 'labels beyond their last end';
  } catch (error) {
    return String(error);
  }
}

describe('a metric batch', () => {
  test('comes back from its bytes as it was, bit for bit', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        expect(bits(decodeMetricBatch(encodeMetricBatch(batch)))).toEqual(bits(batch));
      }),
    );
  });

  test('is read from bytes at any address', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(7), (batch, shift) => {
        const bytes = encodeMetricBatch(batch);
        const shifted = new Uint8Array(bytes.length + shift);
        shifted.set(bytes, shift);
        expect(bits(decodeMetricBatch(shifted.subarray(shift)))).toEqual(bits(batch));
      }),
    );
  });

  test('is viewed in place when its bytes are aligned', () => {
    const bytes = encodeMetricBatch(oneSample());
    const { samples, series } = decodeMetricBatch(bytes);
    expect([samples.values.buffer, samples.timestamps.buffer, series.labels.buffer]).toEqual([bytes.buffer, bytes.buffer, bytes.buffer]);
    expect(samples.values.buffer).toBe(bytes.buffer);
  });

  test('without histograms has the bytes that programs before histograms wrote', () => {
    const words = new Uint32Array(encodeMetricBatch({ ...oneSample(), metadata: [] }).buffer);
    const value = new Uint32Array(Float64Array.of(1.5).buffer);
    const time = new Uint32Array(Float64Array.of(1000).buffer);
    const labels = new Uint32Array(Uint8Array.of(97, 98, 99, 100, 101, 0, 0, 0).buffer);
    const header = [1, 2, 5, 0, 1, 0, 0, 0];
    expect([...words]).toEqual([...header, 1, 2, 3, 4, 3, 5, ...labels, 1, 2, ...time, ...value]);
  });

  test('with histograms is of version 2', () => {
    const bytes = encodeMetricBatch(twoHistograms());
    expect([...new Uint32Array(bytes.buffer, 0, 8)]).toEqual([2, 2, 5, 0, 1, expect.any(Number), 2, 5]);
    expect(decodeMetricBatch(bytes).histograms).toEqual(twoHistograms().histograms);
  });

  test('keeps stale markers and other NaNs apart', () => {
    const values = new Float64Array(3);
    const valueWords = new Uint32Array(values.buffer);
    writeStaleMarker(values, 0);
    valueWords.set([0, 0x7ff80000], 2); // the quiet NaN
    valueWords.set([0xdeadbeef, 0xfff00001], 4); // a signalling one with a payload
    const decoded = decodeMetricBatch(
      encodeMetricBatch({
        ...oneSample(),
        samples: { count: 3, fingerprints: new Uint32Array(6), timestamps: Float64Array.of(1, 2, 3), values },
      }),
    );
    expect([...new Uint32Array(decoded.samples.values.slice().buffer)]).toEqual([2, 0x7ff00000, 0, 0x7ff80000, 0xdeadbeef, 0xfff00001]);
  });

  test('takes only the counted part of longer columns', () => {
    const batch = oneSample();
    const longer: MetricBatch = {
      ...batch,
      samples: { count: 1, fingerprints: new Uint32Array(200), timestamps: new Float64Array(100), values: new Float64Array(100) },
    };
    expect(decodeMetricBatch(encodeMetricBatch(longer)).samples.values).toEqual(Float64Array.of(0));
  });
});

describe('bytes that are no metric batch', () => {
  test('are refused at every length but the right one', () => {
    const bytes = encodeMetricBatch(oneSample());
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeMetricBatch(bytes.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    }
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    expect(() => decodeMetricBatch(longer)).toThrow(RangeError);
  });

  test('are refused when they claim counts of any size', () => {
    fc.assert(
      fc.property(fc.tuple(word, word, word, word, word, word), ([series, labels, samples, metadata, histograms, histogramBytes]) => {
        const bytes = new Uint8Array(4096);
        new Uint32Array(bytes.buffer, 0, 8).set([2, series, labels, 0, samples, metadata, histograms, histogramBytes]);
        expect(() => decodeMetricBatch(bytes)).toThrow(RangeError);
      }),
    );
  });

  test('are refused when lengths beyond 31 bits would add up by wrapping around', () => {
    const bytes = new Uint8Array(4096);
    // 2^32 − 8 bytes of labels are −8 in 32-bit arithmetic: 32 + 4072 − 8 would be the size of these bytes.
    new Uint32Array(bytes.buffer, 0, 6).set([1, 0, 0xffff_fff8, 0, 0, 4072]);
    expect(() => decodeMetricBatch(bytes)).toThrow('arrived as 4096');
  });

  test('are read or refused with a RangeError whatever byte is changed', () => {
    const good = [encodeMetricBatch(oneSample()), encodeMetricBatch(twoHistograms())];
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, place, flip) => {
        const bytes = batch.slice();
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ flip;
        expect(outcome(bytes)).toMatch(/^a whole batch$|^RangeError: /);
      }),
    );
  });

  test('are refused when another version wrote them', () => {
    const bytes = encodeMetricBatch(oneSample());
    bytes[0] = 4;
    expect(() => decodeMetricBatch(bytes)).toThrow('version 4; this program reads versions 1 to 3');
  });

  test('are refused when an older version claims exemplars, or these are not whole', () => {
    const with2: MetricBatch = {
      ...oneSample(),
      exemplars: {
        count: 2,
        fingerprints: Uint32Array.of(1, 2, 1, 2),
        timestamps: Float64Array.of(1, 2),
        values: Float64Array.of(1, 2),
        ends: Uint32Array.of(1, 2),
        labels: Uint8Array.of(7, 8),
      },
    };
    const older = encodeMetricBatch(with2);
    older[0] = 2;
    expect(() => decodeMetricBatch(older)).toThrow(/version 2 has no exemplars/);
    const descending = { ...with2.exemplars, ends: Uint32Array.of(2, 1) } as NonNullable<MetricBatch['exemplars']>;
    expect(() => decodeMetricBatch(encodeMetricBatch({ ...with2, exemplars: descending }))).toThrow(/end at 2, then at 1/);
  });

  test('are refused when version 1 claims histograms, or their ends do not ascend to the last byte', () => {
    const claiming = encodeMetricBatch(twoHistograms());
    claiming[0] = 1;
    expect(() => decodeMetricBatch(claiming)).toThrow('version 1 has no histograms, this one claims 2');
    const bytes = encodeMetricBatch({ ...twoHistograms(), metadata: [] });
    const endsAt = bytes.length - 16;
    for (const ends of [Uint32Array.of(6, 5), Uint32Array.of(2, 4), Uint32Array.of(2, 6)]) {
      new Uint32Array(bytes.buffer, endsAt, 2).set(ends);
      expect(() => decodeMetricBatch(bytes), `ends ${ends.join()}`).toThrow('histograms end at');
    }
  });

  test('are refused when label sets do not ascend to the end of the labels', () => {
    const endsAt = 32 + 16;
    for (const ends of [Uint32Array.of(4, 3), Uint32Array.of(3, 4), Uint32Array.of(3, 6)]) {
      const bytes = encodeMetricBatch(oneSample());
      new Uint32Array(bytes.buffer, endsAt, 2).set(ends);
      expect(() => decodeMetricBatch(bytes), `ends ${ends.join()}`).toThrow('label sets end at');
    }
  });

  test.each(['{}', '[["up"]]', '[[1,2,3,4]]', '[null]', '[[', '\u0000'])('are refused with the metadata %j', (json) => {
    const empty: MetricBatch = {
      series: { count: 0, fingerprints: new Uint32Array(0), ends: new Uint32Array(0), labels: new Uint8Array(0) },
      samples: { count: 0, fingerprints: new Uint32Array(0), timestamps: new Float64Array(0), values: new Float64Array(0) },
      metadata: [],
    };
    const bytes = new Uint8Array(32 + Math.ceil(json.length / 8) * 8);
    bytes.set(encodeMetricBatch(empty));
    new Uint32Array(bytes.buffer, 20, 1)[0] = json.length;
    bytes.set(new TextEncoder().encode(json), 32);
    expect(() => decodeMetricBatch(bytes)).toThrow(RangeError);
  });
});
