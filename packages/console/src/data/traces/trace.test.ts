import { describe, expect, test } from 'vitest';

import { compareTraces, shownNodes, totalsOf, verdictOf } from './compare.ts';
import { flameBoxes } from './flame.ts';
import { readTrace } from './otlp.ts';
import { above, ALL_SPANS, findSpans, foldedBelow, rowsOf } from './rows.ts';
import { selfStretches } from './self-stretches.ts';
import { instantOf } from './span.ts';
import { operationStatistics, serviceShares } from './statistics.ts';
import { type PlainSpan, traceOf } from './testing.ts';
import { buildTree } from './tree.ts';

const SHOP: PlainSpan[] = [
  { id: 'root', service: 'web', name: 'GET /', start: 0, duration: 100 },
  { id: 'a', parent: 'root', service: 'cart', name: 'load', start: 10, duration: 30, attributes: { 'db.system': 'redis' } },
  { id: 'a1', parent: 'a', service: 'cart', name: 'query', start: 12, duration: 10 },
  { id: 'a2', parent: 'a', service: 'cart', name: 'query', start: 22, duration: 10, error: true },
  { id: 'b', parent: 'root', service: 'pay', name: 'charge', start: 30, duration: 60, error: true },
];
const shop = () => buildTree(traceOf(SHOP));
const ids = (places: readonly number[], { tree } = shop()) => places.map((place) => tree.spans[place]?.id);

describe('a trace from OTLP JSON', () => {
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', name: 'x', startTimeUnixNano: '1700000000000000000' };

  test('is read in the spellings of OTLP and of protobuf’s JSON', () => {
    const trace = readTrace('1', {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
          scopeSpans: [
            {
              scope: { name: 'lib', version: '1' },
              spans: [
                {
                  ...span,
                  spanId: 'b7ad6b7169203331',
                  kind: 2,
                  endTimeUnixNano: '1700000000250000001',
                  status: { code: 'STATUS_CODE_ERROR', message: 'no' },
                },
                {
                  ...span,
                  spanId: 't61rcWkgMzI=',
                  parentSpanId: 'b7ad6b7169203331',
                  kind: 'SPAN_KIND_CLIENT',
                  endTimeUnixNano: '1699999999000000000',
                },
              ],
            },
          ],
        },
      ],
    });
    expect(trace?.spans.map(({ id, parentId, kind, status, duration }) => [id, parentId, kind, status, duration])).toEqual([
      ['b7ad6b7169203331', '', 'server', 'error', 250_000_001],
      ['b7ad6b7169203332', 'b7ad6b7169203331', 'client', 'unset', 0],
    ]);
    expect(trace?.spans[0]?.origin).toMatchObject({ service: 'web', scopeName: 'lib' });
    expect(trace === undefined ? 0 : instantOf(trace, 1_500_000)).toBe(1_700_000_000_001.5);
  });

  test('keeps types and all digits of attributes', () => {
    const attributes = [
      { key: 'text', value: { stringValue: '42' } },
      { key: 'int', value: { intValue: '9223372036854775807' } },
      { key: 'double', value: { doubleValue: 0.1 } },
      { key: 'bool', value: { boolValue: false } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
      { key: 'none' },
    ];
    const trace = readTrace('1', { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, spanId: 'b7ad6b7169203331', attributes }] }] }] });
    expect(trace?.spans[0]?.attributes.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'string 42',
      'int 9223372036854775807',
      'double 0.1',
      'bool false',
      'array [1,"x"]',
      'map {"k":true}',
      'empty ',
    ]);
  });

  test('without spans is none', () => expect(readTrace('1', {})).toBeUndefined());
});

describe('the tree', () => {
  test('has parents before children, with self times and the critical path', () => {
    const { tree, path } = shop();
    expect(tree.spans.map(({ id }) => id)).toEqual(['root', 'a', 'a1', 'a2', 'b']);
    expect([...tree.after]).toEqual([5, 4, 3, 4, 5]);
    expect([...tree.self].map((self) => self / 1e6)).toEqual([20, 10, 10, 10, 60]);
    expect(ids([...path.keys()].sort((x, y) => x - y))).not.toContain('a2');
    const covered = [...path.values()].flatMap((stretches) => stretches.map((at, i) => (i % 2 === 1 ? at : -at)));
    expect(covered.reduce((sum, part) => sum + part, 0) / 1e6).toBe(100);
  });

  test('says what it tolerated: clocks that differ, parents that did not arrive', () => {
    const { tree } = buildTree(
      traceOf([
        { id: 'root', service: 'web', start: 100, duration: 50 },
        { id: 'early', parent: 'root', service: 'pay', start: 40, duration: 10 },
        { id: 'orphan', parent: 'lost', service: 'mail', start: 120, duration: 5 },
      ]),
    );
    expect(tree.spans.map(({ id }, place) => [id, tree.oddities[place]])).toEqual([
      ['root', undefined],
      ['early', 'skew'],
      ['orphan', 'missing-parent'],
    ]);
    // Moved into its parent; times begin at the first start that is left.
    expect(tree.starts[1]).toBeGreaterThanOrEqual(tree.starts[0] as number);
    expect(tree.starts[0]).toBe(0);
  });

  test('knows when a span was busy itself', () => {
    const { tree } = shop();
    expect(selfStretches(tree, 0).map((at) => at / 1e6)).toEqual([0, 10, 90, 100]);
    expect(selfStretches(tree, 1).map((at) => at / 1e6)).toEqual([10, 12, 32, 40]);
  });
});

describe('the rows', () => {
  const rows = (filter: Partial<typeof ALL_SPANS>, folded: number[] = []) => {
    const { tree, path } = shop();
    return rowsOf(tree, path, { ...ALL_SPANS, ...filter }, new Set(folded)).map(
      ({ place, dimmed }) => `${tree.spans[place]?.id}${dimmed ? '?' : ''}`,
    );
  };

  test('leave out what is folded, keep what leads to a span that fits', () => {
    expect(rows({}, [1])).toEqual(['root', 'a', 'b']);
    expect(rows({ errors: true })).toEqual(['root?', 'a?', 'a2', 'b']);
    expect(rows({ service: 'cart' })).toEqual(['root?', 'a', 'a1', 'a2']);
    expect(rows({ critical: true })).not.toContain('a2');
  });

  test('fold to a level, and know what is above a span', () => {
    const { tree } = shop();
    expect([...foldedBelow(tree, 1)]).toEqual([1]);
    expect(ids(above(tree, 3))).toEqual(['a', 'root']);
  });

  test('find a text in names, attributes and name=value', () => {
    const { tree } = shop();
    expect(ids(findSpans(tree, 'CHARGE'))).toEqual(['b']);
    expect(ids(findSpans(tree, 'redis'))).toEqual(['a']);
    expect(ids(findSpans(tree, 'db.system=redis'))).toEqual(['a']);
    expect(findSpans(tree, 'db.system=mysql')).toEqual([]);
    expect(findSpans(tree, '  ')).toEqual([]);
  });
});

test('operations and services are counted', () => {
  const { tree } = shop();
  const milliseconds = operationStatistics(tree).map(({ name, count, errors, total, self, p95 }) => [
    name,
    count,
    errors,
    total / 1e6,
    self / 1e6,
    p95 / 1e6,
  ]);
  expect(milliseconds).toEqual([
    ['charge', 1, 1, 60, 60, 60],
    ['GET /', 1, 0, 100, 20, 100],
    ['query', 2, 1, 20, 20, 10],
    ['load', 1, 0, 30, 10, 30],
  ]);
  expect(serviceShares(tree).map(({ service, spans, errors }) => [service, spans, errors])).toEqual([
    ['web', 1, 0],
    ['cart', 3, 1],
    ['pay', 1, 1],
  ]);
});

test('the flame graph joins equal calls; a box is as wide as what is on it and its own time', () => {
  const boxes = flameBoxes(shop().tree);
  expect(boxes.map(({ name, count, weight, parent }) => [name, count, weight / 1e6, parent])).toEqual([
    ['', 0, 110, -1],
    ['GET /', 1, 110, 0],
    ['load', 1, 30, 1],
    ['query', 2, 20, 2],
    ['charge', 1, 60, 1],
  ]);
  // The wider one first.
  expect(boxes[4]?.offset).toBe(0);
  expect(boxes[2]?.offset).toBe(60e6);
});

describe('two traces', () => {
  const other = buildTree(
    traceOf([
      { id: 'r', service: 'web', name: 'GET /', start: 0, duration: 250 },
      { id: 'x', parent: 'r', service: 'cart', name: 'load', start: 10, duration: 31 },
      { id: 'y', parent: 'r', service: 'mail', name: 'send', start: 50, duration: 150 },
    ]),
  ).tree;
  const nodes = compareTraces(shop().tree, other);

  test('are one tree by the way to their spans', () => {
    expect(nodes.map((node) => [node.name, node.depth, node.a?.count, node.b?.count, verdictOf(node), node.below])).toEqual([
      ['GET /', 0, 1, 1, 'slower', 4],
      ['load', 1, 1, 1, 'same', 1],
      ['query', 2, 2, undefined, 'only-a', 0],
      ['charge', 1, 1, undefined, 'only-a', 0],
      ['send', 1, undefined, 1, 'only-b', 0],
    ]);
    expect(totalsOf(nodes)).toEqual({ slower: 1, faster: 0, same: 1, 'only-a': 2, 'only-b': 1 });
  });

  test('show differences alone, and fold', () => {
    expect(shownNodes(nodes, true, new Set()).map(({ name }) => name)).toEqual(['GET /', 'load', 'query', 'charge', 'send']);
    const same = compareTraces(other, other);
    expect(shownNodes(same, true, new Set())).toEqual([]);
    expect(shownNodes(nodes, false, new Set([nodes[1]?.key ?? ''])).map(({ name }) => name)).toEqual(['GET /', 'load', 'charge', 'send']);
  });
});
