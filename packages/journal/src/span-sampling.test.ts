import { expect, test } from 'vitest';
import { SPAN_VERDICT, SpanSampling } from './span-sampling.ts';
import { type PlainSpan, spanBatch } from './testing.ts';

const into = 'ff'.repeat(16);
const out = '01'.repeat(16);
const span = (fields: Partial<PlainSpan>): PlainSpan => ({ traceId: out, spanId: 'cd'.repeat(8), start: 1n, ...fields });
const { open, probability, error, slow } = SPAN_VERDICT;

test('a trace is kept by the dice, for an error, for its duration', () => {
  const sampling = new SpanSampling({ probability: 0.5, keepErrors: true, keepSlowerThanMs: 5000 });
  const spans = [
    span({}),
    span({ traceId: into }),
    span({ status: 2 }),
    span({ status: 1, duration: 4_999_999_999n }),
    span({ duration: 5_000_000_000n }),
    span({ duration: 2n ** 63n }),
    span({ traceState: 'x=1,ot=rv:ffffffffffffff' }),
  ];
  expect([...sampling.judge(spanBatch(spans))]).toEqual([open, probability, error, open, slow, slow, probability]);
  expect(sampling.waitsForTraces).toBe(true);
});

test('without the others only the dice count, and nothing has to wait', () => {
  const sampling = new SpanSampling({ probability: 0.5, keepErrors: false, keepSlowerThanMs: 0 });
  const spans = [span({ status: 2, duration: 2n ** 63n }), span({ traceId: into, status: 2 })];
  expect([...sampling.judge(spanBatch(spans))]).toEqual([open, probability]);
  expect(sampling.waitsForTraces).toBe(false);
  expect(new SpanSampling({ probability: 1, keepErrors: true, keepSlowerThanMs: 1 }).waitsForTraces).toBe(false);
});
