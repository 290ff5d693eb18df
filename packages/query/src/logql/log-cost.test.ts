import { expect, test } from 'vitest';
import { logQueryCost } from './log-cost.ts';
import type { LogReader } from './log-reader.ts';
import { createMemoryLogReader } from './memory-log-reader.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const SECOND = 1_000_000_000n;
const lines = Array.from({ length: 100 }, (_, i) => ({ timestamp: BigInt(i) * SECOND, text: `n=${i}` }));
const reader = createMemoryLogReader([{ labels: ['app', 'web'], lines }]);
const cost = (query: string, start = 50n, end = 100n): Promise<number> =>
  logQueryCost(reader, query, { start: start * SECOND, end: end * SECOND }, NEVER);

test('the newest lines cost nothing, lines that have to be looked for as many as there are', async () => {
  expect(await cost('{app="web"}')).toBe(0);
  expect(await cost('{app="web"} |= "x"')).toBe(50 * 12);
  expect(await cost('{app="nothing"} |= "x"')).toBe(0);
});

test('numbers cost the lines of their windows, little where the store counts them by itself', async () => {
  expect(await cost('sum(rate({app="web"}[10s]))')).toBeCloseTo(60 * 0.3);
  expect(await cost('sum(rate({app="web"} | json [10s])) / sum(rate({app="web"}[10s] offset 20s))')).toBeCloseTo(60 * 12 + 60 * 0.3);
  expect(await cost('sum_over_time({app="web"} | logfmt | unwrap n [10s])', 60n, 60n)).toBe(10 * 12);
});

test('a reader that can tell is asked with what its indexes can look for', async () => {
  const asked: unknown[] = [];
  const telling: LogReader = {
    ...reader,
    estimate: async ({ conditions }) => {
      asked.push(conditions);
      return { lines: 7 };
    },
  };
  expect(await logQueryCost(telling, '{app="web"} |= "x" | json', { start: 0n, end: SECOND }, NEVER)).toBe(7 * 12);
  expect(asked).toEqual([[{ kind: 'contains', any: ['x'], ignoreCase: false, negated: false }]]);
});

test('what is no query costs nothing: it is refused soon enough', async () => {
  expect(await cost('{app=')).toBe(0);
  expect(await cost('vector(1)')).toBe(0);
});
