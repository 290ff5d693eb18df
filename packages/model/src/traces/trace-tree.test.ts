import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { selfTimes } from './self-times.ts';
import { traceStatistics } from './trace-statistics.ts';
import { buildTraceTree, type TimedSpan, type TraceTree, type TraceTreeOptions } from './trace-tree.ts';

/** `id parent start end [process]`, a `-` for no parent. */
function tree(text: string, options?: TraceTreeOptions): TraceTree {
  const spans = text
    .trim()
    .split('\n')
    .map((line): TimedSpan => {
      const [spanId = '', parent = '', start, end, process] = line.trim().split(/\s+/);
      const times = { start: Number(start), end: Number(end) };
      return { spanId, parentSpanId: parent === '-' ? '' : parent, ...times, ...(process === undefined ? {} : { process }) };
    });
  return buildTraceTree(spans, options);
}

const shape = ({ nodes }: TraceTree): string[] =>
  nodes.map(({ span, depth, flaw }) => '.'.repeat(depth) + span.spanId + (flaw === undefined ? '' : ` ${flaw}`));
const path = (of: TraceTree): string[] => criticalPath(of).map(({ node, start, end }) => `${node.span.spanId} ${start}-${end}`);

test('parents before children, children by start', () => {
  const built = tree(`
    c a 5 6
    b a 2 9
    a - 0 10
    d b 3 4`);
  expect(shape(built)).toEqual(['a', '.b', '..d', '.c']);
  expect(built.nodes.map(({ index, descendants }) => [index, descendants])).toEqual([
    [0, 3],
    [1, 1],
    [2, 0],
    [3, 0],
  ]);
  expect([built.start, built.end]).toEqual([0, 10]);
});

test('no spans at all', () => {
  const empty = buildTraceTree([]);
  expect(empty).toEqual({ nodes: [], roots: [], start: 0, end: 0 });
  expect(selfTimes(empty)).toHaveLength(0);
  expect(criticalPath(empty)).toEqual([]);
});

test('missing parents, circles, spans that are their own parents and repeated ids', () => {
  expect(
    shape(
      tree(`
    lost gone 0 1
    a - 5 10
    x y 3 4
    y z 2 4
    z x 2 5
    below y 3 4
    own own 7 8
    a - 6 7
    b a 6 7`),
    ),
  ).toEqual(['a', '.b', 'lost missing-parent', 'z cycle', '.y', '..x', '..below', 'a duplicate-id', 'own cycle']);
});

test('a clock that is behind is moved, with what is below it', () => {
  const text = `
    a - 100 200 web
    b a 40 80 db
    c b 50 60 db
    d a 90 120 web
    e a 20 190 queue`;
  const moved = tree(text).nodes.map(({ span, start, end, shift }) => [span.spanId, start, end, shift]);
  expect(moved).toEqual([
    ['a', 100, 200, 0],
    ['e', 100, 270, 80],
    ['b', 130, 170, 90],
    ['c', 140, 150, 90],
    ['d', 90, 120, 0],
  ]);
  expect(tree(text, { adjustsClocks: false }).nodes.every(({ shift }) => shift === 0)).toBe(true);
});

test('self time: what no child covers', () => {
  const built = tree(`
    a - 0 100
    b a 10 30
    c a 20 50
    d a 90 150
    e c 20 50`);
  expect([...selfTimes(built)]).toEqual([100 - 40 - 10, 20, 0, 30, 60]);
});

test('the critical path, back from the end', () => {
  const built = tree(`
    a - 0 100
    b a 10 30
    c a 20 60
    d a 70 90
    e c 25 55
    late a 95 150
    after a 120 130`);
  expect(path(built)).toEqual(['a 0-20', 'c 20-25', 'e 25-55', 'c 55-60', 'a 60-70', 'd 70-90', 'a 90-95', 'late 95-100']);
});

test('the critical path of a call that ends after its caller, as clocks of milliseconds have it', () => {
  const built = tree(`
    a - 0 100
    b a 10 104
    c b 20 103
    d c 30 50`);
  expect(path(built)).toEqual(['a 0-10', 'b 10-20', 'c 20-30', 'd 30-50', 'c 50-100']);
});

test('the critical path of random traces has no gaps', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 200; round++) {
    const spans = Array.from({ length: 1 + random(30) }, (_, i): TimedSpan => {
      const start = random(100);
      return {
        spanId: String(i),
        parentSpanId: i === 0 ? '' : String(random(i)),
        start: i === 0 ? 0 : start,
        end: i === 0 ? 100 : start + random(60),
      };
    });
    const built = buildTraceTree(spans, { adjustsClocks: round % 2 === 0 });
    const sections = criticalPath(built);
    expect(sections.at(-1)?.end).toBe(100);
    for (const [i, { start, node, end }] of sections.entries()) {
      expect(start).toBe(i === 0 ? 0 : sections[i - 1]?.end);
      expect(start).toBeGreaterThanOrEqual(Math.max(0, node.start));
      expect(end).toBeLessThanOrEqual(node.end);
    }
    expect(Math.min(...selfTimes(built))).toBeGreaterThanOrEqual(0);
  }
});

test('statistics by a key', () => {
  const built = tree(`
    a - 0 100 web
    b a 10 30 db
    c a 40 90 db`);
  expect(traceStatistics(built, ({ process }) => process ?? '')).toEqual([
    { key: 'db', spans: 2, total: 70, min: 20, max: 50, self: 70, selfShare: 0.7 },
    { key: 'web', spans: 1, total: 100, min: 100, max: 100, self: 30, selfShare: 0.3 },
  ]);
});

test.each(['a chain', 'a fan'])('%s of 100,000 spans', (form) => {
  const many = 100_000;
  const spans = Array.from({ length: many }, (_, i): TimedSpan => ({
    spanId: String(i),
    parentSpanId: i === 0 ? '' : form === 'a fan' ? '0' : String(i - 1),
    start: i,
    end: form === 'a fan' && i > 0 ? i + 1 : 2 * many - i,
  }));
  const built = buildTraceTree(spans.toReversed());
  expect(built.nodes[0]?.descendants).toBe(many - 1);
  expect(built.nodes.at(-1)?.depth).toBe(form === 'a fan' ? 1 : many - 1);
  const self = selfTimes(built);
  expect(self.reduce((sum, time) => sum + time, 0)).toBe(2 * many);
  expect(criticalPath(built).at(-1)?.end).toBe(2 * many);
});
