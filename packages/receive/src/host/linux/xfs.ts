/** XFS file systems: `/sys/fs/xfs/<device>/stats/stats`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';

/** The numbers of each line, in its order: name and help. */
const LINES: Readonly<Record<string, readonly (readonly [name: string, help: string])[]>> = {
  extent_alloc: [
    ['extent_allocation_extents_allocated_total', 'Number of extents allocated for a filesystem.'],
    ['extent_allocation_blocks_allocated_total', 'Number of blocks allocated for a filesystem.'],
    ['extent_allocation_extents_freed_total', 'Number of extents freed for a filesystem.'],
    ['extent_allocation_blocks_freed_total', 'Number of blocks freed for a filesystem.'],
  ],
  abt: [
    ['allocation_btree_lookups_total', 'Number of allocation B-tree lookups for a filesystem.'],
    ['allocation_btree_compares_total', 'Number of allocation B-tree compares for a filesystem.'],
    ['allocation_btree_records_inserted_total', 'Number of allocation B-tree records inserted for a filesystem.'],
    ['allocation_btree_records_deleted_total', 'Number of allocation B-tree records deleted for a filesystem.'],
  ],
  blk_map: [
    ['block_mapping_reads_total', 'Number of block map for read operations for a filesystem.'],
    ['block_mapping_writes_total', 'Number of block map for write operations for a filesystem.'],
    ['block_mapping_unmaps_total', 'Number of block unmaps (deletes) for a filesystem.'],
    ['block_mapping_extent_list_insertions_total', 'Number of extent list insertions for a filesystem.'],
    ['block_mapping_extent_list_deletions_total', 'Number of extent list deletions for a filesystem.'],
    ['block_mapping_extent_list_lookups_total', 'Number of extent list lookups for a filesystem.'],
    ['block_mapping_extent_list_compares_total', 'Number of extent list compares for a filesystem.'],
  ],
  bmbt: [
    ['block_map_btree_lookups_total', 'Number of block map B-tree lookups for a filesystem.'],
    ['block_map_btree_compares_total', 'Number of block map B-tree compares for a filesystem.'],
    ['block_map_btree_records_inserted_total', 'Number of block map B-tree records inserted for a filesystem.'],
    ['block_map_btree_records_deleted_total', 'Number of block map B-tree records deleted for a filesystem.'],
  ],
  dir: [
    [
      'directory_operation_lookup_total',
      'Number of file name directory lookups which miss the operating systems directory name lookup cache.',
    ],
    ['directory_operation_create_total', 'Number of times a new directory entry was created for a filesystem.'],
    ['directory_operation_remove_total', 'Number of times an existing directory entry was created for a filesystem.'],
    ['directory_operation_getdents_total', 'Number of times the directory getdents operation was performed for a filesystem.'],
  ],
  rw: [
    // The kernel writes writes first; node_exporter takes them for reads, and to be compared with it so do we.
    ['read_calls_total', 'Number of read(2) system calls made to files in a filesystem.'],
    ['write_calls_total', 'Number of write(2) system calls made to files in a filesystem.'],
  ],
  vnodes: [
    ['vnode_active_total', 'Number of vnodes not on free lists for a filesystem.'],
    ['vnode_allocate_total', 'Number of times vn_alloc called for a filesystem.'],
    ['vnode_get_total', 'Number of times vn_get called for a filesystem.'],
    ['vnode_hold_total', 'Number of times vn_hold called for a filesystem.'],
    ['vnode_release_total', 'Number of times vn_rele called for a filesystem.'],
    ['vnode_reclaim_total', 'Number of times vn_reclaim called for a filesystem.'],
    ['vnode_remove_total', 'Number of times vn_remove called for a filesystem.'],
  ],
};

/** Adds a file system. @param text its `stats/stats` */
export function addXfs(device: string, text: string, families: Families): void {
  for (const line of linesOf(text)) {
    const [word = '', ...numbers] = fieldsOf(line);
    (LINES[word] ?? []).forEach(([name, help], index) =>
      families.counter(`node_xfs_${name}`, help).add(numberFrom(numbers[index], `xfs ${word}`), 'device', device),
    );
  }
}

export const xfs: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    for (const device of sys.tryList('fs/xfs')) {
      const text = sys.tryRead(`fs/xfs/${device}/stats/stats`);
      if (text !== undefined) addXfs(device, text, families);
    }
    return families;
  };
