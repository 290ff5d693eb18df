import type { TestSeries } from '@atalaya/receive/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '@atalaya/store/testing';
import { ask, discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { sample, write } from './write.ts';

const AT = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const DAY = 86_400_000;

interface Vector {
  result: { metric: Record<string, string>; value: [number, string] }[];
}

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

const query = async (text: string): Promise<Vector['result']> =>
  (await ask<Vector>(program.url, '/api/v1/query', { query: text, time: String(AT / 1000) })).result;

describe('remote write', () => {
  const batch = (name: string, count: number): TestSeries[] =>
    Array.from({ length: count }, (_, i) => ({
      labels: ['__name__', name, 'i', String(i)],
      samples: [{ timestamp: AT, value: i }],
    }));
  const written = (answer: Response): string | null => answer.headers.get('x-prometheus-remote-write-samples-written');

  test('2.0 with one invalid sample of 2,000: 400, the others stored and counted, however often it comes', async () => {
    const series = batch('partly', 2000);
    series[1000] = { labels: ['__name__', 'partly', 'not ok\u0000', ''], samples: [{ timestamp: AT + 400 * DAY, value: 1 }] };
    for (let attempt = 0; attempt < 5; attempt++) {
      const answer = await write(program.url, series, '2.0');
      expect([answer.status, written(answer)]).toEqual([400, '1999']);
      expect(await answer.text()).toContain('partly');
    }
    await loaded(program);
    expect((await query('count(partly)'))[0]?.value[1]).toBe('1999');
    expect((await query('sum(count_over_time(partly[1m]))'))[0]?.value[1]).toBe('1999');
  });

  test('a repetition is a success, another value for a stored timestamp a 400 that a sender does not repeat', async () => {
    const one = sample('repeated', AT, 1);
    for (let attempt = 0; attempt < 5; attempt++) expect((await write(program.url, one)).status).toBe(204);
    const conflict = await write(program.url, sample('repeated', AT, 2));
    expect(conflict.status).toBe(400);
    expect(await conflict.text()).toContain('repeated');
    expect((await write(program.url, sample('repeated', AT - 5000, 0.5))).status).toBe(204);
    await loaded(program);
    expect((await query('repeated'))[0]?.value[1]).toBe('1');
    expect((await query('count_over_time(repeated[1m])'))[0]?.value[1]).toBe('2');
  });

  test.each([
    ['ten years ahead', Date.now() + 3650 * DAY, /future|ahead/],
    ['older than the retention', Date.now() - 16 * DAY, /retention|old/],
  ])('a sample %s is a 400 with the reason', async (_name, timestamp, reason) => {
    const answer = await write(program.url, sample('when', timestamp, 1));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(reason);
  });

  test.each<[string, readonly (string | Uint8Array)[]]>([
    ['a value of ten megabytes', ['__name__', 'huge', 'a', 'x'.repeat(10_000_000)]],
    ['5,000 labels', ['__name__', 'many', ...Array.from({ length: 5000 }, (_, i) => [`l${i}`, 'x']).flat()]],
    ['a name twice', ['__name__', 'twice', 'a', '1', 'a', '2']],
    ['an empty name', ['__name__', 'empty', '', '1']],
    ['a value that is no UTF-8', ['__name__', 'bytes', 'a', Uint8Array.of(0xff, 0xfe)]],
  ])('%s is a 400 with the reason', async (name, labels) => {
    const good = `good_beside_${labels[1] as string}`;
    const answer = await write(program.url, [{ labels, samples: [{ timestamp: AT, value: 1 }] }, ...sample(good, AT, 1)]);
    expect([name, answer.status]).toEqual([name, 400]);
    expect((await answer.text()).length).toBeLessThan(2000);
    expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
  });

  test('what else was in those requests is stored', async () => {
    await loaded(program);
    const names = (await query('{__name__=~"good_beside_.+"}')).map(({ metric }) => metric['__name__']);
    expect(new Set(names)).toEqual(new Set(['huge', 'many', 'twice', 'empty', 'bytes'].map((name) => `good_beside_${name}`)));
  });

  test('labels called as things of JavaScript are data', async () => {
    const labels = ['__name__', 'proto', '__proto__', 'a', 'constructor', 'b', 'toString', 'c'];
    expect((await write(program.url, [{ labels, samples: [{ timestamp: AT, value: 1 }] }])).status).toBe(204);
    await loaded(program);
    const text = await (await fetch(`${program.url}/api/v1/query?query=proto&time=${AT / 1000}`)).text();
    expect(text).toContain('"__proto__":"a","constructor":"b","toString":"c"');
    const range = { start: String(AT / 1000 - 60), end: String(AT / 1000) };
    expect(await ask<string[]>(program.url, '/api/v1/label/__proto__/values', range)).toEqual(['a']);
    expect(await query('sum by (constructor, toString) (proto)')).toMatchObject([{ metric: { constructor: 'b', toString: 'c' } }]);
    expect(await query('sum by (hasOwnProperty) (proto)')).toMatchObject([{ metric: {} }]);
  });
});

describe('texts that would do harm as SQL', () => {
  const texts = HOSTILE_TEXTS.filter((text) => text !== '');
  // Lone control characters need escapes in a PromQL string; JSON's are understood there as well.
  const quoted = (text: string): string => JSON.stringify(text);
  const asPattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const range = { start: String(AT / 1000 - 600), end: String(AT / 1000) };

  beforeAll(async () => {
    const series = texts.map((text, i) => ({ labels: ['__name__', 'sql', 'text', text], samples: [{ timestamp: AT, value: i }] }));
    const answer = await write(program.url, series);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    await loaded(program);
  });

  test('are found by each kind of matcher as the texts they are', async () => {
    for (const [i, text] of texts.entries()) {
      const values = async (matcher: string): Promise<string[]> => (await query(`sql{${matcher}}`)).map(({ value }) => value[1]);
      expect([text, await values(`text=${quoted(text)}`)]).toEqual([text, [String(i)]]);
      expect([text, await values(`text=~${quoted(asPattern(text))}`)]).toEqual([text, [String(i)]]);
      expect([text, (await values(`text!=${quoted(text)}`)).length]).toEqual([text, texts.length - 1]);
      const match = { 'match[]': `sql{text=${quoted(text)}}`, ...range };
      expect(await ask<Record<string, string>[]>(program.url, '/api/v1/series', match)).toEqual([{ __name__: 'sql', text }]);
    }
  });

  test('come back as values of their label, and mean nothing as names of labels, metrics or parameters', async () => {
    const stored = await ask<string[]>(program.url, '/api/v1/label/text/values', { 'match[]': 'sql', ...range });
    expect(stored.toSorted()).toEqual(texts.toSorted());
    for (const text of texts) {
      const encoded = encodeURIComponent(text);
      for (const route of [
        `/api/v1/label/${encoded}/values`,
        `/api/v1/metadata?metric=${encoded}`,
        `/api/v1/query?query=${encoded}`,
        `/api/v1/query?query=${encodeURIComponent(`{${quoted(text)}="x"}`)}`,
        `/api/v1/query?query=up&time=${encoded}`,
        `/api/v1/labels?match[]=${encoded}`,
        `/api/v1/status/tsdb?limit=${encoded}`,
      ]) {
        const answer = await fetch(program.url + route);
        const body = await answer.text();
        expect([route, answer.status < 500, /root:|DB::|Exception/.test(body)]).toEqual([route, true, false]);
      }
    }
    // The tables are all there, and the engine never went away.
    expect(await query('count(sql)')).toMatchObject([{ value: [AT / 1000, String(texts.length)] }]);
    expect((await program.status()).engine.restarts).toBe(0);
  });
});
