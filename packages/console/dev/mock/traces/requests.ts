/** What happens in the pretended shop: somebody looks, somebody orders, a job runs at night. */

import { type Growing, KIND, type MockSpan, traceIdOf, type Value } from './drawing.ts';

const MS = 1e6;
const STACK = `Error: connect ECONNREFUSED 10.0.8.14:8443
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at BankClient.charge (/srv/payments/src/bank-client.ts:88:19)
    at async PaymentService.settle (/srv/payments/src/payment-service.ts:41:22)
    at async handle (/srv/payments/src/routes/payments.ts:27:5)`;

/** Attributes of a request. */
export const http = (method: string, route: string, status: number): Record<string, Value> => ({
  'http.request.method': method,
  'http.route': route,
  'http.response.status_code': status,
  'url.path': route,
});

/** A question to a database. */
export function select(g: Growing, parent: MockSpan, service: string, table: string, start: number, duration: number): void {
  g.span({
    parent,
    service,
    name: `SELECT shop.${table}`,
    kind: KIND.client,
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
export function browse(g: Growing): void {
  const slow = g.random() < 0.08 ? g.between(300, 1400) : 0;
  const whole = g.between(18, 70) + slow;
  const root = g.span({
    service: 'web',
    name: 'GET /products',
    kind: KIND.server,
    start: 0,
    duration: whole,
    attributes: { ...http('GET', '/products', 200), 'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)' },
  });
  const call = g.span({
    parent: root,
    service: 'web',
    name: 'GET',
    kind: KIND.client,
    start: 2,
    duration: whole - 6,
    attributes: http('GET', '/api/products', 200),
  });
  const list = g.span({
    parent: call,
    service: 'catalogue',
    name: 'GET /api/products',
    kind: KIND.server,
    start: 3,
    duration: whole - 8,
    attributes: { ...http('GET', '/api/products', 200), 'shop.page': Math.floor(g.between(1, 9)), 'shop.cached': slow === 0 },
  });
  g.span({
    parent: list,
    service: 'catalogue',
    name: 'GET products:page',
    kind: KIND.client,
    start: 4,
    duration: 1.1,
    attributes: { 'db.system.name': 'redis' },
  });
  select(g, list, 'catalogue', 'products', 6, whole - 14);
}

/** Somebody orders: the way through all services. */
export function order(g: Growing, troubled: boolean, number: number): void {
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
    kind: KIND.server,
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
    kind: KIND.client,
    start: 4,
    duration: inner + 6,
    error: refused ? 'HTTP 502' : '',
    attributes: http('POST', '/api/orders', status),
  });
  const checkout = g.span({
    parent: call,
    service: 'checkout',
    name: 'POST /api/orders',
    kind: KIND.server,
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
    kind: KIND.client,
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
    kind: KIND.client,
    start: from,
    duration: stock,
    attributes: http('POST', '/api/stock/reserve', 200),
  });
  const stocked = g.span({
    parent: reserve,
    service: 'inventory',
    name: 'POST /api/stock/reserve',
    kind: KIND.server,
    start: from + 2 + drift,
    duration: stock - 5,
    attributes: http('POST', '/api/stock/reserve', 200),
  });
  for (let i = 0; i < 3; i += 1) select(g, stocked, 'inventory', 'stock', from + 4 + drift + i * ((stock - 12) / 3), (stock - 14) / 3);
  const pay = g.span({
    parent: checkout,
    service: 'checkout',
    name: 'POST',
    kind: KIND.client,
    start: from + 1,
    duration: payment,
    error: refused ? 'HTTP 502' : '',
    attributes: http('POST', '/api/payments', status),
  });
  const paid = g.span({
    parent: pay,
    service: 'payments',
    name: 'POST /api/payments',
    kind: KIND.server,
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
      kind: KIND.client,
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
    kind: KIND.client,
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
    kind: KIND.producer,
    start: stored + store,
    duration: 2.2,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
  });
  const mail = g.span({
    parent: sent,
    service: 'mailer',
    name: 'orders process',
    kind: KIND.consumer,
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
