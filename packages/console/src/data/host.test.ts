import { describe, expect, test } from 'vitest';

import { cpuBusy, cpuFrame, disks, hostQueries, hostSelector, memoryFrame, memoryUsed } from './host.ts';

const WINDOW = { start: 0, end: 10_000, step: 10_000 };
const series = (metric: Record<string, string>, ...values: (number | null)[]) => ({
  metric,
  values: values.flatMap((value, i): [number, string][] => (value === null ? [] : [[i * 10, String(value)]])),
});

describe('questions about this host', () => {
  test('name its labels with quotes escaped', () => {
    expect(hostSelector({ job: 'node', instance: 'a"b' }, 'x="1"')).toBe('{job="node",instance="a\\"b",x="1"}');
    expect(hostQueries({ job: 'node', instance: 'h' }, '1m').cpu).toBe(
      'avg by (mode) (rate(node_cpu_seconds_total{job="node",instance="h"}[1m]))',
    );
  });
});

describe('CPU', () => {
  const answer = [
    series({ mode: 'idle' }, 0.7, 0.6),
    series({ mode: 'user' }, 0.2, 0.3),
    series({ mode: 'softirq' }, 0.06, 0.05),
    series({ mode: 'irq' }, 0.04, 0.05),
  ];

  test('bands add up the modes they stand for, in a fixed order, idle left out', () => {
    const frame = cpuFrame(answer, WINDOW);
    expect(frame.series.map(({ name }) => name)).toEqual(['user', 'irq']);
    expect(frame.series[1]?.values).toEqual([0.1, 0.1]);
  });

  test('busy is what is not idle', () => {
    expect(cpuBusy(answer, WINDOW).map((value) => value?.toFixed(2))).toEqual(['0.30', '0.40']);
    expect(cpuBusy([], WINDOW)).toEqual([]);
  });
});

describe('memory', () => {
  const memory = (name: string, ...values: (number | null)[]) => series({ __name__: `node_memory_${name}_bytes` }, ...values);
  const answer = [
    memory('MemTotal', 100, 100),
    memory('MemFree', 20, null),
    memory('Buffers', 5, 5),
    memory('Cached', 25, 25),
    memory('SReclaimable', 5, 5),
    memory('MemAvailable', 50, 40),
  ];

  test('used is what is neither free nor buffers nor cache; a missing part makes a gap', () => {
    const frame = memoryFrame(answer, WINDOW, (part) => part);
    expect(Object.fromEntries(frame.series.map(({ id, values }) => [id, values]))).toEqual({
      used: [45, null],
      buffers: [5, 5],
      cache: [30, 30],
    });
  });

  test('the number that counts is what is not available', () => {
    expect(memoryUsed(answer, WINDOW)).toEqual({ used: 60, total: 100 });
    expect(memoryFrame([], WINDOW, (part) => part).series).toEqual([]);
  });
});

describe('file systems', () => {
  const at = (device: string, mountpoint: string, value: number) => ({
    metric: { device, mountpoint, fstype: 'ext4' },
    value: [0, String(value)] as const,
  });

  test('are sorted by fullness, a device mounted twice is shown once', () => {
    const free = [at('sda', '/', 80), at('sdb', '/data', 10), at('sda', '/home/bind', 80)];
    const size = [at('sda', '/', 100), at('sdb', '/data', 100), at('sda', '/home/bind', 100)];
    const found = disks(free, size, []);
    expect(found.map(({ mountpoint, used }) => [mountpoint, Number(used.toFixed(2))])).toEqual([
      ['/data', 0.9],
      ['/', 0.2],
    ]);
    expect(found[0]?.forecast.kind).toBe('young');
  });
});
