import fc from 'fast-check';
import { type PlainSpan, spanBatch } from './testing.ts';
import { expect, test } from 'vitest';
import { selectSpans } from './select-spans.ts';

const span = (id: number): PlainSpan => ({
  traceId: id.toString(16).padStart(32, '0'),
  spanId: id.toString(16).padStart(16, '0'),
  start: BigInt(id),
  duration: BigInt(id * 10),
  service: 'cart',
  name: `operation ${'x'.repeat(id * 50)}`,
  attributes: Object.fromEntries(Array.from({ length: id }, (_, i) => [`attribute ${i}`, `${id}`])),
  dropped: [id, 0, 1],
  events: Array.from({ length: id % 3 }, (_, i) => ({ time: BigInt(i), name: `event ${id}`, attributes: { a: ['int', `${i}`] } })),
  links: Array.from({ length: (id + 1) % 3 }, () => ({ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { of: `${id}` } })),
});

test('the spans that are kept are as if the others had never been sent', () => {
  const spans = [1, 2, 3, 4, 5].map(span);
  const keep = Uint8Array.of(0, 1, 0, 1, 1);
  expect(selectSpans(spanBatch(spans), keep)).toEqual(spanBatch(spans.filter((_, i) => keep[i] === 1)));
});

test('none may be kept', () => {
  expect(selectSpans(spanBatch([span(1)]), Uint8Array.of(0)).rows).toBe(0);
});

test('whatever is kept, it is as if the others had never been sent', () => {
  const sizes = fc.array(fc.record({ id: fc.integer({ min: 1, max: 9 }), kept: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, (all) => {
      const kept = all.filter((each) => each.kept).map(({ id }) => span(id));
      const selected = selectSpans(
        spanBatch(all.map(({ id }) => span(id))),
        Uint8Array.from(all, (each) => Number(each.kept)),
      );
      const expected = spanBatch(kept);
      expect({ ...selected, origins: [], dropped: [...selected.dropped] }).toEqual({
        ...expected,
        origins: [],
        dropped: [...expected.dropped],
      });
    }),
  );
});
