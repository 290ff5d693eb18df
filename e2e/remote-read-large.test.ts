/** Remote reads larger than what is held at a time: clients that go away, and more clients than are served. */

import http from 'node:http';
import { ProtobufWriter } from '@atalaya/receive/testing';
import { compressSync } from 'snappy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { write } from './write.ts';

const SERIES = 300;
const SAMPLES = 4000;
const END = Math.floor(Date.now() / 1000) * 1000;
const MOST_READS = 10;

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
  for (let first = 0; first < SERIES; first += 50) {
    const series = Array.from({ length: 50 }, (_, i) => ({
      labels: ['__name__', 'wide', 'n', String(first + i).padStart(4, '0')],
      // Values that do not compress: what is sent is as large as it can be.
      samples: Array.from({ length: SAMPLES }, (__, at) => ({ timestamp: END - at * 1000, value: Math.sin((first + i) * 7919 + at) })),
    }));
    expect((await write(program.url, series)).status).toBe(204);
  }
}, 60_000);
afterAll(async () => discard(program));

function readRequest(form: number): Uint8Array {
  const encoder = new TextEncoder();
  const matcher = new ProtobufWriter().bytes(2, encoder.encode('__name__')).bytes(3, encoder.encode('wide')).finish();
  const query = new ProtobufWriter()
    .varint(1, END - SAMPLES * 1000)
    .varint(2, END)
    .bytes(3, matcher)
    .finish();
  return compressSync(Buffer.from(new ProtobufWriter().bytes(1, query).bytes(2, Uint8Array.of(form)).finish()));
}

/** An answer whose body nobody has begun to take. */
function begin(form: number): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const request = http.request(`${program.url}/api/v1/read`, { method: 'POST', agent: false }, resolve);
  request.on('error', reject);
  request.end(readRequest(form));
  return promise;
}

async function length(answer: http.IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  return bytes;
}

test('clients that stop half-way leave nothing behind', async () => {
  for (let i = 0; i < MOST_READS + 2; i++) {
    const answer = await begin(1);
    expect(answer.statusCode).toBe(200);
    answer.on('error', () => undefined);
    answer.destroy();
  }
  const answer = await begin(1);
  // A value with its time takes at least the bits of its fraction that differ.
  expect(await length(answer)).toBeGreaterThan(SERIES * SAMPLES * 6);
}, 60_000);

test('no more than ten read at a time, and each that ends makes room', async () => {
  const stalled = await Promise.all(Array.from({ length: MOST_READS }, () => begin(1)));
  expect(stalled.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: MOST_READS }, () => 200));
  const refused = await begin(1);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
  refused.resume();
  const lengths = await Promise.all(stalled.map(length));
  expect(new Set(lengths).size).toBe(1);
  const begun = async (): Promise<boolean> => {
    const answer = await begin(1);
    answer.resume();
    return answer.statusCode === 200;
  };
  while (!(await begun())) await pause(20);
}, 60_000);

test('samples and chunks hold the same', async () => {
  const samples = await begin(0);
  expect(samples.headers['content-encoding']).toBe('snappy');
  expect(await length(samples)).toBeGreaterThan(SERIES * SAMPLES * 8);
}, 60_000);
