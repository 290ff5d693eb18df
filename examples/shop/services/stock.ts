/** The stock: how many of a product there are, in PostgreSQL. */

import { query } from '../dependencies.ts';
import { Failure, Service, type Shop } from '../service.ts';

export function makeStock(shop: Shop): Service {
  const service = new Service('stock', shop);
  service.route('GET', '/stock/{id}', async () => {
    await query(service, 'stock', 'SELECT count FROM stock WHERE product = $1', 2);
    return { count: Math.floor(shop.random() * 40) };
  });
  service.route('POST', '/reservations', async ({ body }) => {
    await query(service, 'stock', 'SELECT count FROM stock WHERE product = $1 FOR UPDATE', 3);
    if (shop.random() < 0.02) throw new Failure(409, `product ${String(body['product'])} is sold out`);
    await query(service, 'stock', 'UPDATE stock SET count = count - 1 WHERE product = $1', 3);
    return { reserved: true };
  });
  return service;
}
