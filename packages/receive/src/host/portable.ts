/** Hosts other than Linux: what the runtime knows of any system, under the names that node_exporter has for it there. */

import { cpus, freemem, hostname, loadavg, machine, release, totalmem, type, uptime, version } from 'node:os';
import { Families } from './family.ts';
import type { Host, Part } from './part.ts';
import { addMount } from './linux/filesystem.ts';

function cpuPart(): Families {
  const families = new Families();
  const seconds = families.counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.');
  cpus().forEach(({ times }, cpu) => {
    const modes = { user: times.user, nice: times.nice, system: times.sys, idle: times.idle, interrupt: times.irq };
    for (const [mode, milliseconds] of Object.entries(modes)) seconds.add(milliseconds / 1000, 'cpu', String(cpu), 'mode', mode);
  });
  return families;
}

function loadPart(): Families {
  const families = new Families();
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  families.gauge('node_load1', '1m load average.').add(one);
  families.gauge('node_load5', '5m load average.').add(five);
  families.gauge('node_load15', '15m load average.').add(fifteen);
  return families;
}

function memoryPart(): Families {
  const families = new Families();
  const gauge = (field: string, value: number) => families.gauge(`node_memory_${field}`, `Memory information field ${field}.`).add(value);
  // The names of Linux, so that one dashboard fits all, and those that node_exporter has on macOS.
  gauge('MemTotal_bytes', totalmem());
  gauge('MemFree_bytes', freemem());
  gauge('total_bytes', totalmem());
  gauge('free_bytes', freemem());
  return families;
}

function unamePart(): Families {
  const families = new Families();
  families
    .gauge('node_uname_info', 'Labeled system information as provided by the uname system call.')
    .info({ sysname: type(), release: release(), version: version(), machine: machine(), nodename: hostname(), domainname: '(none)' });
  return families;
}

function timePart({ clock }: Host): Families {
  const families = new Families();
  families.gauge('node_time_seconds', 'System time in seconds since epoch (1970).').add(clock.now() / 1000);
  // The uptime has a resolution of its own: rounded, the difference stays the same from round to round.
  families.gauge('node_boot_time_seconds', 'Node boot time, in unixtime.').add(Math.round(clock.now() / 1000 - uptime()));
  return families;
}

/** The file system that holds the system: no runtime call lists the others. */
async function filesystemPart(host: Host): Promise<Families> {
  const families = new Families();
  const mountPoint = process.platform === 'win32' ? `${process.env['SystemDrive'] ?? 'C:'}\\` : '/';
  const size = await host.localLane.run(() => host.statfs(mountPoint)).catch(() => undefined);
  addMount({ device: mountPoint, mountPoint, type: '', readOnly: false }, size, families);
  return families;
}

/** The parts of a host whose kernel shows no files. */
export const PORTABLE_PARTS: Readonly<Record<string, Part>> = {
  cpu: () => cpuPart,
  loadavg: () => loadPart,
  meminfo: () => memoryPart,
  uname: () => unamePart,
  time: (host) => () => timePart(host),
  filesystem: (host) => () => filesystemPart(host),
};
