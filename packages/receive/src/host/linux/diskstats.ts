/** Requests, bytes and times by block device: `/proc/diskstats`, and what udev knows of the device. */

import { Families } from '../family.ts';
import type { Part, Host } from '../part.ts';
import { fieldsOf, linesOf, maybeNumber, numberFrom } from '../text.ts';

/** Partitions and pseudo devices. */
const EXCLUDED = /^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

const SECTOR_BYTES = 512;
const MILLISECOND = 0.001;

/** The columns of `/proc/diskstats` after the name: type, name, factor, help. Old kernels have fewer. */
const COLUMNS = [
  ['counter', 'reads_completed_total', 1, 'The total number of reads completed successfully.'],
  ['counter', 'reads_merged_total', 1, 'The total number of reads merged.'],
  ['counter', 'read_bytes_total', SECTOR_BYTES, 'The total number of bytes read successfully.'],
  ['counter', 'read_time_seconds_total', MILLISECOND, 'The total number of seconds spent by all reads.'],
  ['counter', 'writes_completed_total', 1, 'The total number of writes completed successfully.'],
  ['counter', 'writes_merged_total', 1, 'The number of writes merged.'],
  ['counter', 'written_bytes_total', SECTOR_BYTES, 'The total number of bytes written successfully.'],
  ['counter', 'write_time_seconds_total', MILLISECOND, 'This is the total number of seconds spent by all writes.'],
  ['gauge', 'io_now', 1, 'The number of I/Os currently in progress.'],
  ['counter', 'io_time_seconds_total', MILLISECOND, 'Total seconds spent doing I/Os.'],
  ['counter', 'io_time_weighted_seconds_total', MILLISECOND, 'The weighted # of seconds spent doing I/Os.'],
  ['counter', 'discards_completed_total', 1, 'The total number of discards completed successfully.'],
  ['counter', 'discards_merged_total', 1, 'The total number of discards merged.'],
  ['counter', 'discarded_sectors_total', 1, 'The total number of sectors discarded successfully.'],
  ['counter', 'discard_time_seconds_total', MILLISECOND, 'This is the total number of seconds spent by all discards.'],
  ['counter', 'flush_requests_total', 1, 'The total number of flush requests completed successfully'],
  ['counter', 'flush_requests_time_seconds_total', MILLISECOND, 'This is the total number of seconds spent by all flush requests.'],
] as const;

const ATA = [
  ['ID_ATA_WRITE_CACHE', 'ata_write_cache', 'ATA disk has a write cache.'],
  ['ID_ATA_WRITE_CACHE_ENABLED', 'ata_write_cache_enabled', 'ATA disk has its write cache enabled.'],
  ['ID_ATA_ROTATION_RATE_RPM', 'ata_rotation_rate_rpm', 'ATA disk rotation rate in RPMs (0 for SSDs).'],
] as const;

/** A device's line of `/proc/diskstats`. */
export interface DiskLine {
  readonly major: string;
  readonly minor: string;
  readonly device: string;
  readonly columns: readonly number[];
}

/** @param text `/proc/diskstats` @returns the devices that are neither partitions nor pseudo devices */
export function parseDiskstats(text: string): DiskLine[] {
  return linesOf(text).flatMap((line) => {
    const [major = '', minor = '', device = '', ...columns] = fieldsOf(line);
    if (EXCLUDED.test(device)) return [];
    return [{ major, minor, device, columns: columns.map((column) => numberFrom(column, `diskstats ${device}`)) }];
  });
}

/** The properties of a device, by name. */
export type UdevProperties = ReadonlyMap<string, string>;

/** @param text a file of `/run/udev/data`, whose properties are lines `E:NAME=value` */
export function parseUdev(text: string): UdevProperties {
  const properties = new Map<string, string>();
  for (const line of linesOf(text)) {
    const match = /^E:([^=]+)=(.*)$/.exec(line);
    if (match !== null) properties.set(match[1] ?? '', match[2] ?? '');
  }
  return properties;
}

/** Adds a device's families. */
export function addDisk({ major, minor, device, columns }: DiskLine, udev: UdevProperties, families: Families): void {
  const property = (name: string): string => udev.get(name) ?? '';
  // The serial number that is printed on the disk, or the next best.
  const serial = property('SCSI_IDENT_SERIAL') || property('ID_SERIAL_SHORT') || property('ID_SERIAL');
  families.gauge('node_disk_info', 'Info of /sys/block/<block_device>.').info({
    device,
    major,
    minor,
    path: property('ID_PATH'),
    wwn: property('ID_WWN'),
    model: property('ID_MODEL'),
    serial,
    revision: property('ID_REVISION'),
  });
  COLUMNS.forEach(([type, name, factor, help], index) => {
    const value = columns[index];
    if (value !== undefined) families[type](`node_disk_${name}`, help).add(value * factor, 'device', device);
  });
  if (udev.has('ID_FS_TYPE')) {
    families.gauge('node_disk_filesystem_info', 'Info about disk filesystem.').info({
      device,
      type: property('ID_FS_TYPE'),
      usage: property('ID_FS_USAGE'),
      uuid: property('ID_FS_UUID'),
      version: property('ID_FS_VERSION'),
    });
  }
  if (udev.has('DM_NAME')) {
    families.gauge('node_disk_device_mapper_info', 'Info about disk device mapper.').info({
      device,
      name: property('DM_NAME'),
      uuid: property('DM_UUID'),
      vg_name: property('DM_VG_NAME'),
      lv_name: property('DM_LV_NAME'),
      lv_layer: property('DM_LV_LAYER'),
    });
  }
  if (!udev.has('ID_ATA')) return;
  for (const [name, metric, help] of ATA) {
    const value = maybeNumber(udev.get(name));
    if (value !== undefined) families.gauge(`node_disk_${metric}`, help).add(value, 'device', device);
  }
}

export const diskstats: Part =
  ({ proc, root }: Host) =>
  () => {
    const families = new Families();
    for (const line of parseDiskstats(proc.read('diskstats'))) {
      addDisk(line, parseUdev(root.tryRead(`run/udev/data/b${line.major}:${line.minor}`) ?? ''), families);
    }
    return families;
  };
