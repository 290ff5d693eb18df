import type { PlainSpan } from '@atalaya/journal/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { span, startDerivation } from './derivation-for-tests.ts';

const REQUESTS = 'traces_service_graph_request_total';
const [SERVER, CLIENT, PRODUCER, CONSUMER] = [2, 3, 4, 5];

const id = (n: number): string => n.toString(16).padStart(16, '0');
const client = (n: number, fields: Partial<PlainSpan> & { ms?: number } = {}): PlainSpan => ({
  ...span({ service: 'web', kind: CLIENT, ms: 100, ...fields }),
  traceId: 'ab'.repeat(16),
  spanId: id(n),
});
const server = (n: number, fields: Partial<PlainSpan> & { ms?: number } = {}): PlainSpan => ({
  ...span({ service: 'cart', kind: SERVER, ms: 60, ...fields }),
  traceId: 'ab'.repeat(16),
  parentSpanId: id(n),
});

test('a client span and its server span make a request, in either order and across requests', async () => {
  const { clock, derivation, observe, newest } = startDerivation();
  observe(client(1), server(1), server(2));
  await clock.advance(9000);
  observe(client(2), client(3));
  await clock.advance(9000);
  observe(server(3, { status: 2 }));
  await derivation.stop();
  expect(newest(REQUESTS)).toEqual({ '{client="web", server="cart"}': 3 });
  expect(newest('traces_service_graph_request_failed_total')).toEqual({ '{client="web", server="cart"}': 1 });
  expect(newest('traces_service_graph_request_server_seconds_sum')['{client="web", server="cart"}']).toBeCloseTo(0.18, 9);
  expect(newest('traces_service_graph_request_client_seconds_sum')['{client="web", server="cart"}']).toBeCloseTo(0.3, 9);
  expect(newest('traces_service_graph_request_client_seconds_count')['{client="web", server="cart"}']).toBe(3);
  await clock.advance(40_000);
  expect(newest('traces_service_graph_unpaired')).toEqual({});
});

test('ids of another trace do not pair', async () => {
  const { clock, derivation, observe, newest } = startDerivation();
  observe(client(1), { ...server(1), traceId: 'cd'.repeat(16) });
  await clock.advance(30_000);
  await derivation.stop();
  expect(newest(REQUESTS)).toEqual({});
  expect(newest('traces_service_graph_unpaired_spans_total')).toEqual({ '{client="web"}': 1, '{server="cart"}': 1 });
});

test('a message that several consume is a request to each', async () => {
  const { derivation, observe, newest } = startDerivation();
  observe(server(1, { kind: CONSUMER, service: 'mail' }), client(1, { kind: PRODUCER }), server(1, { kind: CONSUMER, service: 'stock' }));
  await derivation.stop();
  expect(newest(REQUESTS)).toEqual({
    '{client="web", connection_type="messaging_system", server="mail"}': 1,
    '{client="web", connection_type="messaging_system", server="stock"}': 1,
  });
});

test('whoever has no spans is named by those who call, or is a user', async () => {
  const { clock, derivation, observe, newest } = startDerivation();
  observe(
    span({ service: 'web', kind: SERVER }),
    span({ service: 'mail', kind: CONSUMER }),
    client(1, { attributes: { 'db.system': 'postgresql', 'db.name': 'orders', 'server.address': 'db1' } }),
    client(2, { attributes: { 'db.system': 'redis' } }),
    client(3, { attributes: { 'server.address': 'api.example.com' }, status: 2 }),
    client(4, { attributes: { 'server.address': 'gateway', 'peer.service': 'bank' } }),
    client(5, { attributes: { 'server.address': 'cart.local' } }),
    client(6),
    server(5),
  );
  const sure = {
    '{client="user", connection_type="virtual_node", server="web"}': 1,
    '{client="web", connection_type="database", server="orders"}': 1,
    '{client="web", connection_type="database", server="redis"}': 1,
    '{client="web", server="cart"}': 1,
  };
  await clock.advance(0);
  await clock.advance(15_000);
  await clock.advance(15_000);
  await derivation.stop();
  expect(newest(REQUESTS)).toEqual({
    ...sure,
    '{client="web", connection_type="virtual_node", server="api.example.com"}': 1,
    '{client="web", connection_type="virtual_node", server="bank"}': 1,
  });
  expect(
    newest('traces_service_graph_request_failed_total')['{client="web", connection_type="virtual_node", server="api.example.com"}'],
  ).toBe(1);
  expect(newest('traces_service_graph_unpaired_spans_total')).toEqual({ '{client="web"}': 1 });
});

test('spans wait within bounds; those for which there is no room are counted', async () => {
  const { clock, derivation, observe, newest } = startDerivation({ maxWaiting: 10 });
  observe(...Array.from({ length: 25 }, (_, n) => client(n + 1)));
  expect(derivation.stats().waitingSpans).toBe(10);
  await clock.advance(45_000);
  observe(client(100), server(100));
  await derivation.stop();
  expect(newest('traces_service_graph_dropped_spans_total')).toEqual({ '{client="web"}': 15 });
  expect(newest('traces_service_graph_unpaired_spans_total')).toEqual({ '{client="web"}': 10 });
  expect(newest(REQUESTS)).toEqual({ '{client="web", server="cart"}': 1 });
});

test('edges are bounded: further requests are counted without their ends', async () => {
  const { derivation, observe, newest } = startDerivation({ maxSets: 3 });
  observe(...Array.from({ length: 10 }, (_, n) => span({ service: `service ${n}`, kind: SERVER })));
  await derivation.stop();
  expect(Object.keys(newest(REQUESTS))).toHaveLength(4);
  expect(newest(REQUESTS)['{connection_type="virtual_node", otel_metric_overflow="true"}']).toBe(7);
  expect(derivation.stats().overflowedRequests).toBe(7);
});

test('a hundred thousand servers under one parent take no more time each than one', async () => {
  const { derivation, observe, newest } = startDerivation({ maxWaiting: 20_000 });
  for (let i = 0; i < 20; i++) observe(...Array.from({ length: 1000 }, () => server(1)));
  observe(client(1));
  await derivation.stop();
  expect(newest(REQUESTS)).toEqual({ '{client="web", server="cart"}': 20_000 });
});

test('in whatever order and pieces spans come, requests are the pairs of a client and its servers', async () => {
  const anyTrace = fc.record({
    clients: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
    servers: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(anyTrace, fc.infiniteStream(fc.nat()), async ({ clients, servers }, chance) => {
      const { clock, derivation, observe, newest } = startDerivation();
      const spans = [...clients.map((n) => client(n)), ...servers.map((n) => server(n, { service: `s${n}` }))];
      const shuffled = spans.map((each) => ({ each, at: chance.next().value as number })).sort((a, b) => a.at - b.at);
      for (const { each, at } of shuffled) {
        // Spans are repeated now and then.
        observe(each, ...(at % 5 === 0 ? [each] : []));
        await clock.advance(at % 400);
      }
      await clock.advance(30_000);
      await derivation.stop();
      const expected: Record<string, number> = {};
      for (const n of servers) {
        if (!clients.includes(n)) continue;
        const edge = `{client="web", server="s${n}"}`;
        expected[edge] = (expected[edge] ?? 0) + 1;
      }
      expect(newest(REQUESTS)).toEqual(expected);
      const lonelyClients = clients.filter((n) => !servers.includes(n)).length;
      const lonelyServers = servers.filter((n) => !clients.includes(n)).length;
      const unpaired = Object.values(newest('traces_service_graph_unpaired_spans_total')).reduce((sum, value) => sum + value, 0);
      expect(unpaired).toBe(lonelyClients + lonelyServers);
    }),
    { numRuns: 60 },
  );
});
