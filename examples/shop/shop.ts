/** The shop as a whole: seven services and a bank in one process, and customers who use them. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from './dependencies.ts';
import { Faults, type Fault } from './faults.ts';
import type { Service, Shop } from './service.ts';
import { makeCart } from './services/cart.ts';
import { makeCatalogue } from './services/catalogue.ts';
import { makeCheckout, type Order } from './services/checkout.ts';
import { makeMail } from './services/mail.ts';
import { makePayment, openBank } from './services/payment.ts';
import { makeStock } from './services/stock.ts';
import { makeWeb } from './services/web.ts';
import { type Ledger, startPropagation } from './telemetry.ts';

/** How the shop is opened. */
export interface ShopOptions {
  /** Base address of OTLP over HTTP. */
  readonly endpoint: string;
  readonly faults?: readonly Fault[];
  /** What customers do, and how long things take, follows from it. */
  readonly seed?: number;
}

/** An open shop. */
export interface OpenShop {
  /** Where the web shop answers. */
  readonly url: string;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** One customer's visit; what the shop answers with an error is the customer's bad luck. */
  visit(): Promise<void>;
  /** Lets everything under way end, and sends the last telemetry. */
  close(): Promise<void>;
}

/** Opens the shop. Once per process. */
export async function openShop({ endpoint, faults: on = [], seed = 1 }: ShopOptions): Promise<OpenShop> {
  startPropagation();
  const faults = new Faults(on);
  const shop: Shop = { endpoint, ledger: { spans: {}, logs: {} }, faults, random: randomNumbers(seed) };
  const bank = await openBank(shop);
  const orders = new Queue<Order>('orders');
  const [catalogue, stock, cart, payment] = [makeCatalogue(shop), makeStock(shop), makeCart(shop), makePayment(shop, bank.url)];
  const checkout = makeCheckout(shop, { cart, stock, payment, orders });
  const mail = makeMail(shop, orders);
  const web = makeWeb(shop, { catalogue, stock, cart, checkout });
  const services: Service[] = [web, checkout, cart, stock, catalogue, payment, mail.service];
  await Promise.all(services.map((service) => service.listen()));
  let customers = 0;
  return {
    url: web.url,
    faults,
    ledger: shop.ledger,
    visit: () => visit(web.url, `customer-${customers++ % 50}`, shop.random),
    async close() {
      orders.close();
      await mail.done;
      // Those that are called last stop last.
      for (const service of services) await service.stop();
      bank.stop();
    },
  };
}

/** Looks around, perhaps puts something into the cart, perhaps buys it. */
async function visit(url: string, customer: string, random: () => number): Promise<void> {
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    await response.arrayBuffer();
  };
  const product = Math.floor(random() * 24);
  await ask('GET', '/');
  await ask('GET', `/products/${product}`);
  if (random() < 0.4) return;
  await sleep(5);
  await ask('POST', '/cart', { customer, product });
  if (random() < 0.6) await ask('POST', '/checkout', { customer });
}

/** Mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
