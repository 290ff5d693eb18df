import zlib from 'node:zlib';
import { encodeSnappyPush } from '@atalaya/receive/testing';
import { HOSTILE_TEXTS } from '@atalaya/store/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';

const AT = BigInt(Math.floor(Date.now() / 1000) - 60) * 1_000_000_000n;
const DAY = 86_400_000_000_000n;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PROTOBUF_TYPE = { 'Content-Type': 'application/x-protobuf' };

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

function push(headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(`${program.url}/loki/api/v1/push`, { method: 'POST', headers, body });
}

const pushJson = (stream: Record<string, string>, values: readonly unknown[]): Promise<Response> =>
  push(JSON_TYPE, JSON.stringify({ streams: [{ stream, values }] }));

/** Texts of the lines that a query finds around the time of all tests. */
async function lines(query: string): Promise<string[]> {
  const parameters = { query, start: String(AT - 1_000_000_000n), end: String(AT + 1_000_000_000n), limit: '5000', direction: 'forward' };
  const answer = await fetch(`${program.url}/loki/api/v1/query_range?${new URLSearchParams(parameters).toString()}`);
  const text = await answer.text();
  expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, '']);
  const { data } = JSON.parse(text) as { data: { result: { values: [string, string][] }[] } };
  return data.result.flatMap(({ values }) => values.map(([, line]) => line));
}

async function isWell(): Promise<void> {
  expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
  const { engine } = await program.status();
  expect(engine.state).toBe('ready');
}

describe('a push that asks too much', () => {
  const many = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));

  test.each([
    [
      'a line of two megabytes',
      { s: 'line' },
      ['x'.repeat(2_000_000)],
      /Max entry size '1048576' bytes exceeded for stream '\{s="line"\}'/,
    ],
    ['3,000 attributes', { s: 'attributes' }, ['x', many(3000)], /too many structured metadata labels: '3000', limit: '2000'/],
    ['an attribute of a megabyte', { s: 'attribute' }, ['x', { a: 'x'.repeat(1_000_000) }], /structured metadata too large/],
    ['5,000 labels', many(5000), ['x'], /5000 label names; limit 64/],
    ['a label of a megabyte', { s: 'x'.repeat(1_000_000) }, ['x'], /label value too long/],
    ['no labels', {}, ['x'], /at least one label pair/],
    ['a label with NUL', { s: 'a\u0000b' }, ['x'], /error parsing labels/],
  ])('%s: 400 with the reason, and what else is in it is stored', async (name, stream, value, reason) => {
    const good = { stream: { s: 'good' }, values: [[String(AT), name]] };
    const answer = await push(JSON_TYPE, JSON.stringify({ streams: [good, { stream, values: [[String(AT), ...value]] }] }));
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(text).toMatch(reason);
    expect(text.length).toBeLessThan(5000);
    expect(await lines('{s="good"}')).toContain(name);
    await isWell();
  });

  test.each([
    ['ten years ahead', AT + 3650n * DAY, /timestamp too new/],
    ['older than the retention', AT - 16n * DAY, /timestamp too old/],
    ['before 1970', -AT, /timestamp too old/],
    ['beyond all calendars', 9_223_372_036_854_775_807n, /timestamp too new/],
  ])('a line %s: 400 with the reason', async (_name, time, reason) => {
    const answer = await pushJson({ s: 'when' }, [[String(time), 'x']]);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(reason);
  });

  test.each([
    ['a gzip bomb', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, () => zlib.gzipSync(Buffer.alloc(300 << 20)), 413],
    ['a zstd bomb', { ...JSON_TYPE, 'Content-Encoding': 'zstd' }, () => zlib.zstdCompressSync(Buffer.alloc(300 << 20)), 413],
    ['a snappy bomb', PROTOBUF_TYPE, () => Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01), 413],
    ['JSON of 100,000 brackets', JSON_TYPE, () => Buffer.from(`{"streams":${'['.repeat(100_000)}`), 400],
    ['damaged protobuf', PROTOBUF_TYPE, () => encodeSnappyPush([{ labels: '{a="b"}', lines: [] }]).subarray(0, 5), 400],
  ])('%s is refused', async (_name, headers, body, status) => {
    expect((await push(headers, Uint8Array.from(body()))).status).toBe(status);
    await isWell();
  });
});

describe('what is unusual but right', () => {
  test('bytes that are no UTF-8 are kept and shown as U+FFFD; NUL is a character like others', async () => {
    const line = Uint8Array.of(0x61, 0xff, 0x00, 0x62);
    const body = encodeSnappyPush([{ labels: '{s="bytes"}', lines: [{ time: AT, line }] }]);
    expect((await push(PROTOBUF_TYPE, Uint8Array.from(body))).status).toBe(204);
    expect(await lines('{s="bytes"}')).toEqual(['a\uFFFD\u0000b']);
  });

  test('labels and attributes called as things of JavaScript are data', async () => {
    const body = `{"streams":[{"stream":{"s":"proto","__proto__":"a","constructor":"b"},"values":[["${AT}","x",{"__proto__":"c","toString":"d"}]]}]}`;
    expect((await push(JSON_TYPE, body)).status).toBe(204);
    expect(await lines('{s="proto", __proto__="a", constructor="b"} | toString="d"')).toEqual(['x']);
    expect(({} as Record<string, unknown>)['c']).toBeUndefined();
  });
});

describe('texts that would do harm as SQL', () => {
  const texts = HOSTILE_TEXTS.filter((text) => text !== '' && !text.includes('\u0000') && text.isWellFormed());
  const quoted = (text: string): string => JSON.stringify(text);
  const asPattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

  beforeAll(async () => {
    const streams = texts.map((text, i) => ({
      stream: { sql: text, n: String(i) },
      values: [[String(AT), `before ${text} after`, { meta: text }]],
    }));
    const answer = await push(JSON_TYPE, JSON.stringify({ streams }));
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  test('are found as the texts they are: in labels, lines, attributes and expressions', async () => {
    for (const text of texts) {
      const expected = [`before ${text} after`];
      expect([text, await lines(`{sql=${quoted(text)}}`)]).toEqual([text, expected]);
      expect([text, await lines(`{n=~".+"} | meta=${quoted(text)}`)]).toEqual([text, expected]);
      expect([text, await lines(`{sql=${quoted(text)}} |= ${quoted(text)}`)]).toEqual([text, expected]);
      expect([text, await lines(`{sql=${quoted(text)}} |~ ${quoted(asPattern(text))}`)]).toEqual([text, expected]);
      expect([text, await lines(`{sql=${quoted(text)}} != ${quoted(text)}`)]).toEqual([text, []]);
    }
  });
});
