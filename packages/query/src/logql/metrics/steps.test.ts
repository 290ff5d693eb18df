import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlap, spanOf, WindowCursor, type Windows } from './steps.ts';

/** Windows of small numbers, so that borders are hit often. */
const windows = fc
  .record({
    firstEnd: fc.integer({ min: 0, max: 40 }),
    step: fc.integer({ min: 1, max: 12 }),
    range: fc.integer({ min: 1, max: 30 }),
    count: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ firstEnd, step, range, count }): Windows => ({ firstEnd: BigInt(firstEnd), step: BigInt(step), range: BigInt(range), count }));

test('the cursor finds the windows that hold a time, and spans and overlaps fit them', () => {
  fc.assert(
    fc.property(windows, fc.array(fc.integer({ min: -40, max: 140 }), { maxLength: 30 }), (given, times) => {
      const { firstEnd, step, range, count } = given;
      const cursor = new WindowCursor(given);
      const span = spanOf(given);
      let several = false;
      for (const time of times.sort((a, b) => a - b).map(BigInt)) {
        const holding = Array.from({ length: count }, (_, i) => i).filter((i) => {
          const end = firstEnd + BigInt(i) * step;
          return time > end - range && time <= end;
        });
        cursor.seek(time);
        const found = Array.from({ length: Math.max(0, cursor.last - cursor.first + 1) }, (_, i) => cursor.first + i);
        expect(found).toEqual(holding);
        expect(holding.length === 0 || (time >= span.start && time < span.end)).toBe(true);
        several ||= holding.length > 1;
      }
      expect(several && !overlap(given)).toBe(false);
    }),
  );
});

test('times beyond 2^53 nanoseconds apart stay exact', () => {
  const day = 86_400_000_000_000n;
  const cursor = new WindowCursor({ firstEnd: 1_700_000_000_000_000_000n, step: 400n * day, range: day, count: 2 });
  const border = 1_700_000_000_000_000_000n + 400n * day;
  cursor.seek(border - day);
  expect(cursor.first > cursor.last).toBe(true);
  cursor.seek(border - day + 1n);
  expect([cursor.first, cursor.last]).toEqual([1, 1]);
  cursor.seek(border + 1n);
  expect(cursor.first).toBe(2);
});
