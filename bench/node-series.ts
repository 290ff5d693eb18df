/** Made-up hosts that look like node_exporter's: a thousand series each, counters and gauges with realistic noise. */

/** One series: its labels in sorted order, and how its values move. */
export interface MadeSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly kind: 'counter' | 'gauge';
}

const MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'];
const DISK = [
  'reads_completed_total',
  'read_bytes_total',
  'read_time_seconds_total',
  'writes_completed_total',
  'written_bytes_total',
  'write_time_seconds_total',
  'io_time_seconds_total',
  'io_now',
];
const NET = [
  'receive_bytes_total',
  'receive_packets_total',
  'receive_errs_total',
  'receive_drop_total',
  'transmit_bytes_total',
  'transmit_packets_total',
  'transmit_errs_total',
  'transmit_drop_total',
];
const MEMORY = [
  'MemTotal',
  'MemFree',
  'MemAvailable',
  'Buffers',
  'Cached',
  'SwapTotal',
  'SwapFree',
  'Active',
  'Inactive',
  'Dirty',
  'Slab',
  'Mapped',
  'AnonPages',
  'PageTables',
  'KernelStack',
  'Committed_AS',
];

/** `count` series: hosts of a thousand series each, so `node_cpu_seconds_total` and friends have the usual cardinality. */
export function makeSeries(count: number): MadeSeries[] {
  const made: MadeSeries[] = [];
  for (let host = 0; made.length < count; host++) {
    const instance = `host-${String(host).padStart(4, '0')}.example.internal:9100`;
    const add = (metric: string, kind: MadeSeries['kind'], more: Record<string, string>): void => {
      const labels = {
        __name__: metric,
        datacenter: host % 2 === 0 ? 'dc-north' : 'dc-south',
        environment: 'production',
        instance,
        job: 'node',
        rack: `rack-${host % 8}`,
        ...more,
      };
      made.push({ kind, labels: Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)) });
    };
    for (let cpu = 0; cpu < 32; cpu++) for (const mode of MODES) add('node_cpu_seconds_total', 'counter', { cpu: String(cpu), mode });
    for (let disk = 0; disk < 12; disk++)
      for (const field of DISK) add(`node_disk_${field}`, field === 'io_now' ? 'gauge' : 'counter', { device: `nvme${disk}n1` });
    for (let device = 0; device < 24; device++)
      for (const field of NET) add(`node_network_${field}`, 'counter', { device: `eth${device}` });
    for (const field of MEMORY) add(`node_memory_${field}_bytes`, 'gauge', {});
    for (let mount = 0; mount < 20; mount++) {
      for (const field of ['size', 'free', 'avail', 'files', 'files_free'])
        add(`node_filesystem_${field}${field.startsWith('files') ? '' : '_bytes'}`, 'gauge', {
          device: `/dev/mapper/vg-${mount}`,
          fstype: 'ext4',
          mountpoint: `/srv/volume-${mount}`,
        });
    }
    for (let unit = 0; unit < 68; unit++)
      for (const state of ['active', 'activating', 'deactivating', 'failed', 'inactive'])
        add('node_systemd_unit_state', 'gauge', { name: `service-${unit}.service`, state, type: 'notify' });
  }
  return made.slice(0, count);
}

/** Moves all series one step on: counters grow by noisy amounts (some rest), gauges wander. Deterministic for a seed. */
export class ValueMaker {
  readonly values: Float64Array;
  readonly #series: readonly MadeSeries[];
  #state: number;

  constructor(series: readonly MadeSeries[], seed = 1) {
    this.#series = series;
    this.#state = seed;
    this.values = Float64Array.from(series, ({ kind }) => (kind === 'counter' ? this.#random() * 1e6 : this.#random() * 1e9));
  }

  step(): void {
    for (let i = 0; i < this.values.length; i++) {
      const luck = this.#random();
      const value = this.values[i] as number;
      if (this.#series[i]?.kind === 'counter') {
        // A third of the counters rest in any interval, as idle disks and networks do.
        if (luck > 0.33) this.values[i] = Math.round((value + luck * 15) * 100) / 100;
      } else if (luck > 0.25) this.values[i] = Math.round(value * (1 + (luck - 0.6) / 100));
    }
  }

  /** xorshift32: fast, and the same numbers in every run. */
  #random(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }
}
