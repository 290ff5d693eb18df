/** Payments: asks a bank, which is not instrumented. */

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { Failure, Service, type Shop } from '../service.ts';

/** The bank: a server that knows nothing of traces. */
export interface Bank {
  readonly url: string;
  stop(): void;
}

export async function openBank(shop: Shop): Promise<Bank> {
  const server = http.createServer((request, response) => {
    request.resume();
    const failing = shop.faults.isOn('failing-dependency') && shop.random() < 0.6;
    void sleep(8 + shop.random() * 12).then(() =>
      response
        .writeHead(failing ? 503 : 200, { 'content-type': 'application/json' })
        .end(failing ? '{"error":"the bank is closed for maintenance"}' : '{"accepted":true}'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function makePayment(shop: Shop, bankUrl: string): Service {
  const service = new Service('payment', shop);
  service.route('POST', '/payments', async ({ body }) => {
    trace.getActiveSpan()?.setAttributes({ 'shop.order.amount': Number(body['amount']), 'shop.payment.method': 'card' });
    if (shop.faults.isOn('retry-storm') && shop.random() < 0.7) {
      await sleep(20);
      throw new Failure(500, 'the connection pool is exhausted');
    }
    await service.call('POST', bankUrl, '/charges', { amount: body['amount'] }, 'bank');
    return { paid: true };
  });
  return service;
}
