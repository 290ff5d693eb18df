/** The checkout: turns a cart into an order. */

import { SpanKind, trace } from '@opentelemetry/api';
import type { Queue } from '../dependencies.ts';
import { Failure, Service, type Shop } from '../service.ts';

/** What the checkout needs of others. */
export interface CheckoutNeeds {
  readonly cart: Service;
  readonly stock: Service;
  readonly payment: Service;
  readonly orders: Queue<Order>;
}

/** An order on its way to the mail service. */
export interface Order {
  readonly id: string;
  readonly customer: string;
}

/** How often a payment is tried: at once, without a pause, when the fault is on. */
const STORM_TRIES = 8;

export function makeCheckout(shop: Shop, { cart, stock, payment, orders }: CheckoutNeeds): Service {
  const service = new Service('checkout', shop);
  const placed = service.telemetry.counter('shop.orders', '{order}', 'Orders that were placed.');
  let lastOrder = 0;

  const pay = async (amount: number): Promise<void> => {
    const tries = shop.faults.isOn('retry-storm') ? STORM_TRIES : 1;
    await service.span('pay', SpanKind.INTERNAL, { 'shop.payment.tries': tries }, async (span) => {
      for (let attempt = 1; ; attempt++) {
        try {
          await service.call('POST', payment.url, '/payments', { amount });
          return;
        } catch (error) {
          if (attempt === tries || !(error instanceof Failure) || error.status < 500) throw error;
          span.addEvent('retry', { attempt, reason: error.message });
          service.telemetry.log('warn', `payment failed, trying again: ${error.message}`, { attempt });
        }
      }
    });
  };

  service.route('POST', '/orders', async ({ body }) => {
    const customer = String(body['customer']);
    const { product } = await service.call('GET', cart.url, `/carts/${customer}`);
    await service.call('POST', stock.url, '/reservations', { product });
    await pay(Math.round(shop.random() * 20_000) / 100);
    const order: Order = { id: `order-${++lastOrder}`, customer };
    trace.getActiveSpan()?.setAttribute('shop.order.id', order.id);
    await orders.publish(service, order);
    placed.add(1, { 'shop.payment.method': 'card' });
    service.telemetry.log('info', `order ${order.id} placed`, { 'shop.order.id': order.id, 'shop.customer': customer });
    return order;
  });
  return service;
}
