import { formatSampleValue } from '@atalaya/lang';
import { labelsOf, labelsToRecord } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueryAnswer, QueryResult } from './answer.ts';
import { encodeAnswer } from './encode.ts';

const decoder = new TextDecoder();

function encoded(result: QueryResult): string {
  const stats = { seriesRead: 0, samplesRead: 0, timings: { parse: 0, read: 0, evaluate: 0 } };
  const answer: QueryAnswer = { result, warnings: [], infos: [], stats };
  return decoder.decode(encodeAnswer(answer));
}

const values = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeInteger().map((value) => value / 100),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e8, 1e8 - 1, -1e8, 1e16, 5e-324, 1e21, 1e-7),
);

test('points of a grid are written as times in seconds and values as Prometheus writes them, repeated ones too', () => {
  const rows = fc.array(fc.array(fc.tuple(fc.boolean(), fc.boolean(), values), { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 3,
  });
  const starts = fc.integer({ min: -1e12, max: 2e12 });
  fc.assert(
    fc.property(rows, starts, fc.constantFrom(1, 250, 1000, 60_000), (series, start, step) => {
      const expected: string[] = [];
      const offsets = [0];
      const timestamps: number[] = [];
      const numbers: number[] = [];
      for (const [row, points] of series.entries()) {
        const texts: string[] = [];
        let last = 1;
        for (const [i, [isThere, repeats, value]] of points.entries()) {
          if (!isThere && i > 0) continue;
          last = repeats ? last : value;
          const time = start + i * step;
          timestamps.push(time);
          numbers.push(last);
          const seconds = time % 1000 === 0 ? String(time / 1000) : (time / 1000).toFixed(3);
          texts.push(`[${seconds},"${formatSampleValue(last)}"]`);
        }
        offsets.push(timestamps.length);
        expected.push(`{"metric":{"row":"${row}"},"values":[${texts.join(',')}]}`);
      }
      const labels = series.map((_, row) => labelsOf({ row: String(row) }));
      const columns = { offsets: Uint32Array.from(offsets), timestamps: Float64Array.from(timestamps), values: Float64Array.from(numbers) };
      const text = encoded({ resultType: 'matrix', labels, ...columns, grid: { start, step, count: 20 } });
      expect(text).toBe(`{"status":"success","data":{"resultType":"matrix","result":[${expected.join(',')}]}}`);
      const ungridded = encoded({ resultType: 'matrix', labels, ...columns, grid: undefined });
      expect(ungridded).toBe(text);
    }),
  );
});

test('label sets of any characters are the JSON they would be elsewhere', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }), { maxKeys: 5 }),
      (record) => {
        const labels = labelsOf(record);
        const text = encoded({ resultType: 'vector', timestamp: 1000, labels: [labels], values: Float64Array.of(7) });
        const metric = JSON.stringify(labelsToRecord(labels));
        const parsed = JSON.parse(text) as { data: { result: [{ metric: unknown; value: unknown }] } };
        expect(parsed.data.result[0].metric).toEqual(JSON.parse(metric));
        expect(parsed.data.result[0].value).toEqual([1, '7']);
      },
    ),
  );
});
