/** Space and inodes of mounted file systems: `/proc/mounts` and `statfs`. A mount that hangs delays nothing but itself. */

import { Families } from '../family.ts';
import type { FilesystemSize, Host, Part } from '../part.ts';
import { fieldsOf, linesOf } from '../text.ts';

/** How long one round waits for all answers. */
const PATIENCE_MS = 1000;

const EXCLUDED_MOUNT_POINTS = /^\/(dev|proc|run|sys|mnt|media|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;

const EXCLUDED_TYPES = new RegExp(
  '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|' +
    'pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$',
);

/** Types whose answers come from elsewhere and may never come. */
const REMOTE_TYPES = /^(nfs\d?|cifs|smb3|smbfs|ncpfs|afs|ceph|glusterfs|lustre|9p|virtiofs|gfs2?|ocfs2|beegfs|gpfs|davfs|fuse(\..+|blk)?)$/;

/** A line of `/proc/mounts`. */
export interface Mount {
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly readOnly: boolean;
}

/** Writes `\040` and the like, by which the kernel hides white space in paths, as what they stand for. */
function unescapePath(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}

/** The mount point as the host sees it, where its root is mounted somewhere inside a container. */
function withoutPrefix(mountPoint: string, root: string): string {
  const prefix = root.replace(/\/+$/, '');
  return mountPoint === prefix || mountPoint.startsWith(`${prefix}/`) ? mountPoint.slice(prefix.length) || '/' : mountPoint;
}

/** @param text `/proc/mounts` @param root where the host's root is mounted @returns the mounts that are worth a look, each once */
export function parseMounts(text: string, root = '/'): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of linesOf(text)) {
    const [device = '', path = '', type = '', options = ''] = fieldsOf(line);
    const mountPoint = withoutPrefix(unescapePath(path), root);
    if (EXCLUDED_MOUNT_POINTS.test(mountPoint) || EXCLUDED_TYPES.test(type)) continue;
    const key = `${device}\n${mountPoint}\n${type}`;
    if (!mounts.has(key)) mounts.set(key, { device, mountPoint, type, readOnly: options.split(',').includes('ro') });
  }
  return [...mounts.values()];
}

/** Adds a mount's families; without a size only that its device has an error. */
export function addMount({ device, mountPoint, type, readOnly }: Mount, size: FilesystemSize | undefined, families: Families): void {
  const labels = ['device', device, 'mountpoint', mountPoint, 'fstype', type];
  families
    .gauge('node_filesystem_device_error', 'Whether an error occurred while getting statistics for the given device.')
    .add(size === undefined ? 1 : 0, ...labels);
  if (size === undefined) return;
  const bytes = (blocks: bigint): number => Number(blocks) * Number(size.bsize);
  families.gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.').add(bytes(size.blocks), ...labels);
  families.gauge('node_filesystem_free_bytes', 'Filesystem free space in bytes.').add(bytes(size.bfree), ...labels);
  families
    .gauge('node_filesystem_avail_bytes', 'Filesystem space available to non-root users in bytes.')
    .add(bytes(size.bavail), ...labels);
  families.gauge('node_filesystem_files', 'Filesystem total file nodes.').add(Number(size.files), ...labels);
  families.gauge('node_filesystem_files_free', 'Filesystem total free file nodes.').add(Number(size.ffree), ...labels);
  families.gauge('node_filesystem_readonly', 'Filesystem read-only status.').add(readOnly ? 1 : 0, ...labels);
}

/** Asks for sizes; a mount point that has not answered yet is not asked again, and has no size until it does. */
function sizer({
  clock,
  localLane,
  remoteLane,
  root,
  statfs,
}: Host): (mounts: readonly Mount[]) => Promise<(FilesystemSize | undefined)[]> {
  const waiting = new Set<string>();
  const ask = async ({ mountPoint, type }: Mount): Promise<FilesystemSize | undefined> => {
    if (waiting.has(mountPoint)) return undefined;
    waiting.add(mountPoint);
    try {
      return await (REMOTE_TYPES.test(type) ? remoteLane : localLane).run(() => statfs(root.path(mountPoint)));
    } catch {
      return undefined;
    } finally {
      waiting.delete(mountPoint);
    }
  };
  return async (mounts) => {
    const patience = Promise.withResolvers<undefined>();
    const timer = clock.after(PATIENCE_MS, () => patience.resolve(undefined));
    try {
      return await Promise.all(mounts.map((mount) => Promise.race([ask(mount), patience.promise])));
    } finally {
      timer.cancel();
    }
  };
}

export const filesystem: Part = (host) => {
  const sizesOf = sizer(host);
  return async () => {
    // Process 1 sees the host's mounts even from inside a service's mount namespace.
    const text = host.proc.tryRead('1/mounts') ?? host.proc.read('self/mounts');
    const families = new Families();
    const mounts = parseMounts(text, host.root.path(''));
    const sizes = await sizesOf(mounts);
    mounts.forEach((mount, index) => addMount(mount, sizes[index], families));
    return families;
  };
};
