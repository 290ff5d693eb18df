import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeV1, requestOf } from '@atalaya/receive/testing';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ask, discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { CLEAN, LedgerWriter } from './ledger.ts';
import { sample, write } from './write.ts';

const MIB = 1 << 20;
const now = (): number => Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000;

let program: RunningAtalaya;
afterEach(async () => discard(program));

/** Resident bytes of a process, and the most it ever had. */
function memoryOf(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1] ?? 0) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });

/** Posts a body; gives the status, 0 when the connection broke, and whether a retry was asked for. */
function post(headers: Record<string, string>, body: Uint8Array): Promise<{ status: number; retryAfter: boolean }> {
  return new Promise((resolve) => {
    const request = http.request(`${program.url}/api/v1/write`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] !== undefined }));
    });
    request.on('error', () => resolve({ status: 0, retryAfter: false }));
    request.end(body);
  });
}

/** A request of many megabytes: few series with very many samples, incompressible. */
let large: ReturnType<typeof requestOf>;
beforeAll(() => {
  const at = now();
  const series = Array.from({ length: 20 }, (_, i) => ({
    labels: ['__name__', 'large', 'i', String(i)],
    samples: Array.from({ length: 20_000 }, (_, step) => ({ timestamp: at + step, value: step * 1.1 + i })),
  }));
  large = requestOf('1.0', encodeV1(series));
}, 60_000);

test('eighty large bodies at once: taken or 503 with Retry-After, memory stays bounded, small senders lose nothing', async () => {
  program = await startAtalaya({ environment: { ATALAYA_LIMITS_BODIES: '48MiB' } });
  const writer = new LedgerWriter('small', now(), () => program.url);
  writer.begin();
  await writer.until(20);
  expect(large.body.length).toBeGreaterThan(3 * MIB);
  const answers = await Promise.all(Array.from({ length: 80 }, () => post(large.headers, large.body)));
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 204 && status !== 503)).toEqual([]);
  expect(statuses).toContain(503);
  expect(answers.every(({ status, retryAfter }) => status === 204 || retryAfter)).toBe(true);
  const { peak } = memoryOf(program.pid);
  console.info(`main: ${Math.round(peak / MIB)} MiB at most; ${answers.filter(({ status }) => status === 204).length} of 80 taken at once`);
  expect(peak).toBeLessThan(600 * MIB);

  // It recovers by itself: the next one is taken.
  expect((await post(large.headers, large.body)).status).toBe(204);
  await writer.until(writer.acknowledgedSteps + 20);
  await writer.stop();
  expect(writer.refused).toEqual([]);
  expect([...writer.answers.keys()].filter((status) => status !== 204 && status !== 503)).toEqual([]);
  await loaded(program);
  expect(await writer.judge(program.url)).toMatchObject(CLEAN);
}, 60_000);

test('two thousand requests at once are all answered, and stored', async () => {
  program = await startAtalaya();
  const at = now();
  const requests = Array.from({ length: 2000 }, (_, i) => requestOf('1.0', encodeV1(sample('flood', at + i, i))));
  const answers = await Promise.all(requests.map(({ headers, body }) => post(headers, body)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  await loaded(program);
  const { result } = await ask<{ result: { value: [number, string] }[] }>(program.url, '/api/v1/query', {
    query: 'count_over_time(flood[10s])',
    time: String((at + 2000) / 1000),
  });
  expect(result[0]?.value[1]).toBe('2000');
});

test('bombs of every kind are refused at once, and memory does not jump', async () => {
  program = await startAtalaya();
  const before = memoryOf(program.pid).peak;
  const { headers } = requestOf('1.0', encodeV1(sample('x', now(), 1)));
  const zeros = gzipSync(Buffer.alloc(200 * MIB), { level: 1 });
  const bombs: readonly [string, Record<string, string>, Uint8Array][] = [
    ['four gigabytes declared in five bytes', headers, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01)],
    ['a length beyond 32 bits', headers, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['copies of one byte', headers, snappyCopies(31 * MIB)],
    ['gzip as content encoding', { ...headers, 'content-encoding': 'gzip' }, zeros],
    ['gzip called snappy', headers, zeros],
    ['gzip within gzip', { ...headers, 'content-encoding': 'gzip, gzip' }, gzipSync(zeros)],
    ['larger than the limit as sent', headers, Buffer.alloc(33 * MIB)],
  ];
  for (const [name, given, body] of bombs) {
    const { status } = await post(given, body);
    expect([name, [400, 413, 415].includes(status)]).toEqual([name, true]);
  }
  const form = await fetch(`${program.url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
    body: new Uint8Array(zeros),
  });
  expect(form.status).toBeGreaterThanOrEqual(400);
  expect(form.status).toBeLessThan(500);
  const grown = memoryOf(program.pid).peak - before;
  console.info(`main grew by ${Math.round(grown / MIB)} MiB`);
  expect(grown).toBeLessThan(160 * MIB);
  expect((await write(program.url, sample('after', now(), 1))).status).toBe(204);
});

/** A valid block of very many copies of one byte, as dense as the format allows: what is in it is no protobuf. */
function snappyCopies(length: number): Uint8Array {
  const header = [];
  for (let rest = length; rest > 0; rest >>>= 7) header.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
  const copies = Math.floor((length - 1) / 64);
  const literal = length - copies * 64;
  const body = Buffer.alloc(copies * 3, Uint8Array.of((63 << 2) | 2, 1, 0));
  return Buffer.concat([Uint8Array.from(header), Uint8Array.of((literal - 1) << 2), Buffer.alloc(literal), body]);
}

test('clients that send a byte at a time are cut off, idle ones rest, and others do not notice either', async () => {
  program = await startAtalaya({ environment: { ATALAYA_LIMITS_REQUEST_TIME: '2s' } });
  const { hostname, port } = new URL(program.url);
  const connect = (): net.Socket => net.connect(Number(port), hostname).on('error', () => undefined);
  const idle = Array.from({ length: 500 }, connect);
  const dribble = (start: string): { socket: net.Socket; closed: Promise<void>; said: () => string } => {
    const socket = connect();
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.write(start);
    const timer = setInterval(() => socket.write('x'), 50);
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve(clearInterval(timer))));
    return { socket, closed, said: () => said };
  };
  const slowHead = Array.from({ length: 20 }, () => dribble('POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nX-Slow: '));
  const slowBody = Array.from({ length: 20 }, () =>
    dribble('POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 33000000\r\n\r\n'),
  );
  const hugeHead = dribble(`GET /api/v1/query HTTP/1.1\r\nHost: localhost\r\nX-Huge: ${'x'.repeat(65_536)}`);

  const writer = new LedgerWriter('others', now(), () => program.url);
  writer.begin();
  await writer.until(50);
  await hugeHead.closed;
  expect(hugeHead.said()).toContain(' 431 ');
  await Promise.all([...slowHead, ...slowBody].map(({ closed }) => closed));
  for (const { said } of [...slowHead, ...slowBody]) expect(said()).toMatch(/^$| 408 /);
  await writer.until(writer.acknowledgedSteps + 50);
  await writer.stop();
  expect([...writer.answers.keys()]).toEqual([204]);
  expect(idle.filter(({ destroyed }) => destroyed)).toEqual([]);
  for (const socket of idle) socket.destroy();
  await pause(0);
}, 60_000);
