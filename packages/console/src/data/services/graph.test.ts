import { describe, expect, test } from 'vitest';

import { graphOf, gravity, litBy, type MapAnswers, standingKinds, worstServices } from './graph.ts';
import { mapQueries, measuredOver } from './queries.ts';

type Row = readonly [labels: Record<string, string>, value: number | string];

const answer = (rows: readonly Row[] = []) => ({
  data: { resultType: 'vector' as const, result: rows.map(([metric, value]) => ({ metric, value: [0, String(value)] as const })) },
  warnings: [],
  infos: [],
});
const edge = (client: string, server: string, connection_type = '') => ({ client, server, connection_type });
const calls = (service_name: string, span_kind: string, status_code = 'UNSET') => ({
  service_name,
  span_kind: `SPAN_KIND_${span_kind}`,
  status_code: `STATUS_CODE_${status_code}`,
});
const answers = (parts: Partial<Record<keyof MapAnswers, readonly Row[]>>): MapAnswers => ({
  requests: answer(parts.requests),
  failed: answer(parts.failed),
  edgeLatency: answer(parts.edgeLatency),
  calls: answer(parts.calls),
  serviceLatency: answer(parts.serviceLatency),
  calledLatency: answer(parts.calledLatency),
});

describe('the service graph', () => {
  test('an edge has its rate, share of failures and latency', () => {
    const { edges } = graphOf(
      answers({
        requests: [[edge('web', 'cart'), 4]],
        failed: [[edge('web', 'cart'), 1]],
        edgeLatency: [[edge('web', 'cart'), 0.2]],
      }),
    );
    expect(edges).toEqual([
      { id: '["web","cart",""]', client: 'web', server: 'cart', connection: '', from: 'web', to: 'cart', rate: 4, errors: 0.25, p95: 0.2 },
    ]);
  });

  test('edges without a call in the range are left out; without a failed one the share is none', () => {
    const { edges } = graphOf(
      answers({
        requests: [
          [edge('web', 'cart'), 0],
          [edge('web', 'pay'), 2],
          [edge('x', 'y'), 'NaN'],
        ],
      }),
    );
    expect(edges.map(({ server, errors }) => [server, errors])).toEqual([['pay', 0]]);
  });

  test('a service is judged by what comes in to it, not by its own calls', () => {
    const { nodes } = graphOf(
      answers({
        calls: [
          [calls('cart', 'SERVER'), 9],
          [calls('cart', 'SERVER', 'ERROR'), 1],
          [calls('cart', 'CLIENT', 'ERROR'), 50],
        ],
        serviceLatency: [[{ service_name: 'cart' }, 0.3]],
      }),
    );
    expect(nodes).toEqual([{ id: 'cart', name: 'cart', kind: 'service', rate: 10, errors: 0.1, p95: 0.3 }]);
  });

  test('one that nobody calls is judged by its own work', () => {
    expect(standingKinds(['SPAN_KIND_CLIENT', 'SPAN_KIND_INTERNAL'])).toEqual(['SPAN_KIND_INTERNAL']);
    expect(standingKinds([])).toEqual([]);
    const { nodes } = graphOf(
      answers({
        calls: [
          [calls('job', 'INTERNAL'), 2],
          [calls('job', 'CLIENT'), 8],
        ],
      }),
    );
    expect(nodes[0]).toMatchObject({ id: 'job', rate: 2 });
  });

  test('what sends no spans is told by its callers: databases, queues, virtual nodes', () => {
    const { nodes } = graphOf(
      answers({
        calls: [[calls('cart', 'SERVER'), 1]],
        requests: [
          [edge('cart', 'orders-db', 'database'), 3],
          [edge('cart', 'mails', 'messaging_system'), 1],
          [edge('user', 'cart', 'virtual_node'), 1],
          [edge('other', 'orders-db', 'database'), 1],
        ],
        failed: [[edge('cart', 'orders-db', 'database'), 1]],
        calledLatency: [[{ server: 'orders-db', connection_type: 'database' }, 0.01]],
      }),
    );
    expect(nodes.map(({ name, kind }) => [name, kind])).toEqual([
      ['cart', 'service'],
      ['orders-db', 'database'],
      ['mails', 'queue'],
      ['other', 'virtual'],
      ['user', 'virtual'],
    ]);
    expect(nodes[1]).toMatchObject({ rate: 4, errors: 0.25, p95: 0.01 });
    expect(nodes[4]).toMatchObject({ rate: undefined, errors: undefined });
  });

  test('a database with the name of a service is another node', () => {
    const { nodes, edges } = graphOf(
      answers({
        calls: [[calls('stock', 'SERVER'), 1]],
        requests: [
          [edge('stock', 'stock', 'database'), 3],
          [edge('web', 'stock'), 1],
        ],
      }),
    );
    expect(nodes.map(({ id, kind }) => [id, kind])).toEqual([
      ['database:stock', 'database'],
      ['stock', 'service'],
      ['web', 'service'],
    ]);
    expect(edges.map(({ from, to }) => `${from} > ${to}`)).toEqual(['stock > database:stock', 'web > stock']);
  });

  test('what is chosen stands out with its neighbours, else what is sought', () => {
    const graph = graphOf(
      answers({
        requests: [
          [edge('web', 'cart'), 1],
          [edge('cart', 'cart', 'database'), 1],
          [edge('web', 'pay'), 1],
        ],
      }),
    );
    expect([...(litBy(graph, 'cart', 'pay') ?? [])].filter((id) => !id.startsWith('['))).toEqual(['cart', 'database:cart', 'web']);
    expect(litBy(graph, undefined, ' PAY ')?.has('pay')).toBe(true);
    expect(litBy(graph, undefined, ' ')).toBeUndefined();
  });

  test('a service that takes messages is a service', () => {
    const { nodes } = graphOf(
      answers({ calls: [[calls('mailer', 'CONSUMER'), 1]], requests: [[edge('cart', 'mailer', 'messaging_system'), 1]] }),
    );
    expect(nodes.find(({ id }) => id === 'mailer')?.kind).toBe('service');
  });

  test('the worst services are those that fail most, then the slowest', () => {
    const graph = graphOf(
      answers({
        calls: [
          [calls('a', 'SERVER'), 1],
          [calls('b', 'SERVER', 'ERROR'), 1],
          [calls('c', 'SERVER'), 1],
        ],
        serviceLatency: [
          [{ service_name: 'a' }, 0.1],
          [{ service_name: 'c' }, 2],
        ],
      }),
    );
    expect(worstServices(graph, 2).map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('shares of failures are grave from one and from five percent on', () => {
    expect([undefined, 0, 0.0099, 0.01, 0.049, 0.05, 1].map(gravity)).toEqual([
      undefined,
      undefined,
      undefined,
      'warning',
      'warning',
      'critical',
      'critical',
    ]);
  });
});

describe('the map’s queries', () => {
  test('look over the whole range, but no further back than can be read', () => {
    expect(mapQueries(3_600_000).requests).toContain('traces_service_graph_request_total[1h]');
    expect(measuredOver(3_600_000)).toEqual({ rates: '1h', latency: '1h', shortened: false });
    expect(measuredOver(30 * 86_400_000)).toEqual({ rates: '2d', latency: '6h', shortened: true });
  });
});
