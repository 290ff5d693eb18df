import { describe, expect, test } from 'vitest';

import { metricsSearch, parseSearch, sharedSearch, statusSearch, stringifySearch, targetsSearch } from './search.ts';

describe('the query string', () => {
  test('survives a round trip, lists and awkward characters included', () => {
    const state = { q: ['rate(a{b="c&d"}[5m]) + 1', 'up'], from: 'now-6h', to: 'now', stacked: true };
    expect(parseSearch(stringifySearch(state))).toEqual({ q: ['rate(a{b="c&d"}[5m]) + 1', 'up'], from: 'now-6h', to: 'now', stacked: '1' });
  });

  test('leaves out what is off or absent', () => {
    expect(stringifySearch({ a: undefined, b: false, c: null })).toBe('');
  });
});

describe('what pages read from it', () => {
  test('the shared part drops nonsense', () => {
    expect(sharedSearch({ from: 'now-6h', to: 'now', refresh: '30s' })).toEqual({ from: 'now-6h', to: 'now', refresh: '30s' });
    expect(sharedSearch({ from: 'now-1h', refresh: '10s' })).toEqual({ from: 'now-1h', to: 'now' });
    expect(sharedSearch({ from: 'yesterday', refresh: 'constructor' })).toEqual({});
  });

  test('the explorer takes one query or several, and letters that are off', () => {
    expect(metricsSearch({ q: 'up' })).toEqual({ q: ['up'] });
    expect(metricsSearch({ q: ['a', 'b'], off: 'b1', tab: 'table', stacked: '1', unit: 'bytes' })).toEqual({
      q: ['a', 'b'],
      off: 'B',
      tab: 'table',
      stacked: true,
      unit: 'bytes',
    });
    expect(metricsSearch({ q: Array.from({ length: 20 }, String) }).q).toHaveLength(8);
  });

  test('targets and status take only what they know', () => {
    expect(targetsSearch({ state: 'down', find: 'edge', dropped: '1' })).toEqual({ state: 'down', find: 'edge', dropped: true });
    expect(targetsSearch({ state: 'sideways', find: '' })).toEqual({});
    expect(statusSearch({ section: 'storage' })).toEqual({ section: 'storage' });
    expect(statusSearch({ section: 'secrets' })).toEqual({});
  });
});
