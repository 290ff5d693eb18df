/** Seconds by CPU and mode from `/proc/stat`, and thermal throttling from `/sys/devices/system/cpu`. */

import { Families } from '../family.ts';
import type { Host, Part } from '../part.ts';
import { fieldsOf, maybeNumber, numberFrom } from '../text.ts';

/** The unit of /proc/stat (USER_HZ), which is 100 per second on every architecture that Linux reports to user space. */
const TICKS_PER_SECOND = 100;

/** The columns of /proc/stat; kernels before 2.6.33 lack the last ones. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const GUEST_MODES = ['user', 'nice'] as const;
const IDLE = 3;

/** Idle time that jumps back by more seconds than this is a CPU that was away and came back, not a rounding of the kernel. */
const HOTPLUG_SECONDS = 3;

/** Seconds in each column of a CPU's line. */
type CpuSeconds = readonly number[];

/** @param text `/proc/stat` @returns the columns of each CPU, by its number */
export function parseCpuSeconds(text: string): Map<string, CpuSeconds> {
  const cpus = new Map<string, CpuSeconds>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu')) continue;
    const [name = '', ...columns] = fieldsOf(line);
    if (name === 'cpu') continue;
    const seconds = columns.map((column) => numberFrom(column, `/proc/stat ${name}`) / TICKS_PER_SECOND);
    while (seconds.length < MODES.length + GUEST_MODES.length) seconds.push(0);
    cpus.set(name.slice(3), seconds);
  }
  return cpus;
}

/** What to report for a CPU: never less than before, as the kernel's columns can step back, unless the CPU came back new. */
export function steady(former: CpuSeconds | undefined, latest: CpuSeconds): CpuSeconds {
  if (former === undefined || (former[IDLE] ?? 0) - (latest[IDLE] ?? 0) >= HOTPLUG_SECONDS) return latest;
  return latest.map((seconds, column) => Math.max(seconds, former[column] ?? 0));
}

function renderCpus(cpus: ReadonlyMap<string, CpuSeconds>, families: Families): void {
  const total = families.counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.');
  const guest = families.counter('node_cpu_guest_seconds_total', 'Seconds the CPUs spent in guests (VMs) for each mode.');
  for (const [cpu, seconds] of cpus) {
    MODES.forEach((mode, column) => total.add(seconds[column] ?? 0, 'cpu', cpu, 'mode', mode));
    // Guest time is part of user and nice above; it is reported again on its own.
    GUEST_MODES.forEach((mode, column) => guest.add(seconds[MODES.length + column] ?? 0, 'cpu', cpu, 'mode', mode));
  }
}

/** One file for each core and one for each package that counts its throttling. They do not change until the next boot. */
function findThrottleFiles({ sys }: Host): { cores: string[][]; packages: string[][] } {
  const cores = new Map<string, string[]>();
  const packages = new Map<string, string[]>();
  for (const cpu of sys.tryList('devices/system/cpu')) {
    const folder = `devices/system/cpu/${cpu}`;
    if (!/^cpu\d+$/.test(cpu) || !sys.exists(`${folder}/thermal_throttle`)) continue;
    const socket = sys.tryRead(`${folder}/topology/physical_package_id`);
    const core = sys.tryRead(`${folder}/topology/core_id`);
    if (socket === undefined || core === undefined) continue;
    if (!cores.has(`${socket}/${core}`))
      cores.set(`${socket}/${core}`, [`${folder}/thermal_throttle/core_throttle_count`, 'package', socket, 'core', core]);
    if (!packages.has(socket)) packages.set(socket, [`${folder}/thermal_throttle/package_throttle_count`, 'package', socket]);
  }
  return { cores: [...cores.values()], packages: [...packages.values()] };
}

export const cpu: Part = (host) => {
  const throttling = findThrottleFiles(host);
  let former: ReadonlyMap<string, CpuSeconds> = new Map();
  return () => {
    const families = new Families();
    const latest = parseCpuSeconds(host.proc.read('stat'));
    former = new Map(Array.from(latest, ([name, seconds]) => [name, steady(former.get(name), seconds)]));
    renderCpus(former, families);
    const cores = families.counter('node_cpu_core_throttles_total', 'Number of times this CPU core has been throttled.');
    const packages = families.counter('node_cpu_package_throttles_total', 'Number of times this CPU package has been throttled.');
    for (const [family, files] of [[cores, throttling.cores] as const, [packages, throttling.packages] as const]) {
      for (const [file = '', ...labels] of files) {
        const count = maybeNumber(host.sys.tryRead(file));
        if (count !== undefined) family.add(count, ...labels);
      }
    }
    return families;
  };
};
