/** The pretended shop's traces. Each is made from its number alone, so that a day of them needs no memory. */

import type { AnyValueJson, KeyValueJson, TracesJson } from '../../../src/data/traces/otlp.ts';

/** An attribute of the pretended world. */
type Value = string | number | boolean | readonly string[];

/** A pretended span. Times in nanoseconds since the trace's beginning. */
export interface MockSpan {
  readonly id: string;
  readonly parent: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly start: number;
  readonly duration: number;
  readonly error: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events: readonly { readonly at: number; readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A pretended trace. */
export interface MockTrace {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly spans: readonly MockSpan[];
}

/** A trace begins about so often, milliseconds. */
const EVERY = 15_000;
/** Every so many traces one is that of a job with this many spans. */
const JOB_EVERY = 97;
const JOB_SPANS = 10_000;

const MS = 1e6;
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const INTERNAL = 1;

/** A source of numbers in 0…1 that is the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (random: () => number, digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** The id of the trace with this number: the number stands at its end. */
export function traceIdOf(number: number): string {
  return `${hex(randomOf(number * 2654435761), 24)}${number.toString(16).padStart(8, '0')}`;
}

/** The trace of an id; `undefined` for an id that is not of this world. */
export function traceOf(id: string): MockTrace | undefined {
  const number = Number.parseInt(id.slice(24), 16);
  return traceIdOf(number) === id ? makeTrace(number) : undefined;
}

/** The traces that begin in a range of epoch milliseconds, newest first. */
export function* tracesIn(start: number, end: number): Generator<MockTrace> {
  for (let number = Math.floor(end / EVERY); number * EVERY >= start; number -= 1) {
    const trace = made(number);
    if (trace.at >= start && trace.at < end) yield trace;
  }
}

const kept = new Map<number, MockTrace>();

function made(number: number): MockTrace {
  let trace = kept.get(number);
  if (trace === undefined) {
    trace = makeTrace(number);
    kept.set(number, trace);
    if (kept.size > 600) kept.delete(kept.keys().next().value as number);
  }
  return trace;
}

/** The number of the newest trace of the large job before a moment, for pictures and tests. */
export function jobBefore(now: number): string {
  let number = Math.floor(now / EVERY) - 1;
  while (number % JOB_EVERY !== 0) number -= 1;
  return traceIdOf(number);
}

function makeTrace(number: number): MockTrace {
  const random = randomOf(number);
  random();
  const grown = new Growing(random);
  if (number % JOB_EVERY === 0) job(grown, number);
  else if (number % 5 === 2) browse(grown);
  else order(grown, Math.floor((number * EVERY) / 600_000) % 3 === 1, number);
  return { id: traceIdOf(number), at: number * EVERY + Math.floor(random() * EVERY * 0.9), spans: grown.spans };
}

interface Drawn {
  parent?: MockSpan | undefined;
  service: string;
  name: string;
  kind?: number;
  start: number;
  duration: number;
  error?: string;
  attributes?: Record<string, Value>;
  events?: MockSpan['events'];
  links?: MockSpan['links'];
}

/** Spans as they are drawn, times in milliseconds. */
class Growing {
  readonly spans: MockSpan[] = [];
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  span({ parent, service, name, kind = INTERNAL, start, duration, error = '', attributes = {}, events = [], links = [] }: Drawn): MockSpan {
    const made: MockSpan = {
      id: hex(this.random, 16),
      parent: parent?.id ?? '',
      service,
      name,
      kind,
      start: Math.round(start * MS),
      duration: Math.round(duration * MS),
      error,
      attributes,
      events: events.map((event) => ({ ...event, at: Math.round(event.at * MS) })),
      links,
    };
    this.spans.push(made);
    return made;
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}

const STACK = `Error: connect ECONNREFUSED 10.0.8.14:8443
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at BankClient.charge (/srv/payments/src/bank-client.ts:88:19)
    at async PaymentService.settle (/srv/payments/src/payment-service.ts:41:22)
    at async handle (/srv/payments/src/routes/payments.ts:27:5)`;

const http = (method: string, route: string, status: number): Record<string, Value> => ({
  'http.request.method': method,
  'http.route': route,
  'http.response.status_code': status,
  'url.path': route,
});

function select(g: Growing, parent: MockSpan, service: string, table: string, start: number, duration: number): void {
  g.span({
    parent,
    service,
    name: `SELECT shop.${table}`,
    kind: CLIENT,
    start,
    duration,
    attributes: {
      'db.system.name': 'postgresql',
      'db.collection.name': table,
      'db.query.text': `SELECT * FROM ${table} WHERE customer = $1 ORDER BY placed DESC LIMIT 50`,
      'server.address': 'db-1.lan',
      'db.response.returned_rows': Math.floor(g.between(0, 50)),
    },
  });
}

/** Somebody looks at products: quick, seldom wrong. */
function browse(g: Growing): void {
  const slow = g.random() < 0.08 ? g.between(300, 1400) : 0;
  const whole = g.between(18, 70) + slow;
  const root = g.span({
    service: 'web',
    name: 'GET /products',
    kind: SERVER,
    start: 0,
    duration: whole,
    attributes: { ...http('GET', '/products', 200), 'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)' },
  });
  const call = g.span({
    parent: root,
    service: 'web',
    name: 'GET',
    kind: CLIENT,
    start: 2,
    duration: whole - 6,
    attributes: http('GET', '/api/products', 200),
  });
  const list = g.span({
    parent: call,
    service: 'catalogue',
    name: 'GET /api/products',
    kind: SERVER,
    start: 3,
    duration: whole - 8,
    attributes: { ...http('GET', '/api/products', 200), 'shop.page': Math.floor(g.between(1, 9)), 'shop.cached': slow === 0 },
  });
  g.span({
    parent: list,
    service: 'catalogue',
    name: 'GET products:page',
    kind: CLIENT,
    start: 4,
    duration: 1.1,
    attributes: { 'db.system.name': 'redis' },
  });
  select(g, list, 'catalogue', 'products', 6, whole - 14);
}

/** Somebody orders: the way through all services. */
function order(g: Growing, troubled: boolean, number: number): void {
  const refused = g.random() < (troubled ? 0.4 : 0.04);
  const slow = g.random() < (troubled ? 0.3 : 0.06);
  const customer = Math.floor(g.between(1, 900));
  const cart = g.between(12, 40);
  const stock = g.between(20, 60) + (slow ? g.between(400, 1800) : 0);
  const attempts = refused ? 3 : 1;
  const bank = refused ? g.between(180, 420) : g.between(40, 160);
  const payment = attempts * bank + (attempts - 1) * 50 + 12;
  const store = g.between(8, 30);
  const inner = cart + Math.max(stock, payment) + store + 14;
  const status = refused ? 502 : 200;
  const message = refused ? 'payment refused: the bank does not answer' : '';
  const root = g.span({
    service: 'web',
    name: 'POST /orders',
    kind: SERVER,
    start: 0,
    duration: inner + 14,
    error: message,
    attributes: {
      ...http('POST', '/orders', status),
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)',
      'client.address': `10.0.0.${customer % 250}`,
    },
  });
  const call = g.span({
    parent: root,
    service: 'web',
    name: 'POST',
    kind: CLIENT,
    start: 4,
    duration: inner + 6,
    error: refused ? 'HTTP 502' : '',
    attributes: http('POST', '/api/orders', status),
  });
  const checkout = g.span({
    parent: call,
    service: 'checkout',
    name: 'POST /api/orders',
    kind: SERVER,
    start: 6,
    duration: inner,
    error: message,
    attributes: {
      ...http('POST', '/api/orders', status),
      'shop.customer': customer,
      'shop.country': g.pick(['ES', 'DE', 'FR', 'MX']),
      'shop.articles': ['A-11', 'B-7'],
    },
    events: [{ at: 6.4, name: 'order received', attributes: { 'shop.order': `A-${number}` } }],
  });
  const load = g.span({
    parent: checkout,
    service: 'checkout',
    name: 'load basket',
    start: 8,
    duration: cart,
    attributes: { 'code.function.name': 'loadBasket' },
  });
  g.span({
    parent: load,
    service: 'checkout',
    name: 'GET basket',
    kind: CLIENT,
    start: 9,
    duration: 1.4,
    attributes: { 'db.system.name': 'redis', 'server.address': 'cache-1.lan' },
  });
  select(g, load, 'checkout', 'baskets', 12, cart - 6);
  const from = 10 + cart;
  // Clocks of hosts are never quite the same.
  const drift = number % 11 === 3 ? -5 : 0;
  const reserve = g.span({
    parent: checkout,
    service: 'checkout',
    name: 'POST',
    kind: CLIENT,
    start: from,
    duration: stock,
    attributes: http('POST', '/api/stock/reserve', 200),
  });
  const stocked = g.span({
    parent: reserve,
    service: 'inventory',
    name: 'POST /api/stock/reserve',
    kind: SERVER,
    start: from + 2 + drift,
    duration: stock - 5,
    attributes: http('POST', '/api/stock/reserve', 200),
  });
  for (let i = 0; i < 3; i += 1) select(g, stocked, 'inventory', 'stock', from + 4 + drift + i * ((stock - 12) / 3), (stock - 14) / 3);
  const pay = g.span({
    parent: checkout,
    service: 'checkout',
    name: 'POST',
    kind: CLIENT,
    start: from + 1,
    duration: payment,
    error: refused ? 'HTTP 502' : '',
    attributes: http('POST', '/api/payments', status),
  });
  const paid = g.span({
    parent: pay,
    service: 'payments',
    name: 'POST /api/payments',
    kind: SERVER,
    start: from + 3,
    duration: payment - 4,
    error: message,
    attributes: {
      ...http('POST', '/api/payments', status),
      'payment.amount': Math.round(g.between(500, 20_000)) / 100,
      'payment.bank': g.pick(['santander', 'bbva', 'revolut']),
    },
  });
  for (let i = 0; i < attempts; i += 1) {
    const at = from + 5 + i * (bank + 50);
    g.span({
      parent: paid,
      service: 'payments',
      name: 'charge card',
      kind: CLIENT,
      start: at,
      duration: bank - 2,
      error: refused ? 'connect ECONNREFUSED 10.0.8.14:8443' : '',
      attributes: { 'server.address': 'bank.example', 'server.port': 8443, 'http.request.resend_count': i },
      events: refused
        ? [
            {
              at: at + bank - 3,
              name: 'exception',
              attributes: {
                'exception.type': 'Error',
                'exception.message': 'connect ECONNREFUSED 10.0.8.14:8443',
                'exception.stacktrace': STACK,
              },
            },
          ]
        : [],
    });
  }
  if (refused) return;
  const stored = from + Math.max(stock, payment) + 2;
  g.span({
    parent: checkout,
    service: 'checkout',
    name: 'INSERT shop.orders',
    kind: CLIENT,
    start: stored,
    duration: store,
    attributes: {
      'db.system.name': 'postgresql',
      'db.collection.name': 'orders',
      'db.query.text': 'INSERT INTO orders (customer, total) VALUES ($1, $2)',
    },
  });
  const sent = g.span({
    parent: checkout,
    service: 'checkout',
    name: 'orders publish',
    kind: PRODUCER,
    start: stored + store,
    duration: 2.2,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
  });
  const mail = g.span({
    parent: sent,
    service: 'mailer',
    name: 'orders process',
    kind: CONSUMER,
    start: stored + store + g.between(8, 60),
    duration: g.between(20, 50),
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders', 'messaging.kafka.offset': 88_000 + (number % 1000) },
    links: [{ traceId: traceIdOf(number - 1), spanId: checkout.id }],
  });
  g.span({
    parent: mail,
    service: 'mailer',
    name: 'render mail',
    start: mail.start / MS + 2,
    duration: 9,
    attributes: { 'mail.template': 'thank-you' },
  });
}

/** The nightly job: ten thousand spans. */
function job(g: Growing, number: number): void {
  const root = g.span({
    service: 'indexer',
    name: 'reindex catalogue',
    start: 0,
    duration: 1,
    attributes: { 'job.number': number, 'job.full': true },
  });
  let at = 5;
  while (g.spans.length < JOB_SPANS) {
    const begun = at;
    const batch = g.span({
      parent: root,
      service: 'indexer',
      name: 'index batch',
      start: begun,
      duration: 1,
      attributes: { 'batch.first': g.spans.length },
    });
    const bounds = g.spans.length - 1;
    for (let i = 0; i < 20 && g.spans.length < JOB_SPANS; i += 1) {
      const took = g.between(3, 30);
      const article = g.span({
        parent: batch,
        service: 'indexer',
        name: 'index article',
        start: at,
        duration: took,
        attributes: { 'shop.article': `A-${g.spans.length}` },
      });
      if (g.spans.length < JOB_SPANS) select(g, article, 'indexer', 'articles', at + 0.4, took * 0.4);
      if (g.spans.length < JOB_SPANS) {
        const bad = g.random() < 0.004;
        const write = g.span({
          parent: article,
          service: 'indexer',
          name: 'PUT',
          kind: CLIENT,
          start: at + took * 0.5,
          duration: took * 0.45,
          error: bad ? 'HTTP 503' : '',
          attributes: http('PUT', '/articles/_doc', bad ? 503 : 201),
        });
        if (g.spans.length < JOB_SPANS)
          g.span({
            parent: write,
            service: 'search',
            name: 'PUT /articles/_doc',
            kind: SERVER,
            start: at + took * 0.52,
            duration: took * 0.4,
            error: bad ? 'the shard is not available' : '',
            attributes: http('PUT', '/articles/_doc', bad ? 503 : 201),
          });
      }
      at += took * (i % 4 === 3 ? 1 : 0.4);
    }
    at += 10;
    g.spans[bounds] = { ...batch, duration: Math.round((at - begun + 14) * MS) };
    at += 6;
  }
  g.spans[0] = { ...root, duration: Math.round((at + 20) * MS) };
}

/** The trace as OTLP JSON. */
export function toOtlp({ id, at, spans }: MockTrace): TracesJson {
  const services = [...new Set(spans.map(({ service }) => service))];
  const begin = BigInt(at) * 1_000_000n;
  return {
    resourceSpans: services.map((service) => ({
      resource: {
        attributes: attributesJson({
          'service.name': service,
          'service.version': '2.4.1',
          'service.instance.id': `${service}-1`,
          'host.name': service === 'web' ? 'edge-1' : 'app-1',
          'telemetry.sdk.language': 'nodejs',
          'process.pid': 811,
        }),
      },
      scopeSpans: [
        {
          scope: { name: '@opentelemetry/instrumentation-http', version: '0.210.0' },
          spans: spans
            .filter((span) => span.service === service)
            .map((span) => ({
              traceId: id,
              spanId: span.id,
              ...(span.parent === '' ? {} : { parentSpanId: span.parent }),
              name: span.name,
              kind: span.kind,
              startTimeUnixNano: String(begin + BigInt(span.start)),
              endTimeUnixNano: String(begin + BigInt(span.start + span.duration)),
              attributes: attributesJson(span.attributes),
              events: span.events.map((event) => ({
                timeUnixNano: String(begin + BigInt(event.at)),
                name: event.name,
                attributes: attributesJson(event.attributes),
              })),
              links: span.links,
              status: span.error === '' ? {} : { code: 2, message: span.error },
            })),
        },
      ],
    })),
  };
}

function attributesJson(attributes: Readonly<Record<string, Value>>): KeyValueJson[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): AnyValueJson {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}
