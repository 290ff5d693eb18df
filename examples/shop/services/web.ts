/** The web shop itself: what customers see, made of what the other services know. */

import { Failure, Service, type Shop } from '../service.ts';

/** The services behind it. */
export interface WebNeeds {
  readonly catalogue: Service;
  readonly stock: Service;
  readonly cart: Service;
  readonly checkout: Service;
}

export function makeWeb(shop: Shop, { catalogue, stock, cart, checkout }: WebNeeds): Service {
  const service = new Service('web', shop);
  service.route('GET', '/', () => service.call('GET', catalogue.url, '/products'));
  service.route('GET', '/products/{id}', async ({ parameter }) => {
    const [product, { count }] = await Promise.all([
      service.call('GET', catalogue.url, `/products/${parameter}`),
      service.call('GET', stock.url, `/stock/${parameter}`),
    ]);
    return { ...product, count };
  });
  service.route('POST', '/cart', async ({ body }) => {
    await service.call('POST', cart.url, `/carts/${String(body['customer'])}`, { product: body['product'] });
    service.telemetry.log('info', `product ${String(body['product'])} put into a cart`, { 'shop.customer': String(body['customer']) });
    return {};
  });
  service.route('POST', '/checkout', async ({ body }) => {
    try {
      return await service.call('POST', checkout.url, '/orders', body);
    } catch (error) {
      const status = error instanceof Failure && error.status < 500 ? error.status : 502;
      throw new Failure(status, `the order was not placed: ${(error as Error).message}`);
    }
  });
  return service;
}
