/** The pretended machine: a catalogue of series whose values are functions of time, smooth and the same at every asking. */

/** A metric of native histograms. */
export const HISTOGRAM_METRIC = 'rpc_duration_seconds';

/** A series of the pretended world. */
export interface MockSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Value at a time, epoch seconds; NaN where there is no sample. */
  at(seconds: number): number;
}

/** A metric family with its series. */
export interface MockMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly series: readonly MockSeries[];
}

const DAY = 86_400;

/** A number in 0…1 from two integers. */
function hash(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h ^= h >>> 13;
  return (h >>> 0) / 2 ** 32;
}

/** Smooth noise in 0…1 that changes over about `period` seconds. */
export function noise(seed: number, seconds: number, period: number): number {
  const place = seconds / period;
  const left = Math.floor(place);
  const t = place - left;
  const ease = t * t * (3 - 2 * t);
  return hash(seed, left) * (1 - ease) + hash(seed, left + 1) * ease;
}

/** Several scales of noise on top of each other, around 0.5. */
function weather(seed: number, seconds: number): number {
  return 0.45 * noise(seed, seconds, 1900) + 0.3 * noise(seed + 1, seconds, 420) + 0.25 * noise(seed + 2, seconds, 75);
}

/** Rises a little every half hour, as a scheduled job does. */
function job(seconds: number): number {
  const into = seconds % 1800;
  return into < 240 ? Math.sin((into / 240) * Math.PI) : 0;
}

const STEP = 15;
const sums = new Map<number, Map<number, number>>();

/**
 * The integral of a rate since midnight: what a counter shows that was reset then. Kept per 15-second step, so that
 * asking a day of points stays cheap.
 */
export function counter(seed: number, rate: (seconds: number) => number): (seconds: number) => number {
  return (seconds) => {
    const base = Math.floor(seconds / DAY) * DAY;
    let kept = sums.get(seed);
    if (kept === undefined) sums.set(seed, (kept = new Map<number, number>()));
    let at = Math.floor(seconds / STEP) * STEP;
    const missing: number[] = [];
    while (at > base && !kept.has(at)) {
      missing.push(at);
      at -= STEP;
    }
    let sum = at <= base ? hash(seed, 7) * 1e6 : (kept.get(at) as number);
    for (const step of missing.toReversed()) {
      sum += rate(step) * STEP;
      kept.set(step, sum);
    }
    // A counter that never resets would need the whole past: days are joined by their mean.
    return sum + (base / DAY - 20_000) * DAY * rate(base + DAY / 2) + rate(seconds) * (seconds % STEP);
  };
}

let seeds = 100;
const nextSeed = () => (seeds += 11);

/** The machine's labels, as the status names them. */
export const HOST = { job: 'node', instance: 'vigia-01' } as const;

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The world. `now` is only used to place events (a gap, a disk that fills up) in its past. */
export function makeWorld(now: number): MockMetric[] {
  const metrics: MockMetric[] = [];
  const add = (
    type: MockMetric['type'],
    name: string,
    help: string,
    series: readonly (readonly [Record<string, string>, (s: number) => number])[],
    labels: Readonly<Record<string, string>> = HOST,
  ) => {
    metrics.push({ name, type, help, series: series.map(([own, at]) => ({ labels: { __name__: name, ...labels, ...own }, at })) });
  };
  // The collector was restarted for a few minutes: a gap that charts must show as one.
  const gapEnd = now - 1400;
  const gap = (at: (s: number) => number) => (s: number) => (s > gapEnd - 210 && s < gapEnd ? Number.NaN : at(s));
  const gauge = (name: string, help: string, series: readonly (readonly [Record<string, string>, (s: number) => number])[]) =>
    add(
      'gauge',
      name,
      help,
      series.map(([labels, at]) => [labels, gap(at)] as const),
    );
  const count = (name: string, help: string, series: readonly (readonly [Record<string, string>, (s: number) => number])[]) =>
    add(
      'counter',
      name,
      help,
      series.map(([labels, rate]) => [labels, gap(counter(nextSeed(), rate))] as const),
    );

  const busy = (s: number) => 0.1 + 0.28 * weather(1, s) + 0.3 * job(s);
  const modes: Record<string, (s: number) => number> = {
    user: (s) => busy(s) * 0.62,
    system: (s) => busy(s) * 0.24,
    iowait: (s) => 0.004 + 0.05 * job(s + 60) * weather(4, s),
    steal: (s) => 0.012 * noise(5, s, 300),
    softirq: (s) => 0.006 + 0.01 * weather(6, s),
    irq: () => 0,
    nice: (s) => 0.002 * noise(8, s, 90),
  };
  const idle = (s: number) => Math.max(0, 1 - Object.values(modes).reduce((sum, mode) => sum + mode(s), 0));
  count(
    'node_cpu_seconds_total',
    'Seconds the CPUs spent in each mode.',
    ['0', '1', '2', '3'].flatMap((cpu, index) =>
      Object.entries({ ...modes, idle }).map(([mode, rate]) => [{ cpu, mode }, (s: number) => rate(s + index * 37)] as const),
    ),
  );

  const total = 15.6 * GIB;
  const memUsed = (s: number) => (5.2 + 1.5 * weather(20, s) + 0.9 * job(s)) * GIB;
  const cached = (s: number) => (6.1 + 0.5 * weather(22, s)) * GIB;
  const buffers = (s: number) => (0.31 + 0.02 * weather(23, s)) * GIB;
  const reclaimable = (s: number) => (0.42 + 0.03 * weather(24, s)) * GIB;
  const free = (s: number) => total - memUsed(s) - cached(s) - buffers(s) - reclaimable(s);
  for (const [name, at] of Object.entries({
    MemTotal: () => total,
    MemFree: free,
    MemAvailable: (s: number) => total - memUsed(s) - 0.4 * GIB,
    Buffers: buffers,
    Cached: cached,
    SReclaimable: reclaimable,
    SwapTotal: () => 2 * GIB,
    SwapFree: () => 1.98 * GIB,
  })) {
    gauge(`node_memory_${name}_bytes`, `Memory information field ${name}_bytes.`, [[{}, at]]);
  }
  const load = (seed: number, period: number) => (s: number) => 4 * (0.12 + 0.36 * noise(seed, s, period) + 0.3 * job(s - period / 3));
  gauge('node_load1', '1m load average.', [[{}, load(30, 160)]]);
  gauge('node_load5', '5m load average.', [[{}, (s) => 0.85 * load(30, 500)(s)]]);
  gauge('node_load15', '15m load average.', [[{}, (s) => 0.75 * load(30, 1500)(s)]]);

  const traffic = (seed: number, base: number) => (s: number) =>
    base * (0.35 + 1.3 * weather(seed, s) ** 2 + 1.4 * job(s - 90) * noise(seed, s, 40));
  for (const [device, base] of [
    ['eth0', 2.6 * MIB],
    ['eth1', 0.4 * MIB],
    ['lo', 0.7 * MIB],
  ] as const) {
    const seed = device.length * 40 + device.charCodeAt(3 % device.length);
    count('node_network_receive_bytes_total', 'Network device statistic receive_bytes.', [[{ device }, traffic(seed, base)]]);
    count('node_network_transmit_bytes_total', 'Network device statistic transmit_bytes.', [[{ device }, traffic(seed + 3, base * 0.42)]]);
  }
  count('node_disk_read_bytes_total', 'The total number of bytes read successfully.', [
    [{ device: 'nvme0n1' }, (s) => 0.18 * MIB * weather(60, s) + 22 * MIB * job(s + 30) * noise(61, s, 30)],
  ]);
  count('node_disk_written_bytes_total', 'The total number of bytes written successfully.', [
    [{ device: 'nvme0n1' }, (s) => 2.4 * MIB * (0.3 + weather(62, s)) + 9 * MIB * job(s)],
  ]);
  count('node_pressure_cpu_waiting_seconds_total', 'Total time in seconds that processes have waited for CPU time.', [
    [{}, (s) => 0.006 + 0.05 * job(s) * weather(70, s) + 0.012 * weather(71, s)],
  ]);
  count('node_pressure_io_waiting_seconds_total', 'Total time in seconds that processes have waited due to IO congestion.', [
    [{}, (s) => 0.002 + 0.075 * job(s + 60) * weather(72, s)],
  ]);
  count('node_pressure_memory_waiting_seconds_total', 'Total time in seconds that processes have waited for memory.', [
    [{}, (s) => 0.0008 * weather(73, s)],
  ]);
  gauge('node_boot_time_seconds', 'Node boot time, in unixtime.', [[{}, () => now - 23.4 * DAY]]);
  gauge('node_time_seconds', 'System time in seconds since epoch (1970).', [[{}, (s) => s]]);

  const disk = (device: string, mountpoint: string, fstype: string, size: number, used: (s: number) => number) => {
    const labels = { device, mountpoint, fstype };
    gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.', [[labels, () => size]]);
    gauge('node_filesystem_avail_bytes', 'Filesystem space available to non-root users in bytes.', [[labels, (s) => size - used(s)]]);
  };
  disk('/dev/nvme0n1p2', '/', 'ext4', 98.4 * GIB, (s) => (61 + 0.4 * noise(80, s, 40_000)) * GIB);
  disk('/dev/sda1', '/var/lib/atalaya', 'xfs', 500 * GIB, (s) => (372 + (4.1 * (s - now)) / DAY + 0.6 * noise(81, s, 9000)) * GIB);
  disk('/dev/nvme0n1p1', '/boot/efi', 'vfat', 0.5 * GIB, () => 0.0061 * GIB);
  count('node_context_switches_total', 'Total number of context switches.', [[{}, (s) => 3400 + 5200 * weather(90, s)]]);
  gauge('node_procs_running', 'Number of processes in runnable state.', [[{}, (s) => Math.round(1 + 4 * weather(91, s))]]);

  const atalaya = { job: 'atalaya', instance: '127.0.0.1:3002' };
  add(
    'counter',
    'events_enqueued_total',
    'Samples accepted into the journal.',
    [[{}, counter(nextSeed(), (s) => 1180 + 160 * weather(95, s))]],
    atalaya,
  );
  const buckets = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'];
  const paths = ['/api/v1/query', '/api/v1/query_range', '/api/v1/write', '/metrics'];
  add('histogram', 'http_request_duration_seconds', 'Time to answer a request.', [], atalaya);
  add(
    'histogram',
    'http_request_duration_seconds_bucket',
    'Time to answer a request.',
    paths.flatMap((handler, p) =>
      buckets.map(
        (le, b) =>
          [
            { handler, le },
            counter(nextSeed(), (s) => (2 + p) * (1 - Math.exp(-(b + 1) / (2.2 + p * 0.5 + 0.8 * weather(97 + p, s))))),
          ] as const,
      ),
    ),
    atalaya,
  );
  // Its samples are histograms: histograms.ts has them.
  add('histogram', HISTOGRAM_METRIC, 'Time to answer a remote call, as a native histogram.', [[{}, () => Number.NaN]], atalaya);
  add('gauge', 'up', '', targetUps(now));
  return merge(metrics);
}

function targetUps(now: number): (readonly [Record<string, string>, (s: number) => number])[] {
  const up = (job: string, instance: string, at: (s: number) => number = () => 1) => [{ job, instance }, at] as const;
  return [
    up('atalaya', '127.0.0.1:3002'),
    up('node', HOST.instance),
    ...Array.from({ length: 6 }, (_, i) => up('edge', `edge-${i + 1}.lan:9100`, i === 3 ? (s) => (s > now - 2640 ? 0 : 1) : undefined)),
    ...Array.from({ length: 3 }, (_, i) => up('postgres', `db-${i + 1}.lan:9187`)),
  ];
}

/** Families given in several pieces become one. */
function merge(metrics: readonly MockMetric[]): MockMetric[] {
  const byName = new Map<string, MockMetric>();
  for (const metric of metrics) {
    const before = byName.get(metric.name);
    byName.set(metric.name, before ? { ...before, series: [...before.series, ...metric.series] } : metric);
  }
  return [...byName.values()];
}
