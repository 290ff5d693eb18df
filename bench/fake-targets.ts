/** Many scrape targets in one process, run as a process of its own: `node bench/fake-targets.ts TARGETS SERIES` prints its port. */

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeSeries, ValueMaker } from './node-series.ts';

const targets = Number(process.argv[2] ?? '500');
const seriesPerTarget = Number(process.argv[3] ?? '1000');

// All targets show the same series (the scraper tells them apart by instance); the text is made anew every second.
const series = makeSeries(seriesPerTarget).map((made) => ({
  ...made,
  labels: made.labels.filter(([name]) => !['instance', 'job'].includes(name)),
}));
const values = new ValueMaker(series);
const prefixes = series.map(({ labels }) => {
  const [, metric] = labels[0] as readonly [string, string];
  const rest = labels.slice(1).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${rest.join(',')}} `;
});
let body = Buffer.from('');
const render = (): void => {
  values.step();
  body = Buffer.from(`${prefixes.map((prefix, i) => prefix + String(values.values[i])).join('\n')}\n`);
};
render();
setInterval(render, 1000);

let scrapes = 0;
const server = http.createServer((request, response) => {
  if (request.url === '/scrapes') {
    response.end(String(scrapes));
    return;
  }
  scrapes++;
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4', 'Content-Length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port, targets })}\n`);
});
