import { describe, expect, test } from 'vitest';

import { targetsOf } from '../../dev/mock/answers.ts';
import { buildCommands, rankCommands } from './commands.ts';
import { fuzzyRank, fuzzyScore } from './fuzzy.ts';
import { metricEntries, startingQuery } from './metadata.ts';
import { isFresh, remoteWriteSnippet } from './next-steps.ts';
import { HISTORY_LIMIT, withQuery } from './remembered.ts';
import { countTargets, lastScrapeTime, targetPools } from './targets.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

describe('finding by a few letters', () => {
  test('whole words come before scattered letters, and what does not fit is left out', () => {
    const names = ['node_memory_free_bytes', 'node_filesystem_free_bytes', 'up', 'free'];
    expect(fuzzyRank('free', names, (name) => name, 10)[0]).toBe('free');
    expect(fuzzyRank('nmf', names, (name) => name, 10)).toEqual(['node_memory_free_bytes', 'node_filesystem_free_bytes']);
    expect(fuzzyScore('xyz', 'up')).toBeUndefined();
    expect(fuzzyRank('', names, (name) => name, 2)).toEqual(names.slice(0, 2));
  });

  test('the palette ranks each kind for itself', () => {
    const commands = buildCommands(
      [{ to: '/', name: 'Home' }],
      ['edge_total', 'up'],
      { edge_total: [{ type: 'counter', help: 'h' }] },
      targetsOf('full', NOW).activeTargets,
      ['edge/cart'],
    );
    const groups = rankCommands(commands, 'edge');
    expect(groups.map(({ kind }) => kind)).toEqual(['service', 'target', 'metric', 'logs']);
    expect(groups[0]?.commands[0]).toMatchObject({ name: 'edge/cart', to: '/services/edge%2Fcart' });
    expect(groups[2]?.commands[0]).toMatchObject({ to: '/explore', search: { q: ['rate(edge_total[5m])'] } });
    expect(groups[3]?.commands[0]).toMatchObject({ to: '/logs', search: { q: '{service_name=~".+"} |= "edge"' } });
    expect(rankCommands(commands, ' ').map(({ kind }) => kind)).not.toContain('logs');
  });
});

describe('metrics', () => {
  test('parts of a histogram take the family’s type and help', () => {
    const entries = metricEntries(['b_bucket', 'a'], { b: [{ type: 'histogram', help: 'B.' }], a: [{ type: 'unknown', help: '' }] });
    expect(entries).toEqual([
      { name: 'a', type: '', help: '' },
      { name: 'b_bucket', type: 'histogram', help: 'B.' },
    ]);
  });

  test('a click starts with a query that means something', () => {
    expect(startingQuery({ name: 'a_total', type: 'counter', help: '' })).toBe('rate(a_total[5m])');
    expect(startingQuery({ name: 'b_bucket', type: 'histogram', help: '' })).toBe(
      'histogram_quantile(0.95, sum by (le) (rate(b_bucket[5m])))',
    );
    expect(startingQuery({ name: 'c', type: 'gauge', help: '' })).toBe('c');
    expect(startingQuery({ name: 'a_total', type: 'counter', help: '' }, '1m', '{job="x"}')).toBe('rate(a_total{job="x"}[1m])');
  });
});

describe('targets', () => {
  const { activeTargets } = targetsOf('problems', NOW);

  test('are counted by state and grouped by pool, trouble first', () => {
    expect(countTargets(activeTargets)).toEqual({ all: 11, up: 9, down: 1, unknown: 1 });
    const pools = targetPools(activeTargets, undefined, '');
    expect(pools[0]?.name).toBe('edge');
    expect(pools[0]?.targets[0]?.health).toBe('down');
  });

  test('are found by state, label and error, every word somewhere', () => {
    expect(targetPools(activeTargets, 'down', '').flatMap(({ targets }) => targets)).toHaveLength(1);
    expect(targetPools(activeTargets, undefined, 'SITE=bilbao rack=r1').flatMap(({ targets }) => targets)).toHaveLength(1);
    expect(targetPools(activeTargets, undefined, 'no route')[0]?.counts.all).toBe(6);
    expect(targetPools(activeTargets, 'up', 'nowhere')).toEqual([]);
  });

  test('a target that was never scraped has no time', () => {
    const never = activeTargets.find((target) => target.health === 'unknown');
    expect(never && lastScrapeTime(never)).toBeUndefined();
  });
});

describe('a fresh installation', () => {
  test('watches nothing but itself, and is told this server’s own address', () => {
    expect(isFresh(targetsOf('fresh', NOW).activeTargets)).toBe(true);
    expect(isFresh(targetsOf('full', NOW).activeTargets)).toBe(false);
    expect(remoteWriteSnippet('http://10.0.0.9:3002')).toContain('url: http://10.0.0.9:3002/api/v1/write');
  });
});

describe('the query history', () => {
  test('puts the newest first, once, and forgets the oldest', () => {
    expect(withQuery(['b', 'a'], ' a ')).toEqual(['a', 'b']);
    expect(withQuery(['a'], '  ')).toEqual(['a']);
    const full = Array.from({ length: HISTORY_LIMIT }, (_, i) => `q${i}`);
    expect(withQuery(full, 'new')).toHaveLength(HISTORY_LIMIT);
  });
});
