/** `npm run shop`: opens the sample shop, sends customers into it, and switches faults on and off. */

import http from 'node:http';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS, type Fault, isFault } from './faults.ts';
import { type OpenShop, openShop } from './shop.ts';

const USAGE = `npm run shop -- [options]

  --endpoint URL   where OTLP over HTTP is taken (default: $OTEL_EXPORTER_OTLP_ENDPOINT, else http://127.0.0.1:3002)
  --rate N         customers per second (default 3)
  --visits N       end after so many customers (default: go on until Ctrl-C)
  --fault NAME     a fault that is on from the start; may be repeated
  --control PORT   where faults are switched while the shop is open (default 3080, 0: one that is free)
  --seed N         what happens follows from it (default 1)

Faults:
${Object.entries(FAULTS)
  .map(([name, text]) => `  ${name.padEnd(20)} ${text}`)
  .join('\n')}
`;

/** Customers under way at most: with slow queries they would pile up without end. */
const MOST_VISITORS = 60;

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://127.0.0.1:3002' },
    rate: { type: 'string', default: '3' },
    visits: { type: 'string', default: 'Infinity' },
    fault: { type: 'string', multiple: true, default: [] },
    control: { type: 'string', default: '3080' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const unknown = values.fault.find((name) => !isFault(name));
const [rate, visits] = [Number(values.rate), Number(values.visits)];
if (values.help) process.stdout.write(USAGE);
else if (unknown !== undefined || !(rate > 0) || !(visits > 0)) {
  process.stderr.write(unknown === undefined ? '--rate and --visits are positive numbers\n' : `there is no fault "${unknown}"\n\n${USAGE}`);
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  const endpoint = values.endpoint.replace(/\/$/, '');
  const shop = await openShop({ endpoint, faults: values.fault as Fault[], seed: Number(values.seed) });
  const control = await openControl(shop, Number(values.control));
  process.stdout.write(
    `The shop is open at ${shop.url}; its telemetry goes to ${endpoint}.\n` +
      `Faults are switched with, say: curl -X PUT '${control.url}/faults/slow-query?on=true'   (${Object.keys(FAULTS).join(', ')})\n`,
  );
  const closing = new AbortController();
  const close = (): void => closing.abort();
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
  const inside = new Set<Promise<void>>();
  for (let visit = 0; visit < visits && !closing.signal.aborted; visit++) {
    const visitor = shop
      .visit()
      .catch((error: unknown) => void process.stderr.write(`a customer left: ${String(error)}\n`))
      .finally(() => inside.delete(visitor));
    inside.add(visitor);
    if (inside.size >= MOST_VISITORS) await Promise.race(inside);
    await sleep(1000 / rate);
  }
  await Promise.all(inside);
  control.stop();
  await shop.close();
  process.stdout.write(`${JSON.stringify({ closed: true, ...shop.ledger })}\n`);
}

/** `GET /faults`, and `PUT /faults/NAME?on=true|false`. */
async function openControl(shop: OpenShop, port: number): Promise<{ url: string; stop: () => void }> {
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
    const name = /^\/faults\/(.+)$/.exec(pathname)?.[1];
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (request.method === 'PUT' && name !== undefined && isFault(name)) {
      shop.faults.switch(name, searchParams.get('on') !== 'false');
      process.stdout.write(`${name} is ${shop.faults.isOn(name) ? 'on' : 'off'}\n`);
      answer(200, shop.faults.all());
    } else if (request.method === 'GET' && pathname === '/faults') answer(200, shop.faults.all());
    else answer(404, { error: 'GET /faults, or PUT /faults/NAME?on=true', faults: FAULTS });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`, stop: () => void server.close() };
}
