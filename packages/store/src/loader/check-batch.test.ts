import { encodeMetricBatch, type JournalRecord, SIGNAL } from '@atalaya/journal';
import { encodeNativeHistogram, STALE_HISTOGRAM } from '@atalaya/model';
import { expect, it } from 'vitest';
import { readBatch } from './check-batch.ts';

function recordOf(histogram: Uint8Array): JournalRecord {
  const payload = encodeMetricBatch({
    series: { count: 0, fingerprints: new Uint32Array(0), ends: new Uint32Array(0), labels: new Uint8Array(0) },
    samples: { count: 0, fingerprints: new Uint32Array(0), timestamps: new Float64Array(0), values: new Float64Array(0) },
    histograms: {
      count: 1,
      fingerprints: Uint32Array.of(1, 2),
      timestamps: Float64Array.of(3),
      ends: Uint32Array.of(histogram.length),
      bytes: histogram,
    },
    metadata: [],
  });
  const at = { segment: 0, offset: 0 };
  return { signal: SIGNAL.metrics, batchId: 1, rows: 1, appendedAt: 0, payload, start: at, end: at } as unknown as JournalRecord;
}

it('a histogram that cannot be read makes the batch one that cannot', () => {
  expect(readBatch(recordOf(encodeNativeHistogram(STALE_HISTOGRAM))).histograms?.count).toBe(1);
  expect(() => readBatch(recordOf(Uint8Array.of(9, 128)))).toThrow('native histogram of version 9');
  expect(() => readBatch(recordOf(Uint8Array.of(1, 0, 3)))).toThrow('cut off');
});
