/** Spans like those of OpenTelemetry's SDKs: requests through eight services, 20 attributes each by the semantic conventions, in batches as exporters send them. */

import type { PlainAttributes, PlainSpan } from '@atalaya/journal/testing';

const SERVICES = ['frontend', 'cart', 'checkout', 'payment', 'catalog', 'shipping', 'recommendation', 'currency'] as const;
const ROUTES = ['/', '/cart', '/cart/items', '/product/:id', '/checkout', '/order/:id', '/search', '/user/:id', '/ads', '/health'] as const;
const TABLES = ['orders', 'products', 'carts', 'users', 'prices'] as const;
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'okhttp/5.1.0',
  'node',
];

/** Numbers that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes spans, one trace after another. */
export class SpanWorkload {
  readonly #random: () => number;
  readonly #randomIds: boolean;
  /** Spans that wait for their service's batch. */
  readonly #waiting = new Map<string, PlainSpan[]>();
  readonly #gap: number;
  /** Nanoseconds since the epoch. */
  #now: bigint;

  /** @param randomIds also give two attributes values that no other span has; @param gap mean time between traces, nanoseconds */
  constructor(start: bigint, { seed = 1, randomIds = false, gap = 4_000_000 } = {}) {
    this.#random = seeded(seed);
    this.#randomIds = randomIds;
    this.#now = start;
    this.#gap = gap;
  }

  /** Nanoseconds since the epoch: when the last trace began. */
  get now(): bigint {
    return this.#now;
  }

  /** The next spans of one service, as its exporter sends them. */
  batch(size: number): PlainSpan[] {
    for (;;) {
      for (const [service, spans] of this.#waiting) {
        if (spans.length < size) continue;
        this.#waiting.set(service, spans.slice(size));
        return spans.slice(0, size);
      }
      this.#trace();
    }
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.#random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * this.#random() * from.length)] as T;
  }

  #trace(): void {
    this.#now += BigInt(Math.floor(this.#gap * 2 * this.#random()));
    const traceId = this.#hex(32);
    const root = this.#request(traceId, '', 'frontend', this.#now, 2_000_000 + 80_000_000 * this.#random() ** 3);
    const calls = 1 + Math.floor(this.#random() * 4);
    for (let i = 0; i < calls; i++) {
      const service = SERVICES[1 + Math.floor(this.#random() * (SERVICES.length - 1))] as string;
      const length = Number(root.duration) / (calls + 1);
      const start = root.start + BigInt(Math.floor(length * (i + 0.2)));
      const client = this.#add({
        ...this.#http(3),
        traceId,
        parentSpanId: root.spanId,
        service: 'frontend',
        start,
        duration: BigInt(Math.floor(length)),
      });
      const server = this.#request(traceId, client.spanId, service, start + 200_000n, length * 0.9);
      if (this.#random() < 0.6) this.#database(traceId, server.spanId, service, server.start + 100_000n, length * 0.5);
    }
  }

  #request(traceId: string, parentSpanId: string, service: string, start: bigint, duration: number): PlainSpan & { duration: bigint } {
    const span = { ...this.#http(2), traceId, parentSpanId, service, start, duration: BigInt(Math.floor(duration)) };
    this.#add(span);
    return span;
  }

  #add(span: PlainSpan): PlainSpan {
    const { service = '' } = span;
    const whole: PlainSpan = {
      ...span,
      ...(span.parentSpanId === '' ? { parentSpanId: '0'.repeat(16) } : {}),
      flags: 0x101,
      scopeName: `@opentelemetry/instrumentation-${span.name?.startsWith('pg') === true ? 'pg' : 'http'}`,
      scopeVersion: '0.203.0',
      resource: resourceOf(service),
    };
    const waiting = this.#waiting.get(service);
    if (waiting === undefined) this.#waiting.set(service, [whole]);
    else waiting.push(whole);
    return whole;
  }

  #http(kind: 2 | 3): Omit<PlainSpan, 'traceId' | 'start'> & { readonly spanId: string } {
    const random = this.#random;
    const method = random() < 0.8 ? 'GET' : 'POST';
    const route = this.#pick(ROUTES);
    const path = route.replace(':id', String(Math.floor(random() * 5000)));
    const failed = random() < 0.01;
    const code = failed ? '500' : random() < 0.05 ? '404' : '200';
    const attributes: PlainAttributes = {
      'http.request.method': method,
      'http.route': route,
      'url.scheme': 'http',
      'url.path': path,
      'url.query': random() < 0.3 ? `page=${Math.floor(random() * 20)}` : '',
      'server.address': 'shop.example.com',
      'server.port': ['int', '8080'],
      'client.address': `10.0.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`,
      'network.peer.address': `10.1.0.${Math.floor(random() * 16)}`,
      'network.peer.port': ['int', String(32_768 + Math.floor(random() * 28_000))],
      'network.protocol.version': '1.1',
      'user_agent.original': this.#pick(AGENTS),
      'http.response.status_code': ['int', code],
      'http.response.body.size': ['int', String(Math.floor(random() * 20_000))],
      'http.request.body.size': ['int', method === 'GET' ? '0' : String(Math.floor(random() * 2000))],
      'user.id': this.#randomIds ? this.#hex(32) : `user-${Math.floor(random() * 2000)}`,
      'session.id': this.#randomIds ? this.#hex(32) : `session-${Math.floor(random() * 20_000)}`,
      'thread.id': ['int', String(1 + Math.floor(random() * 8))],
      'feature.cached': ['bool', String(random() < 0.5)],
      'app.price': ['double', (Math.floor(random() * 10_000) / 100).toString()],
    };
    return {
      spanId: this.#hex(16),
      name: `${method} ${route}`,
      kind,
      status: failed ? 2 : 0,
      ...(failed ? { statusMessage: 'internal error' } : {}),
      attributes,
    };
  }

  #database(traceId: string, parentSpanId: string, service: string, start: bigint, duration: number): void {
    const random = this.#random;
    const table = this.#pick(TABLES);
    const attributes: PlainAttributes = {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.collection.name': table,
      'db.operation.name': 'SELECT',
      'db.query.text': `SELECT id, name, price, updated_at FROM ${table} WHERE id = $1 AND tenant = $2`,
      'db.query.summary': `SELECT ${table}`,
      'db.response.returned_rows': ['int', String(Math.floor(random() * 30))],
      'db.connection.pool.name': 'main',
      'server.address': 'postgres.shop.svc.cluster.local',
      'server.port': ['int', '5432'],
      'network.peer.address': `10.2.0.${Math.floor(random() * 3)}`,
      'network.peer.port': ['int', '5432'],
      'network.transport': 'tcp',
      'network.type': 'ipv4',
      'db.user': 'shop',
      'db.statement.hash': String(table.length * 7919),
      'user.id': this.#randomIds ? this.#hex(32) : `user-${Math.floor(random() * 2000)}`,
      'order.id': this.#randomIds ? this.#hex(32) : String(Math.floor(random() * 100_000)),
      'thread.id': ['int', String(1 + Math.floor(random() * 8))],
      'db.retry': ['bool', 'false'],
    };
    const event = random() < 0.05;
    this.#add({
      traceId,
      spanId: this.#hex(16),
      parentSpanId,
      service,
      name: `pg.query:SELECT shop`,
      kind: 3,
      start,
      duration: BigInt(Math.floor(duration)),
      attributes,
      ...(event
        ? {
            events: [
              { time: start + 1000n, name: 'retry', attributes: { 'retry.reason': 'serialization failure', attempt: ['int', '2'] } },
            ],
          }
        : {}),
    });
  }
}

function resourceOf(service: string): PlainAttributes {
  return {
    'service.version': '1.4.2',
    'service.namespace': 'shop',
    'service.instance.id': `${service}-6f7d9c5b8-x2v4q`,
    'deployment.environment.name': 'production',
    'host.name': 'node-03.example.com',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '2.0.1',
    'process.pid': ['int', '17'],
  };
}
