import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { type Live, liveData } from './live.ts';
import { matchedLetters, ranked } from './rank.ts';

const label = (name: string, boost = 0) => ({ label: name, boost });

describe('the order of completions', () => {
  test('puts beginnings before middles, and words of the language before metrics that begin alike', () => {
    const order = ranked('ra', [label('node_rate'), label('rate_limit_total'), label('rad', 50), label('rate', 52), label('sum', 53)]);
    expect(order.map((completion) => completion.label)).toEqual(['rate', 'rad', 'rate_limit_total', 'node_rate']);
  });

  test('marks the letters that were typed', () => {
    expect(matchedLetters('cpu', 'node_cpu_seconds')).toEqual([5, 8]);
    expect(matchedLetters('ncs', 'node_cpu_seconds')).toEqual([0, 1, 5, 6, 9, 10]);
    expect(matchedLetters('', 'up')).toEqual([]);
  });

  test('offers no more than can be looked through', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => label(`metric_number_${i}_total`));
    expect(ranked('num9', many).length).toBe(120);
  });
});

describe('live data', () => {
  const names = Array.from({ length: 30_000 }, (_, i) => `metric_${i}`);
  const asked: URL[] = [];
  let live: Live;
  beforeEach(() => {
    asked.length = 0;
    live = liveData(new QueryClient());
    vi.stubGlobal('fetch', async (address: string) => {
      const url = new URL(address, 'http://server');
      asked.push(url);
      if (url.pathname === '/api/v1/metadata') return Response.json({ status: 'success', data: {} });
      const pattern = /=~"(.*)"/.exec(url.searchParams.get('match[]') ?? '')?.[1];
      const found = pattern === undefined ? names : names.filter((name) => name.includes(pattern.replaceAll(/\(\?i\)|\.\*/g, '')));
      const limit = Number(url.searchParams.get('limit') ?? Infinity);
      return Response.json({
        status: 'success',
        data: found.slice(0, limit),
        ...(found.length > limit ? { warnings: ['truncated'] } : {}),
      });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test('of a list that is too long is searched by the server', async () => {
    const { entries, complete } = await live.metrics('29999');
    expect(entries.map(({ name }) => name)).toEqual(['metric_29999']);
    expect(complete).toBe(true);
    expect(asked.at(-1)?.searchParams.get('match[]')).toBe('{__name__=~"(?i).*29999.*"}');
    // All of them are not known then, so that none can be called unknown.
    expect(live.knownMetrics()).toBeUndefined();
  });

  test('of one label keeps to the other matchers of the selector', async () => {
    await live.values('instance', '{__name__="up",job="a.b"}', 'edge');
    expect(asked[0]?.searchParams.getAll('match[]')).toEqual(['{__name__="up",job="a.b"}']);
    expect(asked[1]?.searchParams.getAll('match[]')).toEqual(['{__name__="up",job="a.b",instance=~"(?i).*edge.*"}']);
  });

  test('that cannot be had is no data', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
    expect(await live.values('job', undefined, '')).toEqual({ values: [], complete: true });
    expect(await live.labels([])).toEqual([]);
    expect(await live.seriesCount('up')).toBeUndefined();
    expect(await live.features()).toBeUndefined();
  });
});
