/** The pretended shop: eight services, what they call, and the series that are derived from their spans. */

import { counter, type MockMetric, type MockSeries, noise } from './world.ts';

/** A call between two of the shop: how often per second, which share fails, and the median of its seconds. */
interface Call {
  readonly client: string;
  readonly server: string;
  readonly connection: '' | 'database' | 'messaging_system' | 'virtual_node';
  readonly rate: number;
  readonly failing: (seconds: number) => number;
  readonly median: number;
}

/** What a service does, as its spans are named. */
interface Operation {
  readonly service: string;
  readonly name: string;
  readonly kind: 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'INTERNAL';
  readonly rate: number;
  readonly failing: (seconds: number) => number;
  readonly median: number;
}

/** More goes wrong for ten minutes of each half hour, as the lines of the shop say. */
const troubled = (seconds: number) => Math.floor(seconds / 600) % 3 === 1;
const seldom = (share: number) => () => share;
const inTrouble =
  (share: number, else_ = 0.004) =>
  (seconds: number) =>
    troubled(seconds) ? share : else_;

const CALLS: readonly Call[] = [
  { client: 'user', server: 'web', connection: 'virtual_node', rate: 31, failing: seldom(0.002), median: 0.062 },
  { client: 'web', server: 'gateway', connection: '', rate: 48, failing: inTrouble(0.03), median: 0.041 },
  { client: 'gateway', server: 'catalogue', connection: '', rate: 33, failing: seldom(0), median: 0.011 },
  { client: 'gateway', server: 'basket', connection: '', rate: 9, failing: seldom(0), median: 0.006 },
  { client: 'gateway', server: 'search', connection: '', rate: 6, failing: seldom(0.014), median: 0.16 },
  { client: 'gateway', server: 'checkout', connection: '', rate: 2.4, failing: inTrouble(0.25, 0.02), median: 0.21 },
  { client: 'catalogue', server: 'products', connection: 'database', rate: 12, failing: seldom(0), median: 0.003 },
  { client: 'catalogue', server: 'cache', connection: 'database', rate: 64, failing: seldom(0), median: 0.0007 },
  { client: 'basket', server: 'cache', connection: 'database', rate: 18, failing: seldom(0), median: 0.0008 },
  { client: 'search', server: 'products', connection: 'database', rate: 2, failing: seldom(0), median: 0.09 },
  { client: 'checkout', server: 'basket', connection: '', rate: 2.4, failing: seldom(0), median: 0.006 },
  { client: 'checkout', server: 'payments', connection: '', rate: 2.3, failing: inTrouble(0.3, 0.01), median: 0.13 },
  { client: 'checkout', server: 'orders', connection: 'database', rate: 7, failing: seldom(0.001), median: 0.008 },
  { client: 'checkout', server: 'order-events', connection: 'messaging_system', rate: 2.2, failing: seldom(0), median: 0.004 },
  { client: 'order-events', server: 'mailer', connection: 'messaging_system', rate: 2.2, failing: seldom(0), median: 0.35 },
  { client: 'payments', server: 'bank.example', connection: 'virtual_node', rate: 2.3, failing: inTrouble(0.28, 0.01), median: 0.12 },
];

const OPERATIONS: readonly Operation[] = [
  { service: 'web', name: 'GET /', kind: 'SERVER', rate: 18, failing: seldom(0), median: 0.034 },
  { service: 'web', name: 'GET /product/:id', kind: 'SERVER', rate: 11, failing: seldom(0.001), median: 0.058 },
  { service: 'web', name: 'POST /order', kind: 'SERVER', rate: 2.4, failing: inTrouble(0.25, 0.02), median: 0.26 },
  { service: 'web', name: 'GET', kind: 'CLIENT', rate: 48, failing: inTrouble(0.03), median: 0.041 },
  { service: 'gateway', name: 'GET /api/products', kind: 'SERVER', rate: 33, failing: seldom(0), median: 0.014 },
  { service: 'gateway', name: 'GET /api/search', kind: 'SERVER', rate: 6, failing: seldom(0.014), median: 0.17 },
  { service: 'gateway', name: 'POST /api/orders', kind: 'SERVER', rate: 2.4, failing: inTrouble(0.25, 0.02), median: 0.22 },
  { service: 'gateway', name: 'PUT /api/basket', kind: 'SERVER', rate: 9, failing: seldom(0), median: 0.009 },
  { service: 'catalogue', name: 'catalogue.List', kind: 'SERVER', rate: 22, failing: seldom(0), median: 0.012 },
  { service: 'catalogue', name: 'catalogue.Get', kind: 'SERVER', rate: 11, failing: seldom(0), median: 0.005 },
  { service: 'catalogue', name: 'SELECT products', kind: 'CLIENT', rate: 12, failing: seldom(0), median: 0.003 },
  { service: 'catalogue', name: 'GET', kind: 'CLIENT', rate: 64, failing: seldom(0), median: 0.0007 },
  { service: 'basket', name: 'basket.Update', kind: 'SERVER', rate: 9, failing: seldom(0), median: 0.006 },
  { service: 'basket', name: 'basket.Read', kind: 'SERVER', rate: 2.4, failing: seldom(0), median: 0.004 },
  { service: 'search', name: 'POST /query', kind: 'SERVER', rate: 6, failing: seldom(0.014), median: 0.16 },
  { service: 'search', name: 'rank', kind: 'INTERNAL', rate: 6, failing: seldom(0), median: 0.07 },
  { service: 'checkout', name: 'POST /orders', kind: 'SERVER', rate: 2.4, failing: inTrouble(0.25, 0.02), median: 0.21 },
  { service: 'checkout', name: 'GET /orders/:id', kind: 'SERVER', rate: 1.1, failing: seldom(0), median: 0.016 },
  { service: 'checkout', name: 'POST /charges', kind: 'CLIENT', rate: 2.3, failing: inTrouble(0.3, 0.01), median: 0.13 },
  { service: 'checkout', name: 'INSERT orders', kind: 'CLIENT', rate: 7, failing: seldom(0.001), median: 0.008 },
  { service: 'checkout', name: 'order-events publish', kind: 'PRODUCER', rate: 2.2, failing: seldom(0), median: 0.004 },
  { service: 'payments', name: 'POST /charges', kind: 'SERVER', rate: 2.3, failing: inTrouble(0.3, 0.01), median: 0.13 },
  { service: 'payments', name: 'POST bank.example', kind: 'CLIENT', rate: 2.3, failing: inTrouble(0.28, 0.01), median: 0.12 },
  { service: 'mailer', name: 'order-events process', kind: 'CONSUMER', rate: 2.2, failing: seldom(0), median: 0.35 },
];

const BOUNDS = [0.002, 0.004, 0.006, 0.008, 0.01, 0.05, 0.1, 0.2, 0.4, 0.8, 1, 1.4, 2, 5, 10, 15, Infinity];

/** The share of durations below a bound, of durations around a median whose logarithms spread as most do. */
function below(bound: number, median: number): number {
  return bound === Infinity ? 1 : 1 / (1 + (median / bound) ** 2.3);
}

/** People come and go. */
const traffic = (seed: number, seconds: number) => 0.7 + 0.45 * noise(seed, seconds, 2400) + 0.3 * noise(seed + 1, seconds, 300);

/** All series that are derived from the shop's spans. */
export function shopMetrics(): MockMetric[] {
  let seed = 50_000;
  const made = new Map<string, { help: string; type: MockMetric['type']; series: MockSeries[] }>();
  const add = (name: string, type: MockMetric['type'], help: string, labels: Record<string, string>, rate: (s: number) => number) => {
    const family = made.get(name) ?? { help, type, series: [] };
    made.set(name, family);
    family.series.push({ labels: { __name__: name, ...labels }, at: counter((seed += 7), rate) });
  };
  const histogram = (
    name: string,
    help: string,
    labels: Record<string, string>,
    rate: (s: number) => number,
    median: (s: number) => number,
  ) => {
    for (const bound of BOUNDS) {
      const le = bound === Infinity ? '+Inf' : String(bound);
      add(`${name}_bucket`, 'histogram', help, { ...labels, le }, (s) => rate(s) * below(bound, median(s)));
    }
    add(`${name}_sum`, 'histogram', help, labels, (s) => rate(s) * median(s) * 1.35);
    add(`${name}_count`, 'histogram', help, labels, rate);
  };
  const slower = (median: number, failing: (s: number) => number) => (s: number) =>
    median * (0.8 + 0.5 * noise(911, s, 700)) * (failing(s) > 0.1 ? 2.4 : 1);
  for (const [index, { service, name, kind, rate, failing, median }] of OPERATIONS.entries()) {
    const labels = { service_name: service, span_name: name, span_kind: `SPAN_KIND_${kind}` };
    for (const [status, share] of [
      ['STATUS_CODE_UNSET', (s: number) => 1 - failing(s)],
      ['STATUS_CODE_ERROR', failing],
    ] as const) {
      const own = { ...labels, status_code: status };
      const calls = (s: number) => rate * traffic(3000 + index, s) * share(s);
      add('traces_spanmetrics_calls_total', 'counter', 'Spans by service, name, kind and status.', own, calls);
      histogram('traces_spanmetrics_duration_seconds', 'Durations of spans.', own, calls, slower(median, failing));
    }
  }
  for (const [index, { client, server, connection, rate, failing, median }] of CALLS.entries()) {
    const labels = { client, server, connection_type: connection };
    const calls = (s: number) => rate * traffic(4000 + index, s);
    add('traces_service_graph_request_total', 'counter', 'Calls from one service to another.', labels, calls);
    add('traces_service_graph_request_failed_total', 'counter', 'Calls that failed.', labels, (s) => calls(s) * failing(s));
    for (const side of ['client', 'server'])
      histogram(
        `traces_service_graph_request_${side}_seconds`,
        'Durations of calls.',
        labels,
        calls,
        slower(median * (side === 'client' ? 1.08 : 1), failing),
      );
  }
  return [...made].map(([name, family]) => ({ name, ...family }));
}
