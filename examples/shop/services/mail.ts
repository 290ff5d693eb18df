/** Mail: tells customers of their orders, which it takes from the queue. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import type { Queue } from '../dependencies.ts';
import { Service, type Shop } from '../service.ts';
import type { Order } from './checkout.ts';

/** The service, and the work that ends when the queue is closed. */
export function makeMail(shop: Shop, orders: Queue<Order>): { readonly service: Service; readonly done: Promise<void> } {
  const service = new Service('mail', shop);
  const done = orders.consume(service, async ({ id, customer }) => {
    await service.span('render template', SpanKind.INTERNAL, { 'shop.template': 'order-placed' }, () => sleep(2));
    await service.span('smtp send', SpanKind.CLIENT, { 'server.address': 'smtp.example.com', 'peer.service': 'smtp' }, () => sleep(6));
    service.telemetry.log('info', `mail for ${id} sent`, { 'shop.order.id': id, 'shop.customer': customer });
  });
  return { service, done };
}
