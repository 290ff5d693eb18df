/** What Home asks about this machine, and how the answers become charts and numbers. */

import { type FreeSpace, type Forecast, forecastFull } from './forecast.ts';
import type { LabelRecord, MatrixSeries, RangeWindow, VectorSample } from './prometheus.ts';
import { parseSample } from './prometheus.ts';
import { combine, type Frame, frameOf, gridOf, onGrid, type Series } from './series.ts';

/** The labels of the built-in host collector. */
export interface HostLabels {
  readonly job: string;
  readonly instance: string;
}

/** Devices and file systems that are no hardware of their own. */
const VIRTUAL_NETWORK = 'lo|veth.*|docker.*|br-.*|virbr.*|cni.*|flannel.*|cali.*|ifb.*|tun.*|tap.*';
const VIRTUAL_DISK = 'dm-.*|loop.*|ram.*|zram.*|sr.*|fd.*|md.*';
const VIRTUAL_FILESYSTEM = 'tmpfs|ramfs|overlay|squashfs|devtmpfs|fuse.*|nsfs|iso9660';

/** The selector of this host's series, with further matchers. */
export function hostSelector(host: HostLabels, ...matchers: string[]): string {
  return `{${[`job=${JSON.stringify(host.job)}`, `instance=${JSON.stringify(host.instance)}`, ...matchers].join(',')}}`;
}

/** The expressions behind Home's charts; `window` is the rate window. */
export function hostQueries(host: HostLabels, window: string) {
  const all = hostSelector(host);
  const network = hostSelector(host, `device!~"${VIRTUAL_NETWORK}"`);
  const disk = hostSelector(host, `device!~"${VIRTUAL_DISK}"`);
  const filesystem = hostSelector(host, `fstype!~"${VIRTUAL_FILESYSTEM}"`);
  return {
    cpu: `avg by (mode) (rate(node_cpu_seconds_total${all}[${window}]))`,
    memory: hostSelector(host, '__name__=~"node_memory_(MemTotal|MemFree|MemAvailable|Buffers|Cached|SReclaimable)_bytes"'),
    load: hostSelector(host, '__name__=~"node_load(1|5|15)"'),
    networkIn: `sum(rate(node_network_receive_bytes_total${network}[${window}]))`,
    networkOut: `sum(rate(node_network_transmit_bytes_total${network}[${window}]))`,
    diskRead: `sum(rate(node_disk_read_bytes_total${disk}[${window}]))`,
    diskWrite: `sum(rate(node_disk_written_bytes_total${disk}[${window}]))`,
    pressureCpu: `rate(node_pressure_cpu_waiting_seconds_total${all}[${window}])`,
    pressureIo: `rate(node_pressure_io_waiting_seconds_total${all}[${window}])`,
    pressureMemory: `rate(node_pressure_memory_waiting_seconds_total${all}[${window}])`,
    bootTime: `node_boot_time_seconds${all}`,
    filesystemFree: `node_filesystem_avail_bytes${filesystem}`,
    filesystemSize: `node_filesystem_size_bytes${filesystem}`,
  };
}

/** The bands of the CPU chart, and the kernel's modes that each adds up; idle is what is left. */
const CPU_BANDS = { user: ['user', 'nice'], system: ['system'], iowait: ['iowait'], irq: ['irq', 'softirq'], steal: ['steal'] } as const;

/** CPU use by mode as parts of all CPUs, in a fixed order so that colours stay. */
export function cpuFrame(result: readonly MatrixSeries[], range: RangeWindow): Frame {
  const series = Object.entries(CPU_BANDS).flatMap(([band, modes]): Series[] => {
    const members = result.filter(({ metric }) => (modes as readonly string[]).includes(metric['mode'] ?? ''));
    const values = combine(
      members.map((member) => onGrid(member, range)),
      (parts) => parts.reduce((sum, value) => sum + value, 0),
    );
    return members.length === 0 ? [] : [{ id: band, name: band, labels: { mode: band }, values }];
  });
  return { times: gridOf(range), series };
}

/** Use of all CPUs together, 0…1, at each time: one minus idle. */
export function cpuBusy(result: readonly MatrixSeries[], range: RangeWindow): (number | null)[] {
  const idle = result.find((series) => series.metric['mode'] === 'idle');
  return idle === undefined ? [] : onGrid(idle, range).map((value) => (value === null ? null : Math.max(0, 1 - value)));
}

/** The parts that memory is divided into; the rest of it is free. */
export type MemoryPart = 'used' | 'buffers' | 'cache';

/** Memory divided into what is used, buffers and cache; what is missing to all of it is free. Bytes. */
export function memoryFrame(result: readonly MatrixSeries[], range: RangeWindow, name: (part: MemoryPart) => string): Frame {
  const column = (metric: string) => {
    const found = result.find((series) => series.metric['__name__'] === `node_memory_${metric}_bytes`);
    return found === undefined ? undefined : onGrid(found, range);
  };
  const times = gridOf(range);
  const total = column('MemTotal');
  const free = column('MemFree');
  if (total === undefined || free === undefined) return { times, series: [] };
  const nothing = total.map((value) => (value === null ? null : 0));
  const buffers = column('Buffers') ?? nothing;
  const cache = combine([column('Cached') ?? nothing, column('SReclaimable') ?? nothing], ([a = 0, b = 0]) => a + b);
  const used = combine([total, free, buffers, cache], ([all = 0, ...others]) =>
    Math.max(0, all - others.reduce((sum, value) => sum + value, 0)),
  );
  const part = (id: MemoryPart, values: Series['values']): Series => ({ id, name: name(id), labels: {}, values });
  return { times, series: [part('used', used), part('buffers', buffers), part('cache', cache)] };
}

/** Memory that programs cannot get without something giving way: total minus available, at the end of the window. */
export function memoryUsed(result: readonly MatrixSeries[], range: RangeWindow): { used: number; total: number } | undefined {
  const last = (metric: string) => {
    const found = result.find((series) => series.metric['__name__'] === `node_memory_${metric}_bytes`);
    return found === undefined ? undefined : lastValue(onGrid(found, range));
  };
  const total = last('MemTotal');
  const available = last('MemAvailable');
  return total === undefined || available === undefined ? undefined : { used: total - available, total };
}

/** Loads over 1, 5 and 15 minutes. */
export function loadFrame(result: readonly MatrixSeries[], range: RangeWindow, name: (minutes: string) => string): Frame {
  const minutes = (labels: LabelRecord) => (labels['__name__'] ?? '').replace('node_load', '');
  const frame = frameOf(result, range, (labels) => name(minutes(labels)));
  return { ...frame, series: [...frame.series].sort((a, b) => Number(minutes(a.labels)) - Number(minutes(b.labels))) };
}

/** Joins answers that are one series each into a frame, in the order given; absent ones are left out. */
export function joinFrame(
  parts: readonly (readonly [id: string, name: string, result: readonly MatrixSeries[]])[],
  range: RangeWindow,
): Frame {
  const series: Series[] = [];
  for (const [id, name, result] of parts) {
    const first = result[0];
    if (first !== undefined) series.push({ id, name, labels: first.metric, values: onGrid(first, range) });
  }
  return { times: gridOf(range), series };
}

/** The newest sample of a column. */
export function lastValue(values: readonly (number | null)[]): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}

/** A file system of this host. Sizes in bytes. */
export interface Disk {
  readonly mountpoint: string;
  readonly device: string;
  readonly fstype: string;
  readonly size: number;
  readonly free: number;
  /** 0…1 */
  readonly used: number;
  readonly forecast: Forecast;
}

/** File systems, the fullest first; a device mounted at several places is shown once, at its shortest path. */
export function disks(free: readonly VectorSample[], size: readonly VectorSample[], history: readonly MatrixSeries[]): Disk[] {
  const sizes = new Map(size.map((sample) => [placeOf(sample.metric), parseSample(sample.value[1])]));
  const pasts = new Map(history.map((series) => [placeOf(series.metric), series]));
  const byDevice = new Map<string, Disk>();
  for (const sample of free) {
    const total = sizes.get(placeOf(sample.metric)) ?? 0;
    if (total <= 0) continue;
    const available = parseSample(sample.value[1]);
    const { mountpoint = '', device = '', fstype = '' } = sample.metric;
    const before = byDevice.get(device);
    if (before && before.mountpoint.length <= mountpoint.length) continue;
    const past = pasts.get(placeOf(sample.metric))?.values.map(([at, text]): FreeSpace => ({ at: at * 1000, free: parseSample(text) }));
    byDevice.set(device, {
      mountpoint,
      device,
      fstype,
      size: total,
      free: available,
      used: 1 - available / total,
      forecast: forecastFull(past ?? []),
    });
  }
  return [...byDevice.values()].sort((a, b) => b.used - a.used);
}

function placeOf(labels: LabelRecord): string {
  return `${labels['device'] ?? ''}\n${labels['mountpoint'] ?? ''}`;
}
