/** The parts of a Linux host, under the names of node_exporter's collectors, in the order in which they run. */

import type { Part } from '../part.ts';
import { arp } from './arp.ts';
import { bcache } from './bcache.ts';
import { bonding } from './bonding.ts';
import { btrfs } from './btrfs.ts';
import { conntrack } from './conntrack.ts';
import { cpu } from './cpu.ts';
import { cpufreq } from './cpufreq.ts';
import { diskstats } from './diskstats.ts';
import { dmi } from './dmi.ts';
import { edac } from './edac.ts';
import { entropy } from './entropy.ts';
import { fibrechannel } from './fibrechannel.ts';
import { filefd } from './filefd.ts';
import { filesystem } from './filesystem.ts';
import { hwmon } from './hwmon.ts';
import { infiniband } from './infiniband.ts';
import { ipvs } from './ipvs.ts';
import { loadavg } from './loadavg.ts';
import { mdadm } from './mdadm.ts';
import { meminfo } from './meminfo.ts';
import { netclass } from './netclass.ts';
import { netdev } from './netdev.ts';
import { netstat } from './netstat.ts';
import { nfs, nfsd } from './nfs.ts';
import { nvme } from './nvme.ts';
import { os } from './os.ts';
import { powersupplyclass } from './powersupplyclass.ts';
import { pressure } from './pressure.ts';
import { processes } from './processes.ts';
import { rapl } from './rapl.ts';
import { schedstat } from './schedstat.ts';
import { selinux } from './selinux.ts';
import { sockstat } from './sockstat.ts';
import { softnet } from './softnet.ts';
import { stat } from './stat.ts';
import { tapestats } from './tapestats.ts';
import { textfile } from './textfile.ts';
import { thermalZone } from './thermal_zone.ts';
import { time } from './time.ts';
import { timex } from './timex.ts';
import { udpQueues } from './udp_queues.ts';
import { uname } from './uname.ts';
import { vmstat } from './vmstat.ts';
import { xfs } from './xfs.ts';
import { zfs } from './zfs.ts';

export const LINUX_PARTS: Readonly<Record<string, Part>> = {
  cpu,
  loadavg,
  meminfo,
  stat,
  vmstat,
  pressure,
  diskstats,
  netdev,
  netstat,
  sockstat,
  softnet,
  schedstat,
  conntrack,
  arp,
  udp_queues: udpQueues,
  filefd,
  entropy,
  time,
  timex,
  uname,
  os,
  dmi,
  selinux,
  edac,
  mdadm,
  bonding,
  nfs,
  nfsd,
  ipvs,
  xfs,
  zfs,
  btrfs,
  bcache,
  nvme,
  rapl,
  tapestats,
  // Those that wait for something come last, so that their time is theirs.
  netclass,
  cpufreq,
  thermal_zone: thermalZone,
  hwmon,
  powersupplyclass,
  infiniband,
  fibrechannel,
  processes,
  textfile,
  filesystem,
};
