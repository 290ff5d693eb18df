import { describe, expect, test } from 'vitest';

import { configurationOf, statusOf, targetsOf } from '../../dev/mock/answers.ts';
import { downTimes, findProblems, type HealthInput, verdictOf } from './health.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function input(overrides: Partial<HealthInput> = {}): HealthInput {
  return {
    status: statusOf('full', NOW),
    targets: targetsOf('full', NOW).activeTargets,
    downSince: new Map(),
    disks: [],
    memory: { used: 6e9, total: 16e9 },
    configuration: configurationOf('full', NOW),
    ...overrides,
  };
}

const kinds = (given: HealthInput) => findProblems(given).map((problem) => problem.kind);

describe('what is wrong', () => {
  test('nothing on a healthy host', () => {
    expect(findProblems(input())).toEqual([]);
    expect(verdictOf([], true)).toBe('ok');
  });

  test('a verdict needs answers first', () => {
    expect(verdictOf([], false)).toBe('unknown');
  });

  test('an engine that is away is critical, since its oldest unloaded record', () => {
    const [first] = findProblems(input({ status: statusOf('engine-down', NOW) }));
    expect(first).toMatchObject({ kind: 'engineDown', severity: 'critical', since: NOW - 83_000 });
  });

  test('one target down is named with its reason, several are counted', () => {
    const { activeTargets } = targetsOf('problems', NOW);
    const since = new Map([['edge-4.lan:9100', NOW - 60_000]]);
    expect(findProblems(input({ targets: activeTargets, downSince: since }))[0]).toMatchObject({
      kind: 'targetDown',
      since: NOW - 60_000,
      facts: { name: 'edge-4.lan:9100', job: 'edge' },
    });
    const all = activeTargets.map((target) => ({ ...target, health: 'down' as const }));
    expect(findProblems(input({ targets: all }))[0]).toMatchObject({ kind: 'targetsDown', facts: { count: 11, all: 11 } });
  });

  test('disks: full is critical, soon full a warning, steady nothing', () => {
    const disk = { mountpoint: '/', device: 'd', fstype: 'ext4', size: 100, free: 3, used: 0.97, forecast: { kind: 'steady' as const } };
    expect(kinds(input({ disks: [disk] }))).toEqual(['diskFull']);
    const filling = { ...disk, used: 0.5, forecast: { kind: 'full' as const, at: NOW + 3 * 86_400_000, bytesPerDay: 1 } };
    expect(findProblems(input({ disks: [filling] }))[0]).toMatchObject({ kind: 'diskFilling', severity: 'warning', facts: { days: 3 } });
    expect(kinds(input({ disks: [{ ...disk, used: 0.5 }] }))).toEqual([]);
  });

  test('journal, limits, dependencies, memory, configuration each have their word', () => {
    const status = statusOf('full', NOW);
    const broken = {
      ...status,
      journal: { ...status.journal, state: 'full' as const, quarantinedRecords: 2 },
      ingest: { ...status.ingest, activeSeries: 950_000 },
      dependencies: [{ name: 'scraper', up: false, message: 'stuck' }],
      storage: { ...status.storage, diskFreeBytes: 1 },
      host: { ...status.host, collectorEnabled: false },
    };
    expect(kinds(input({ status: broken, memory: { used: 98, total: 100 }, configuration: configurationOf('problems', NOW) }))).toEqual([
      'journalFull',
      'dependencyDown',
      'dataDiskFull',
      'recordsQuarantined',
      'seriesLimit',
      'collectorOff',
      'memoryShort',
      'configurationBad',
    ]);
  });
});

describe('since when a target is down', () => {
  const window = { start: 0, end: 600_000, step: 60_000 };
  const series = (seconds: readonly number[]) => [{ metric: { instance: 'a' }, values: seconds.map((at) => [at, '0'] as const) }];

  test('is the start of the unbroken run up to now', () => {
    expect(downTimes(series([60, 120, 420, 480, 540, 600]), window).get('a')).toBe(420_000);
  });

  test('is not told for one that has come back', () => {
    expect(downTimes(series([60, 120]), window).has('a')).toBe(false);
  });
});
