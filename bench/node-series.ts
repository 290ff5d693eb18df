/** Made-up hosts that look like node_exporter's: a thousand series each, counters and gauges with realistic noise. */

/**
 * How values move: `seconds` grow by hundredths (CPU time), `count` by small whole numbers, `bytes` by large ones, `level` wanders
 * in pages of 4 KiB (memory, free space), `steady` never changes (sizes, states, error counters).
 */
type Kind = 'seconds' | 'count' | 'bytes' | 'level' | 'steady';

/** One series: its labels in sorted order, and how its values move. */
export interface MadeSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly kind: Kind;
}

const MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'];
const DISK: readonly (readonly [string, Kind])[] = [
  ['reads_completed_total', 'count'],
  ['read_bytes_total', 'bytes'],
  ['read_time_seconds_total', 'seconds'],
  ['writes_completed_total', 'count'],
  ['written_bytes_total', 'bytes'],
  ['write_time_seconds_total', 'seconds'],
  ['io_time_seconds_total', 'seconds'],
  ['io_now', 'steady'],
];
const NET: readonly (readonly [string, Kind])[] = [
  ['receive_bytes_total', 'bytes'],
  ['receive_packets_total', 'count'],
  ['receive_errs_total', 'steady'],
  ['receive_drop_total', 'steady'],
  ['transmit_bytes_total', 'bytes'],
  ['transmit_packets_total', 'count'],
  ['transmit_errs_total', 'steady'],
  ['transmit_drop_total', 'steady'],
];
const FILES: readonly (readonly [string, Kind])[] = [
  ['size_bytes', 'steady'],
  ['free_bytes', 'level'],
  ['avail_bytes', 'level'],
  ['files', 'steady'],
  ['files_free', 'count'],
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
    const add = (metric: string, kind: Kind, more: Record<string, string>): void => {
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
    for (let cpu = 0; cpu < 32; cpu++) for (const mode of MODES) add('node_cpu_seconds_total', 'seconds', { cpu: String(cpu), mode });
    for (let disk = 0; disk < 12; disk++) {
      for (const [field, kind] of DISK) add(`node_disk_${field}`, kind, { device: `nvme${disk}n1` });
    }
    for (let device = 0; device < 24; device++) {
      for (const [field, kind] of NET) add(`node_network_${field}`, kind, { device: `eth${device}` });
    }
    for (const field of MEMORY) add(`node_memory_${field}_bytes`, field.endsWith('Total') ? 'steady' : 'level', {});
    for (let mount = 0; mount < 20; mount++) {
      for (const [field, kind] of FILES) {
        add(`node_filesystem_${field}`, kind, { device: `/dev/mapper/vg-${mount}`, fstype: 'ext4', mountpoint: `/srv/volume-${mount}` });
      }
    }
    for (let unit = 0; unit < 68; unit++) {
      for (const state of ['active', 'activating', 'deactivating', 'failed', 'inactive']) {
        add('node_systemd_unit_state', 'steady', { name: `service-${unit}.service`, state, type: 'notify' });
      }
    }
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
    this.values = Float64Array.from(series, ({ kind }) => {
      const luck = this.#random();
      if (kind === 'steady') return Math.floor(luck * 2);
      return kind === 'level' ? Math.floor(luck * 2e6) * 4096 : Math.floor(luck * 1e7);
    });
  }

  step(): void {
    for (let i = 0; i < this.values.length; i++) {
      const { kind } = this.#series[i] as MadeSeries;
      // A third of the values rest in any interval, as idle disks and networks do.
      const luck = this.#random();
      if (kind === 'steady' || luck < 0.33) continue;
      const value = this.values[i] as number;
      if (kind === 'seconds') this.values[i] = Math.round((value + luck * 15) * 100) / 100;
      else if (kind === 'count') this.values[i] = value + Math.floor(luck * 300);
      else if (kind === 'bytes') this.values[i] = value + Math.floor(luck * 200_000);
      else this.values[i] = Math.max(0, value + Math.floor((luck - 0.66) * 2000) * 4096);
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
