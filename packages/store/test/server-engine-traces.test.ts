import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectTraceReader, directPorts, openServerEngine, openTraceStore, serveTraceReader, type TraceStore } from '../src/index.ts';
import type { Engine } from '../src/engine/engine.ts';
import { spanRecordOf } from '../src/traces/spans-for-tests.ts';
import { type HttpFront, startHttpFront } from './http-front.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const NOW_NS = BigInt(NOW) * 1_000_000n;
const never = new AbortController().signal;

let front: HttpFront;
let engine: Engine;
const open = (): Promise<TraceStore> => openTraceStore({ engine, clock: new ManualClock(NOW), log: silentLogger });
beforeAll(async () => {
  front = await startHttpFront();
  engine = openServerEngine({ url: front.url, clock: systemClock });
});
afterAll(async () => {
  await engine.close();
  await front.close();
});

it('keeps spans on a server as it does embedded: once, and to be found, read, counted and told', async () => {
  const store = await open();
  const traceId = 'ab'.repeat(16);
  const record = spanRecordOf(
    [
      {
        traceId,
        spanId: '01'.repeat(8),
        start: NOW_NS,
        duration: 5n,
        service: 'shop',
        name: 'GET ä',
        kind: 2,
        status: 2,
        attributes: { 'http.status': ['int', '500'], text: "it's" },
        events: [{ time: NOW_NS, name: 'e', attributes: { n: ['double', '0.5'] } }],
        links: [{ traceId: 'cd'.repeat(16), spanId: '02'.repeat(8) }],
      },
      {
        traceId,
        spanId: '03'.repeat(8),
        parentSpanId: '01'.repeat(8),
        start: NOW_NS - 86_400_000_000_000n,
        service: 'cart',
        name: 'query',
      },
    ],
    { appendedAt: NOW },
  );
  await store.load([record]);
  const next = await open();
  await next.load([spanRecordOf([{ traceId, spanId: '04'.repeat(8), start: NOW_NS + 1n, service: 'shop' }], { appendedAt: NOW }), record]);
  expect(next.counters).toMatchObject({ spans: 3, repeated: 2 });
  const [served, own] = directPorts();
  serveTraceReader(next, served);
  const reader = connectTraceReader(own);
  const range = { start: NOW_NS - 2n * 86_400_000_000_000n, end: NOW_NS + 10n };
  const spans = await reader.spans({ traceIds: [traceId], limit: 10 }, never);
  expect(spans.map(({ spanId }) => spanId.slice(0, 2))).toEqual(['03', '01', '04']);
  expect(spans[1]).toMatchObject({
    name: 'GET ä',
    kind: 'server',
    status: 'error',
    parentSpanId: '',
    attributes: [
      { name: 'http.status', type: 'int', value: '500' },
      { name: 'text', type: 'string', value: "it's" },
    ],
    events: [{ name: 'e', attributes: [{ type: 'double', value: '0.5' }] }],
    links: [{ traceId: 'cd'.repeat(16) }],
  });
  const status = { kind: 'attribute', scope: 'span', name: 'http.status' } as const;
  const having = [{ kind: 'compare', field: status, operator: '>=', value: { type: 'number', value: 500 } }] as const;
  expect((await reader.traces({ ...range, having, limit: 5 }, never)).map((found) => found.traceId)).toEqual([traceId]);
  const by = [{ kind: 'attribute', scope: 'resource', name: 'service.name' }] as const;
  const counts = await reader.counts(
    { ...range, having: { kind: 'and', of: [] }, width: 10n ** 18n, by, durations: true, groups: 10 },
    never,
  );
  expect(counts.map(({ values, buckets }) => `${values[0]} ${buckets[0]?.spans}`).sort()).toEqual(['cart 1', 'shop 2']);
  expect(await reader.values({ ...range, field: status, limit: 5 }, never)).toEqual([{ type: 'int', value: '500' }]);
  expect(await reader.services(range, never)).toEqual(['cart', 'shop']);
});
