import { decodeSpanBatch, SIGNAL, type SpanBatch } from '@atalaya/journal';
import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { AtalayaError } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createSpanWriter } from './create-span-writer.ts';

const span: PlainSpan = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), start: 5n };

test('a batch is one record, and observers see it when it is on disk', async () => {
  const records: [number, number, Uint8Array][] = [];
  const observed: SpanBatch[] = [];
  const writer = createSpanWriter({
    journal: { append: async (...record) => void records.push(record) },
    observers: [{ observe: (batch) => void observed.push(batch) }],
  });
  const batch = spanBatch([span, { ...span, spanId: '01'.repeat(8) }]);
  const done = writer.write(batch);
  expect(observed).toEqual([]);
  await done;
  expect(observed).toEqual([batch]);
  expect(records.map(([signal, rows]) => [signal, rows])).toEqual([[SIGNAL.traces, 2]]);
  expect(decodeSpanBatch(records[0]?.[2] as Uint8Array)).toEqual(batch);
  expect(writer.stats()).toMatchObject({ spansWritten: 2, spansLeftOut: 0 });
});

test('what the gate leaves out is not journaled, but observed', async () => {
  const rows: number[] = [];
  const observed: number[] = [];
  const writer = createSpanWriter({
    journal: { append: async (_signal, count) => void rows.push(count) },
    gate: { admit: (batch) => new Uint8Array(batch.rows).fill(1, 1) },
    observers: [{ observe: (batch) => void observed.push(batch.rows) }],
  });
  await writer.write(spanBatch([span]));
  await writer.write(spanBatch([span, span, span]));
  expect([rows, observed]).toEqual([[2], [1, 3]]);
  expect(writer.stats()).toMatchObject({ spansWritten: 2, spansLeftOut: 2 });
});

test('what is not on disk is neither counted nor observed', async () => {
  const writer = createSpanWriter({
    journal: { append: () => Promise.reject(new AtalayaError('JOURNAL_FULL', { reason: 'full' })) },
    observers: [{ observe: () => expect.unreachable() }],
  });
  await expect(writer.write(spanBatch([span]))).rejects.toThrow(AtalayaError);
  expect(writer.stats().spansWritten).toBe(0);
});
