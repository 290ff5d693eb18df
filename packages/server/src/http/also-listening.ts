/** Further addresses at which the same HTTP API answers: so that a client which knows Loki's or Prometheus' port needs no new settings. */

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Listener, type Listening, openListener } from '../listeners.ts';
import type { Parts } from './parts.ts';

const SETTING = 'listen_also';
/** Where clients of the programs that this one replaces look for their HTTP APIs. */
const USUAL_PORTS: readonly (readonly [name: string, address: string])[] = [
  ['Prometheus API', '127.0.0.1:9090'],
  ['Loki API', '127.0.0.1:3100'],
  ['Tempo API', '127.0.0.1:3200'],
  ['Jaeger API', '127.0.0.1:16686'],
  ['Zipkin API', '127.0.0.1:9411'],
  ['OTLP over HTTP', '127.0.0.1:4318'],
];

/** Listens at every address of `listen_also`; `usual` stands for the usual ports. Rejects with BAD_CONFIG for what is no address. */
export async function listenAlso(app: FastifyInstance, { settings, log }: Pick<Parts, 'settings' | 'log'>): Promise<Listener[]> {
  const addresses = settings[SETTING].flatMap((text) => (text === 'usual' ? USUAL_PORTS : [['HTTP', text] as readonly [string, string]]));
  const listeners: Listener[] = [];
  for (const [name, text] of addresses) {
    const listen = (host: string, port: number): Promise<Listening> => listenAt(app, host, port);
    listeners.push(await openListener({ name, setting: SETTING, text, insecure: settings.insecure, log, listen }));
  }
  return listeners;
}

/** A server that hands everything to the routes of another one, with that one's time limits. */
async function listenAt(app: FastifyInstance, host: string, port: number): Promise<Listening> {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = app.server;
  const server = http.createServer({ requestTimeout, headersTimeout, keepAliveTimeout }, (request, response) =>
    app.routing(request, response),
  );
  server.on('upgrade', (request, socket, head) => app.server.emit('upgrade', request, socket, head));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeIdleConnections();
      }),
  };
}
