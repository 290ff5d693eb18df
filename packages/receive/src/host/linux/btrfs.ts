/** Btrfs file systems: `/sys/fs/btrfs/<uuid>`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import type { Tree } from '../tree.ts';
import { numberFrom } from '../text.ts';

const SECTOR_BYTES = 512;

/** Bytes on disk for each byte of data, by layout. @param devices how many devices the file system has */
export function allocationRatio(layout: string, devices: number): number {
  switch (layout) {
    case 'single':
    case 'raid0':
      return 1;
    case 'dup':
    case 'raid1':
    case 'raid10':
      return 2;
    case 'raid1c3':
      return 3;
    case 'raid1c4':
      return 4;
    case 'raid5':
      return devices / (devices - 1);
    case 'raid6':
      return devices / (devices - 2);
    default:
      return 0;
  }
}

function addFilesystem(sys: Tree, uuid: string, families: Families): void {
  const folder = `fs/btrfs/${uuid}`;
  const count = (file: string): number => numberFrom(sys.read(`${folder}/${file}`), `btrfs ${file}`);
  const labels = ['uuid', uuid];
  families.gauge('node_btrfs_info', 'Filesystem information').add(1, ...labels, 'label', sys.tryRead(`${folder}/label`) ?? '');
  families.gauge('node_btrfs_global_rsv_size_bytes', 'Size of global reserve.').add(count('allocation/global_rsv_size'), ...labels);
  const devices = sys.tryList(`${folder}/devices`);
  for (const group of ['data', 'metadata', 'system']) {
    const allocation = `allocation/${group}`;
    const inGroup = [...labels, 'block_group_type', group];
    families
      .gauge('node_btrfs_reserved_bytes', 'Amount of space reserved for a data type')
      .add(count(`${allocation}/bytes_reserved`), ...inGroup);
    for (const layout of sys.tryList(`${folder}/${allocation}`)) {
      // Among the group's files each folder is a layout.
      if (!sys.exists(`${folder}/${allocation}/${layout}/used_bytes`)) continue;
      const inLayout = [...inGroup, 'mode', layout];
      families
        .gauge('node_btrfs_used_bytes', 'Amount of used space by a layout/data type')
        .add(count(`${allocation}/${layout}/used_bytes`), ...inLayout);
      families
        .gauge('node_btrfs_size_bytes', 'Amount of space allocated for a layout/data type')
        .add(count(`${allocation}/${layout}/total_bytes`), ...inLayout);
      families
        .gauge('node_btrfs_allocation_ratio', 'Data allocation ratio for a layout/data type')
        .add(allocationRatio(layout, devices.length), ...inLayout);
    }
  }
  for (const device of devices) {
    families
      .gauge('node_btrfs_device_size_bytes', 'Size of a device that is part of the filesystem.')
      .add(count(`devices/${device}/size`) * SECTOR_BYTES, ...labels, 'device', device);
  }
}

export const btrfs: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    // Only mounted file systems have an allocation; beside them lie folders like "features".
    for (const uuid of sys.tryList('fs/btrfs').filter((entry) => sys.exists(`fs/btrfs/${entry}/allocation`))) {
      addFilesystem(sys, uuid, families);
    }
    return families;
  };
