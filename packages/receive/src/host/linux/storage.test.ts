import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { Families } from '../family.ts';
import { fixtureHost, samplesOf } from '../fixture-tree.ts';
import type { FilesystemSize } from '../part.ts';
import { addWriteback, bcache, parseSize } from './bcache.ts';
import { allocationRatio, btrfs } from './btrfs.ts';
import { diskstats, parseDiskstats } from './diskstats.ts';
import { filesystem, parseMounts } from './filesystem.ts';
import { parseMdstat } from './mdadm.ts';
import { addXfs } from './xfs.ts';
import { zfs } from './zfs.ts';

const SIZE: FilesystemSize = { bsize: 4096n, blocks: 1000n, bfree: 300n, bavail: 200n, files: 64n, ffree: 32n };

const MOUNTS = `sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0
/dev/sda1 / ext4 rw,relatime 0 0
/dev/sdb1 /srv/with\\040space xfs ro,relatime 0 0
tmpfs /run/user/0 tmpfs rw 0 0
tmpfs /tmp tmpfs rw 0 0
overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
cgroup2 /cgroup cgroup2 rw 0 0
/dev/loop1 /snap/x squashfs ro 0 0
nas:/export /backup nfs4 rw 0 0
`;

test('mounts: pseudo file systems, other peoples mounts and repetitions are left out', () => {
  expect(parseMounts(MOUNTS)).toEqual([
    { device: '/dev/sda1', mountPoint: '/', type: 'ext4', readOnly: false },
    { device: '/dev/sdb1', mountPoint: '/srv/with space', type: 'xfs', readOnly: true },
    { device: 'tmpfs', mountPoint: '/tmp', type: 'tmpfs', readOnly: false },
    { device: 'nas:/export', mountPoint: '/backup', type: 'nfs4', readOnly: false },
  ]);
});

test("in a container the host's mount points go without the place where its root is mounted", () => {
  const text =
    '/dev/sda1 /host ext4 rw 0 0\n/dev/sdb1 /host/data ext4 rw 0 0\nproc /host/proc/x ext4 rw 0 0\n/dev/sdc1 /hosts ext4 rw 0 0\n';
  expect(parseMounts(text, '/host').map((mount) => mount.mountPoint)).toEqual(['/', '/data', '/hosts']);
});

test('space in bytes, inodes, and whether it is read-only', async () => {
  const asked: string[] = [];
  const statfs = (path: string): Promise<FilesystemSize> => {
    asked.push(path);
    return path === '/tmp' ? Promise.reject(new Error('EIO')) : Promise.resolve(SIZE);
  };
  const samples = samplesOf(await filesystem(fixtureHost({ proc: { '1/mounts': MOUNTS } }, { statfs }))());
  const labels = '{device="/dev/sdb1",mountpoint="/srv/with space",fstype="xfs"}';
  expect(samples.filter((line) => line.includes(labels))).toEqual([
    `node_filesystem_device_error${labels} 0`,
    `node_filesystem_size_bytes${labels} 4096000`,
    `node_filesystem_free_bytes${labels} 1228800`,
    `node_filesystem_avail_bytes${labels} 819200`,
    `node_filesystem_files${labels} 64`,
    `node_filesystem_files_free${labels} 32`,
    `node_filesystem_readonly${labels} 1`,
  ]);
  expect(samples.filter((line) => line.includes('mountpoint="/tmp"'))).toEqual([
    'node_filesystem_device_error{device="tmpfs",mountpoint="/tmp",fstype="tmpfs"} 1',
  ]);
  expect(asked.toSorted()).toEqual(['/', '/backup', '/srv/with space', '/tmp']);
});

test('a mount that hangs is an error of that mount alone, and is not asked again until it answers', async () => {
  const clock = new ManualClock();
  const hanging = Promise.withResolvers<FilesystemSize>();
  let asked = 0;
  const statfs = (path: string): Promise<FilesystemSize> => {
    if (path !== '/backup') return Promise.resolve(SIZE);
    asked++;
    return asked === 1 ? hanging.promise : Promise.resolve(SIZE);
  };
  const collect = filesystem(fixtureHost({ proc: { '1/mounts': MOUNTS } }, { statfs, clock }));
  const error = (samples: string[], path: string): string | undefined =>
    samples.find((line) => line.startsWith('node_filesystem_device_error') && line.includes(`mountpoint="${path}"`))?.at(-1);
  for (let round = 0; round < 3; round++) {
    const pending = collect();
    await clock.advance(2000);
    const samples = samplesOf(await pending);
    expect([error(samples, '/'), error(samples, '/backup')]).toEqual(['0', '1']);
  }
  expect(asked).toBe(1);
  hanging.resolve(SIZE);
  await clock.advance(0);
  expect(error(samplesOf(await collect()), '/backup')).toBe('0');
});

const DISKSTATS = `   1       0 ram0 0 0 0 0 0 0 0 0 0 0 0
   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0
   8       0 sda 25353629 34367663 1003337964 18492232 27444756 11134226 505697032 63877960 5 9653880 82621804 10 20 30 4000 55 6
   8       1 sda1 1 1 1 1 1 1 1 1 1 1 1
 259       0 nvme0n1 47114 4 4643973 21650 1078320 43950 39451633 1011053 0 222766 1032546
 259       1 nvme0n1p1 1 1 1 1 1 1 1 1 1 1 1
 179       0 mmcblk0p1 2 3 4 5 6 7 8 9 10 11 12
 252       0 dm-0 2 3 4 5 6 7 8 9 10 11 12
`;

test('disks without partitions; an old kernel has fewer columns', async () => {
  expect(parseDiskstats(DISKSTATS).map((line) => line.device)).toEqual(['sda', 'nvme0n1', 'mmcblk0p1', 'dm-0']);
  const root = {
    'run/udev/data/b8:0':
      'S:disk/by-id/x\nE:ID_ATA=1\nE:ID_MODEL=Super=Disk\nE:ID_SERIAL=long\nE:ID_SERIAL_SHORT=short\nE:ID_ATA_ROTATION_RATE_RPM=7200\nE:ID_ATA_WRITE_CACHE=x\n',
    'run/udev/data/b252:0': 'E:DM_NAME=vg-root\nE:DM_VG_NAME=vg\nE:ID_FS_TYPE=ext4\nE:ID_FS_UUID=1-2\n',
  };
  const samples = samplesOf(await diskstats(fixtureHost({ proc: { diskstats: DISKSTATS }, root }))());
  expect(samples).toContain('node_disk_read_bytes_total{device="sda"} 513709037568');
  expect(samples).toContain('node_disk_read_time_seconds_total{device="sda"} 18492.232');
  expect(samples).toContain('node_disk_io_now{device="sda"} 5');
  expect(samples).toContain('node_disk_discard_time_seconds_total{device="sda"} 4');
  expect(samples).toContain('node_disk_flush_requests_total{device="sda"} 55');
  expect(samples.some((line) => line.startsWith('node_disk_discards_completed_total{device="nvme0n1"}'))).toBe(false);
  expect(samples).toContain(
    'node_disk_info{device="sda",major="8",minor="0",path="",wwn="",model="Super=Disk",serial="short",revision=""} 1',
  );
  expect(samples).toContain('node_disk_ata_rotation_rate_rpm{device="sda"} 7200');
  expect(samples.some((line) => line.startsWith('node_disk_ata_write_cache'))).toBe(false);
  expect(samples).toContain('node_disk_device_mapper_info{device="dm-0",name="vg-root",uuid="",vg_name="vg",lv_name="",lv_layer=""} 1');
  expect(samples).toContain('node_disk_filesystem_info{device="dm-0",type="ext4",usage="",uuid="1-2",version=""} 1');
});

test('software RAID in all its states', () => {
  const text = `Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
md3 : active raid6 sda1[8] sdh1[7] sdg1[6] sdf1[5] sde1[11] sdd1[3] sdc1[10] sdb1[9] sdd1[10](S) sdd2[11](S)
      5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/8] [UUUUUUUU]

md127 : active raid1 sdi2[0] sdj2[1](F)
      312319552 blocks [2/1] [U_]

md0 : active raid1 sdi1[0] sdj1[1]
      248896 blocks [2/2] [UU]
      resync=DELAYED

md4 : inactive raid1 sda3[0](F) sdb3[1](S)
      4883648 blocks [2/2] [UU]

md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]
      195310144 blocks [2/1] [U_]
      [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec

md8 : active raid1 sdb1[1] sda1[0] sdc[2](S) sde[3](S)
      195310144 blocks [2/2] [UU]
      bitmap: 0/16 pages [0KB], 65536KB chunk
      [=>...................]  resync =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec

md10 : active raid0 sda1[0] sdb1[1]
      314159265 blocks 64k chunks

md12 : active (auto-read-only) linear sdc2[0] sdd2[1]
      500 blocks super 1.2 0k rounding

unused devices: <none>
`;
  const row = (name: string): unknown => {
    const array = parseMdstat(text).find((candidate) => candidate.name === name);
    return array && [array.state, array.active, array.required, array.failed, array.spare, array.blocks, array.synced];
  };
  expect(row('md3')).toEqual(['active', 8, 8, 0, 2, 5_853_468_288, 5_853_468_288]);
  expect(row('md127')).toEqual(['active', 1, 2, 1, 0, 312_319_552, 312_319_552]);
  expect(row('md0')).toEqual(['resync', 2, 2, 0, 0, 248_896, 0]);
  expect(row('md4')).toEqual(['inactive', 0, 0, 1, 1, 4_883_648, 4_883_648]);
  expect(row('md6')).toEqual(['recovering', 1, 2, 1, 1, 195_310_144, 16_775_552]);
  expect(row('md8')).toEqual(['resync', 2, 2, 0, 2, 195_310_144, 16_775_552]);
  expect(row('md10')).toEqual(['active', 2, 2, 0, 0, 314_159_265, 314_159_265]);
  expect(row('md12')).toEqual(['active', 2, 2, 0, 0, 500, 500]);
  expect(parseMdstat(text)).toHaveLength(8);
  expect(parseMdstat('Personalities : \nunused devices: <none>\n')).toEqual([]);
});

test('XFS', () => {
  const families = new Families();
  addXfs('sda1', 'extent_alloc 1 0 5 6\nrw 28 29\nvnodes 4 0 0 0 1 1 1 0\nxpc 399724544 92823103 86219234\n', families);
  const samples = samplesOf(families);
  expect(samples).toContain('node_xfs_extent_allocation_blocks_freed_total{device="sda1"} 6');
  expect(samples).toContain('node_xfs_read_calls_total{device="sda1"} 28');
  expect(samples).toContain('node_xfs_vnode_remove_total{device="sda1"} 1');
});

test('ZFS: module, pools of old and new versions, datasets', async () => {
  const heading = '6 1 0x01 91 4368 5266997922 97951858082072\nname                            type data\n';
  const folder = 'spl/kstat/zfs';
  const proc = {
    [`${folder}/arcstats`]: `${heading}hits 4 8772612\nl2-x 3 5\nname_of 7 text\n`,
    [`${folder}/tank/state`]: 'DEGRADED\n',
    [`${folder}/tank/objset-36`]: `${heading}dataset_name 7 tank/my data\nwrites 4 10\n`,
    [`${folder}/old/state`]: 'ONLINE\n',
    [`${folder}/old/io`]:
      '12 3 0x00 1 80 79205351707403 395818011156865\nnread    nwritten reads    writes   wtime    wlentime wupdate  rtime    rlentime rupdate  wcnt     rcnt\n1884160  3206144  22       132      7155162  104112268 79210489694949 24168078 104112268 79210489849220 0        0\n',
  };
  const samples = samplesOf(await zfs(fixtureHost({ proc }))());
  expect(samples).toContain('node_zfs_arc_hits 8772612');
  expect(samples).toContain('node_zfs_arc_l2_x 5');
  expect(samples.some((line) => line.includes('name_of'))).toBe(false);
  expect(samples).toContain('node_zfs_zpool_state{zpool="tank",state="degraded"} 1');
  expect(samples).toContain('node_zfs_zpool_dataset_writes{zpool="tank",dataset="tank/my data"} 10');
  expect(samples).toContain('node_zfs_zpool_nwritten{zpool="old"} 3206144');
});

test('Btrfs: allocation by group and layout, devices', async () => {
  const folder = 'fs/btrfs/0abb23a9';
  const group = (name: string, layout: string): Record<string, string> => ({
    [`${folder}/allocation/${name}/bytes_reserved`]: '10',
    [`${folder}/allocation/${name}/${layout}/used_bytes`]: '20',
    [`${folder}/allocation/${name}/${layout}/total_bytes`]: '30',
  });
  const sys = {
    'fs/btrfs/features/raid56': '1',
    [`${folder}/label`]: 'fixture',
    [`${folder}/allocation/global_rsv_size`]: '16777216',
    ...group('data', 'raid5'),
    ...group('metadata', 'raid1'),
    ...group('system', 'single'),
    [`${folder}/devices/sda/size`]: '20971520',
    [`${folder}/devices/sdb/size`]: '20971520',
    [`${folder}/devices/sdc/size`]: '20971520',
  };
  const samples = samplesOf(await btrfs(fixtureHost({ sys }))());
  expect(samples).toContain('node_btrfs_info{uuid="0abb23a9",label="fixture"} 1');
  expect(samples).toContain('node_btrfs_allocation_ratio{uuid="0abb23a9",block_group_type="data",mode="raid5"} 1.5');
  expect(samples).toContain('node_btrfs_device_size_bytes{uuid="0abb23a9",device="sdb"} 10737418240');
  expect(samples.filter((line) => line.startsWith('node_btrfs_reserved_bytes'))).toHaveLength(3);
  expect([allocationRatio('raid6', 4), allocationRatio('raid1c4', 4), allocationRatio('dup', 1)]).toEqual([2, 4, 2]);
});

test('bcache: sizes for people, in bytes', async () => {
  expect([parseSize('546'), parseSize('1.5k'), parseSize('-2.0M'), parseSize('20.0G')]).toEqual([546, 1536, -2_097_152, 21_474_836_480]);
  const families = new Families();
  addWriteback(
    'rate:\t\t1.1M/sec\ndirty:\t\t20.4G\ntarget:\t\t20.4G\nproportional:\t427.5k\nintegral:\t790.0k\nchange:\t\t321.5k/sec\n',
    [],
    families,
  );
  expect(samplesOf(families)[1]).toBe('node_bcache_writeback_rate 1153433');
  const sys = {
    'fs/bcache/register': '',
    'fs/bcache/deaddd54-c735/btree_cache_size': '2.0M',
    'fs/bcache/deaddd54-c735/bdev0/stats_total/cache_hits': '546',
    'fs/bcache/deaddd54-c735/cache0/written': '0',
  };
  expect(samplesOf(await bcache(fixtureHost({ sys }))())).toEqual([
    'node_bcache_btree_cache_size_bytes{uuid="deaddd54-c735"} 2097152',
    'node_bcache_cache_hits_total{uuid="deaddd54-c735",backing_device="bdev0"} 546',
    'node_bcache_written_bytes_total{uuid="deaddd54-c735",cache_device="cache0"} 0',
  ]);
});
