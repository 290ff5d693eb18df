/** The catalogue: products and their prices, in PostgreSQL. */

import { query } from '../dependencies.ts';
import { Service, type Shop } from '../service.ts';

const PRODUCTS = 24;

export function makeCatalogue(shop: Shop): Service {
  const service = new Service('catalogue', shop);
  const search = async (statement: string): Promise<void> => {
    const slow = shop.faults.isOn('slow-query');
    await query(service, 'catalogue', slow ? statement.replace('id =', 'name ILIKE') : statement, slow ? 1000 : 4);
  };
  service.route('GET', '/products', async () => {
    await search('SELECT id, name, price FROM products ORDER BY name LIMIT 24');
    return { products: Array.from({ length: PRODUCTS }, (_, id) => ({ id, price: priceOf(id) })) };
  });
  service.route('GET', '/products/{id}', async ({ parameter }) => {
    await search('SELECT id, name, price FROM products WHERE id = $1');
    return { id: Number(parameter), price: priceOf(Number(parameter)) };
  });
  return service;
}

const priceOf = (id: number): number => 9.99 + (id % 7) * 5;
