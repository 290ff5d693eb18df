/** The carts of the customers, in Redis. */

import { cached } from '../dependencies.ts';
import { Service, type Shop } from '../service.ts';

export function makeCart(shop: Shop): Service {
  const service = new Service('cart', shop);
  const items = service.telemetry.counter('shop.cart.items', '{item}', 'Items that were put into a cart.');
  service.route('GET', '/carts/{customer}', async ({ parameter }) => {
    await cached(service, 'HGETALL', `cart:${parameter}`);
    return { product: Math.floor(shop.random() * 24) };
  });
  service.route('POST', '/carts/{customer}', async ({ parameter, body }) => {
    await cached(service, 'HINCRBY', `cart:${parameter}`);
    await cached(service, 'EXPIRE', `cart:${parameter}`);
    items.add(1, { 'shop.product': Number(body['product']) });
    return {};
  });
  return service;
}
