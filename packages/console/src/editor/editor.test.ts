import { describe, expect, test } from 'vitest';

import { checkQuery, diagnosticsOf, fixOf } from './check.ts';
import { formatQuery, movedCursor } from './format.ts';
import { partAt } from './pointing.ts';

const nothing = { metrics: undefined, features: undefined };
const t = ((key: string, values?: object) => `${key} ${JSON.stringify(values ?? {})}`) as never;

describe('formatting', () => {
  test('spreads what is long and says why it does not', () => {
    expect(formatQuery('sum( up )by(job)')).toEqual({ state: 'ready', formatted: 'sum by (job) (up)' });
    expect(formatQuery('up')).toEqual({ state: 'formatted' });
    expect(formatQuery('sum(up')).toEqual({ state: 'wrong' });
    expect(formatQuery(' ')).toEqual({ state: 'empty' });
    expect(formatQuery('sum(up) # of all')).toEqual({ state: 'comments' });
  });

  test('leaves the cursor in the same word', () => {
    const before = 'sum(rate(a[5m]))by(job)+sum(rate(b[5m]))';
    const after = formatQuery(before).formatted as string;
    expect(after).toBe('sum by (job) (rate(a[5m])) + sum(rate(b[5m]))');
    const move = (place: number) => after.slice(0, movedCursor(before, place, after));
    expect(move(before.indexOf('b[') + 1)).toBe('sum by (job) (rate(a[5m])) + sum(rate(b');
    expect(move(before.lastIndexOf('rate') + 2)).toBe('sum by (job) (rate(a[5m])) + sum(ra');
    expect(move(before.indexOf('job') + 1)).toBe('sum by (j');
  });
});

describe('what is wrong', () => {
  const fixed = (text: string) => {
    const checked = checkQuery(text);
    const fix = checked.state === 'wrong' ? fixOf(text, checked.error) : undefined;
    return fix === undefined ? undefined : text.slice(0, fix.from) + fix.insert + text.slice(fix.to);
  };

  test.each([
    ['raet(up[5m])', 'rate(up[5m])'],
    ['smu(up)', 'sum(up)'],
    ['rate(up)', 'rate(up[5m])'],
    ['sum(rate(up{job="a"}))', 'sum(rate(up{job="a"}[5m]))'],
    ['sum(up', 'sum(up)'],
    ['1 > 2', '1 > bool 2'],
    ['rate(sum(up))', undefined],
    ['zzzzzzzzz(up)', undefined],
  ])('%s is mended as %s', (text, mended) => {
    expect(fixed(text)).toBe(mended);
  });

  test('is marked where it is, in the server’s words too', () => {
    expect(diagnosticsOf('sum(rate(up))', t, 0, nothing)).toMatchObject([
      { from: 9, to: 11, severity: 'error', message: expect.stringContaining('1:10: parse error: expected type range vector') },
    ]);
    expect(diagnosticsOf('sum(up', t, 0, nothing)).toMatchObject([{ from: 5, to: 6 }]);
    expect(diagnosticsOf('', t, 0, nothing)).toEqual([]);
  });

  test('goes by the server’s feature flags', () => {
    expect(diagnosticsOf('limitk(2, up)', t, 0, nothing)).toEqual([]);
    expect(diagnosticsOf('limitk(2, up)', t, 0, { ...nothing, features: new Set() })).toMatchObject([{ severity: 'error' }]);
  });

  test('a metric that nobody sends is pointed out, unless it is being typed', () => {
    const known = new Set(['node_load1', 'up']);
    expect(diagnosticsOf('node_laod1 + up', t, 14, { ...nothing, metrics: known })).toMatchObject([
      { from: 0, to: 10, severity: 'warning', actions: [{}] },
    ]);
    expect(diagnosticsOf('node_laod1', t, 10, { ...nothing, metrics: known })).toEqual([]);
    expect(diagnosticsOf('node_laod1', t, 0, nothing)).toEqual([]);
  });
});

describe('a position in a query', () => {
  test('stands for the largest expression that begins there', () => {
    expect(partAt('rate(up[5m])', 1, 6)).toEqual({ start: 5, end: 11 });
    expect(partAt('sum(\n  up\n)', 2, 3)).toEqual({ start: 7, end: 9 });
    expect(partAt('up', 3, 1)).toBeUndefined();
    expect(partAt('sum(', 1, 1)).toEqual({ start: 0, end: 1 });
  });
});
