/** A development server: the built page, and the API answered from a pretended world. Also slow, empty, or failing, on request. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { configurationOf, knownIn, type Scene, statusOf, storageOf, targetsOf, TOO_MUCH } from './answers.ts';
import { evaluate, type Point, QueryError, select } from './evaluate.ts';
import { exemplarsOf } from './exemplars.ts';
import { explain } from './explain.ts';
import { file, POLICY } from './files.ts';
import { respondLogs } from './logs/answers.ts';
import { logTargetsOf } from './logs/targets.ts';
import { serveTail } from './logs/tail.ts';
import { asksHistograms, histogramsAt, numbersAt } from './histograms.ts';
import { shopMetrics } from './shop.ts';
import { respondTraces } from './traces/answers.ts';
import { HISTOGRAM_METRIC, makeWorld, type MockMetric } from './world.ts';

const DIST = join(import.meta.dirname, '../../dist');

/** A running mock. */
export interface MockServer {
  readonly url: string;
  /** What the API tells from now on. */
  scene: Scene;
  /** Milliseconds that every API answer waits. */
  delay: number;
  /** The reload's failure; empty when it works. */
  reloadError: string;
  close(): Promise<void>;
}

/** Starts the mock on the loopback interface, on a free port unless one is given, with the page built into `dist`. */
export async function startMockServer({ port = 0, dist = DIST } = {}): Promise<MockServer> {
  const world = [...makeWorld(Date.now() / 1000), ...shopMetrics()];
  const state = { scene: 'full' as Scene, delay: 0, reloadError: '', dist };
  const waiting = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    handle(request, response, world, state, waiting).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const tails = new Set<() => void>();
  server.on('upgrade', (request, socket) => {
    if (state.scene === 'error') socket.end('HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n');
    else tails.add(serveTail(request, socket));
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        for (const timer of waiting) clearTimeout(timer);
        for (const end of tails) end();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

interface State {
  readonly scene: Scene;
  readonly delay: number;
  readonly reloadError: string;
  readonly dist: string;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  world: readonly MockMetric[],
  state: State,
  waiting: Set<NodeJS.Timeout>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  // The paths that the real server keeps for itself: no route of the page may lie there.
  const api = /^\/(?:api|loki|tempo|jaeger|v1|health|metrics|-)(?:\/|$)/.test(url.pathname);
  if (!api) return file(state.dist, url.pathname, response);
  if (state.delay > 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        resolve();
      }, state.delay);
      waiting.add(timer);
    });
  }
  const body = await readBody(request);
  const parameters = new URLSearchParams(url.search);
  for (const [name, value] of new URLSearchParams(body)) parameters.append(name, value);
  const { status, answer } = respond(url.pathname, parameters, world, state);
  response.writeHead(status, {
    'content-type': typeof answer === 'string' ? 'text/plain' : 'application/json',
    'content-security-policy': POLICY,
  });
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

interface Reply {
  readonly status: number;
  readonly answer: unknown;
}

const ok = (data: unknown, extra: object = {}): Reply => ({ status: 200, answer: { status: 'success', data, ...extra } });
const fail = (status: number, errorType: string, error: string): Reply => ({ status, answer: { status: 'error', errorType, error } });

function respond(path: string, parameters: URLSearchParams, world: readonly MockMetric[], { scene, reloadError }: State): Reply {
  const now = Date.now();
  if (scene === 'error') return fail(500, 'internal', 'internal error: the disk returned EIO');
  switch (path) {
    case '/api/atalaya/status':
      return { status: 200, answer: statusOf(scene, now) };
    case '/api/atalaya/config':
      return { status: 200, answer: configurationOf(scene, now) };
    case '/api/atalaya/log-targets':
      return { status: 200, answer: logTargetsOf(scene, now) };
    case '/health/ready':
      return { status: scene === 'engine-down' ? 503 : 200, answer: {} };
    case '/-/reload':
      return reloadError === '' ? { status: 200, answer: '' } : fail(400, 'bad_data', reloadError);
    case '/api/v1/targets':
      return ok(targetsOf(scene, now));
    default:
      break;
  }
  if (scene === 'engine-down')
    return fail(503, 'unavailable', 'the storage engine is not available: it was killed by SIGKILL and restarts in 4 s');
  const none = scene === 'empty' || scene === 'fresh';
  if (path.startsWith('/loki/api/v1/')) return respondLogs(path.slice('/loki/api/v1/'.length), parameters, none, now);
  if (path.startsWith('/tempo/api/')) return respondTraces(path.slice('/tempo/api/'.length), parameters, none, now);
  const known = knownIn(scene, world);
  switch (path) {
    case '/api/atalaya/storage/metrics':
      return { status: 200, answer: storageOf(scene, known, Number(parameters.get('limit') ?? 100)) };
    case '/api/v1/query':
      return query(parameters, known, scene, now);
    case '/api/v1/query_exemplars':
      return ok(exemplarsOf(parameters.get('query') ?? '', known, Number(parameters.get('start')), Number(parameters.get('end'))));
    case '/api/v1/query_range':
      return queryRange(parameters, known, scene, now);
    case '/api/atalaya/explain': {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name))) as [number, number, number];
      const steps = parameters.has('start') ? Math.floor((end - start) / step) + 1 : 1;
      return guarded(() => ({ status: 200, answer: explain(parameters.get('query') ?? '', known, steps) }));
    }
    case '/api/v1/metadata':
      return ok(Object.fromEntries(known.map(({ name, type, help }) => [name, [{ type, help, unit: '' }]])));
    case '/api/v1/labels':
      return guarded(() => listed(parameters, [...new Set(matching(parameters, known).flatMap((labels) => Object.keys(labels)))].sort()));
    case '/api/v1/series':
      return ok(matching(parameters, known));
    default: {
      const name = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path)?.[1];
      if (name === undefined) return fail(404, 'not_found', `${path} not found`);
      return guarded(() => listed(parameters, [...new Set(matching(parameters, known).flatMap((labels) => labels[name] ?? []))].sort()));
    }
  }
}

function matching(parameters: URLSearchParams, world: readonly MockMetric[]): Readonly<Record<string, string>>[] {
  const selectors = parameters.getAll('match[]');
  if (selectors.length === 0) return world.flatMap((metric) => metric.series.map((series) => series.labels));
  return [...new Set(selectors.flatMap((selector) => select(selector, world)))];
}

/** A list of names or values, cut off where the asker wants it. */
function listed(parameters: URLSearchParams, all: readonly string[]): Reply {
  const limit = Number(parameters.get('limit') ?? 0);
  if (limit === 0 || all.length <= limit) return ok(all);
  return ok(all.slice(0, limit), { warnings: ['results truncated due to limit'] });
}

/** A fresh installation has no past, and the answers say so. */
function horizon(scene: Scene, now: number): number {
  return scene === 'fresh' ? now / 1000 - 140 : 0;
}

function query(parameters: URLSearchParams, world: readonly MockMetric[], scene: Scene, now: number): Reply {
  const time = Number(parameters.get('time') ?? now / 1000);
  const text = parameters.get('query') ?? '';
  if (asksHistograms(text) && world.length > 0) {
    const result = histogramsAt(time).map(({ metric, histogram }) => ({ metric, histogram: [time, histogram] }));
    return ok({ resultType: 'vector', result });
  }
  return guarded(() => {
    const value = time < horizon(scene, now) ? [] : evaluate(text, world, time);
    if (typeof value === 'number') return ok({ resultType: 'scalar', result: [time, String(value)] });
    return ok({
      resultType: 'vector',
      result: value.map(({ labels, value: sample }) => ({ metric: labels, value: [time, String(sample)] })),
    });
  });
}

function queryRange(parameters: URLSearchParams, world: readonly MockMetric[], scene: Scene, now: number): Reply {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name))) as [number, number, number];
  const text = parameters.get('query') ?? '';
  if (text.includes('.+')) return TOO_MUCH;
  if (text.includes(HISTOGRAM_METRIC) && world.length > 0) return histogramRange(text, start, end, step);
  return guarded(() => {
    const series = new Map<string, { metric: Readonly<Record<string, string>>; values: [number, string][] }>();
    for (let time = start; time <= end; time += step) {
      if (time < horizon(scene, now)) continue;
      const value = evaluate(text, world, time);
      const points: Point[] = typeof value === 'number' ? [{ labels: {}, value }] : value;
      for (const { labels, value: sample } of points) {
        const key = JSON.stringify(labels);
        let found = series.get(key);
        if (found === undefined) series.set(key, (found = { metric: labels, values: [] }));
        found.values.push([time, String(sample)]);
      }
    }
    const warned = remarksOn(text);
    return ok({ resultType: 'matrix', result: [...series.values()] }, warned);
  });
}

/** Each series once, with its histograms, or with the numbers that a function makes of them. */
function histogramRange(text: string, start: number, end: number, step: number): Reply {
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
  const histograms = asksHistograms(text);
  const result = histogramsAt(start).map(({ metric }, index) =>
    histograms
      ? { metric, histograms: times.map((time) => [time, histogramsAt(time)[index]?.histogram]) }
      : { metric: numbersAt(text, start)[index]?.metric, values: times.map((time) => [time, String(numbersAt(text, time)[index]?.value)]) },
  );
  return ok({ resultType: 'matrix', result });
}

/** What the server would remark: on gauges under rate, on a store that is not whole, on a query that is too large. */
function remarksOn(text: string): { infos?: string[]; warnings?: string[] } {
  const place = text.indexOf('rate(node_load');
  const gauge = /rate\((node_load\w*)/.exec(text)?.[1];
  return {
    ...(place < 0
      ? {}
      : {
          infos: [
            `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${gauge}" (1:${place + 6})`,
          ],
          ...(text.includes('histogram_quantile')
            ? { warnings: [`PromQL warning: bucket label "le" is missing or has a malformed value of "" (1:${place + 1})`] }
            : {}),
        }),
    ...(text.includes('filesystem_size')
      ? { warnings: ['the block of 2026-11-21 10:00 to 12:00 is damaged and was left out: samples are missing'] }
      : {}),
  };
}

function guarded(run: () => Reply): Reply {
  try {
    return run();
  } catch (error) {
    if (error instanceof QueryError) return fail(400, 'bad_data', error.message);
    throw error;
  }
}

if (process.argv[1] === import.meta.filename) {
  const mock = await startMockServer({ port: Number(process.env['PORT'] ?? 3003) });
  mock.scene = (process.argv[2] as Scene | undefined) ?? 'full';
  console.log(`${mock.url} (${mock.scene})`);
}
