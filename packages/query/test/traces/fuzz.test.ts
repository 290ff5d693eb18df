import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTraceTarget } from './engine-target.ts';
import { anyMetrics, anyPipeline, anySpans } from './generated.ts';
import type { PlainSpan } from './plain-span.ts';
import type { TraceReply } from './run-script.ts';
import type { TraceEvalCommand } from './script.ts';

const SECOND = 1_000_000_000n;
const NOTHING_EXPECTED = { spansets: [], series: [], told: new Map(), ordered: false, failure: undefined } as const;
const BASE = { kind: 'eval', line: 0, limit: 100, spans: 0, expected: NOTHING_EXPECTED } as const;

/** An answer whose order does not matter. */
function sorted(reply: TraceReply): unknown {
  if ('error' in reply) return reply;
  const texts =
    'spansets' in reply ? reply.spansets.map((one) => JSON.stringify(one)) : reply.series.map((one) => JSON.stringify(one, rounded));
  return texts.sort();
}

/** Sums may be added up in another order. */
const rounded = (_key: string, value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(9)) : value);

async function answers(spans: readonly PlainSpan[], command: TraceEvalCommand): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const pushesDown of [true, false]) {
    const target = createTraceTarget(pushesDown);
    await target.push(spans);
    all.push(sorted(await target.ask(command)));
  }
  return all;
}

test('searches find the same, whether the store looks for what it can or not', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(anySpans, anyPipeline, fc.boolean(), async (spans, query, partly) => {
      const range = partly ? { start: 10n * SECOND, end: 25n * SECOND } : { start: 0n, end: 60n * SECOND };
      const [pushed, looked] = await answers(spans, { ...BASE, type: 'search', query, step: 0n, ...range });
      expect(pushed).toEqual(looked);
      found += (looked as unknown[]).length;
    }),
    { numRuns: 1500, seed: 2024 },
  );
  expect(found).toBeGreaterThan(500);
});

test('series are the same, whether the store counts or not', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(anySpans, anyMetrics, fc.constantFrom(5n, 7n, 60n), async (spans, query, step) => {
      const [pushed, looked] = await answers(spans, {
        ...BASE,
        type: 'range',
        query,
        start: 3n * SECOND,
        end: 33n * SECOND,
        step: step * SECOND,
      });
      expect(pushed).toEqual(looked);
      found += (looked as unknown[]).length;
    }),
    { numRuns: 1500, seed: 2025 },
  );
  expect(found).toBeGreaterThan(500);
});
