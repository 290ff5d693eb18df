/** Block caches: `/sys/fs/bcache/<uuid>`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import type { Tree } from '../tree.ts';
import { numberFrom } from '../text.ts';

type Metric = readonly [file: string, type: 'gauge' | 'counter', name: string, help: string];

const SET: readonly Metric[] = [
  ['average_key_size', 'gauge', 'average_key_size_sectors', 'Average data per key in the btree (sectors).'],
  ['btree_cache_size', 'gauge', 'btree_cache_size_bytes', 'Amount of memory currently used by the btree cache.'],
  [
    'cache_available_percent',
    'gauge',
    'cache_available_percent',
    'Percentage of cache device without dirty data, usable for writeback (may contain clean cached data).',
  ],
  ['congested', 'gauge', 'congested', 'Congestion.'],
  ['root_usage_percent', 'gauge', 'root_usage_percent', 'Percentage of the root btree node in use (tree depth increases if too high).'],
  ['tree_depth', 'gauge', 'tree_depth', 'Depth of the btree.'],
  ['internal/active_journal_entries', 'gauge', 'active_journal_entries', 'Number of journal entries that are newer than the index.'],
  ['internal/btree_nodes', 'gauge', 'btree_nodes', 'Total nodes in the btree.'],
  [
    'internal/cache_read_races',
    'counter',
    'cache_read_races_total',
    'Counts instances where while data was being read from the cache, the bucket was reused and invalidated - i.e. where the pointer was stale after the read completed.',
  ],
];

const BACKING: readonly Metric[] = [
  ['dirty_data', 'gauge', 'dirty_data_bytes', 'Amount of dirty data for this backing device in the cache.'],
  ['stats_total/bypassed', 'counter', 'bypassed_bytes_total', 'Amount of IO (both reads and writes) that has bypassed the cache.'],
  ['stats_total/cache_hits', 'counter', 'cache_hits_total', 'Hits counted per individual IO as bcache sees them.'],
  ['stats_total/cache_misses', 'counter', 'cache_misses_total', 'Misses counted per individual IO as bcache sees them.'],
  ['stats_total/cache_bypass_hits', 'counter', 'cache_bypass_hits_total', 'Hits for IO intended to skip the cache.'],
  ['stats_total/cache_bypass_misses', 'counter', 'cache_bypass_misses_total', 'Misses for IO intended to skip the cache.'],
  [
    'stats_total/cache_miss_collisions',
    'counter',
    'cache_miss_collisions_total',
    'Instances where data insertion from cache miss raced with write (data already present).',
  ],
  ['stats_total/cache_readaheads', 'counter', 'cache_readaheads_total', 'Count of times readahead occurred.'],
];

/** Lines of `writeback_rate_debug`. */
const WRITEBACK: readonly Metric[] = [
  ['target', 'gauge', 'dirty_target_bytes', 'Current dirty data target threshold in bytes.'],
  ['rate', 'gauge', 'writeback_rate', 'Current writeback rate in bytes.'],
  ['proportional', 'gauge', 'writeback_rate_proportinal_term', 'Current result of proportional controller, part of writeback rate'],
  ['integral', 'gauge', 'writeback_rate_integral_term', 'Current result of integral controller, part of writeback rate'],
  ['change', 'gauge', 'writeback_change', 'Last writeback rate change.'],
];

const CACHE: readonly Metric[] = [
  ['io_errors', 'gauge', 'io_errors', 'Number of errors that have occurred, decayed by io_error_halflife.'],
  ['metadata_written', 'counter', 'metadata_written_bytes_total', 'Sum of all non data writes (btree writes and all other metadata).'],
  ['written', 'counter', 'written_bytes_total', 'Sum of all data that has been written to the cache.'],
];

/** A size as bcache writes it for people, `1.5M`, in bytes. */
export function parseSize(text: string): number {
  const match = /^(-?[\d.]+)([kMGTPEZY])?/.exec(text.trim());
  return Math.trunc(numberFrom(match?.[1], `bcache "${text}"`) * 1024 ** ' kMGTPEZY'.indexOf(match?.[2] ?? ' '));
}

function addFiles(sys: Tree, folder: string, metrics: readonly Metric[], labels: string[], families: Families): void {
  for (const [file, type, name, help] of metrics) {
    // Which files there are depends on the kernel.
    const text = sys.tryRead(`${folder}/${file}`);
    if (text !== undefined) families[type](`node_bcache_${name}`, help).add(parseSize(text), ...labels);
  }
}

/** Adds the state of the writeback controller. @param text `writeback_rate_debug`: `rate: 1.1M/sec` */
export function addWriteback(text: string, labels: readonly string[], families: Families): void {
  for (const [word, type, name, help] of WRITEBACK) {
    const value = new RegExp(`^${word}:\\s*(\\S+)`, 'm').exec(text)?.[1];
    if (value !== undefined) families[type](`node_bcache_${name}`, help).add(parseSize(value), ...labels);
  }
}

export const bcache: Part =
  ({ sys }) =>
  () => {
    const families = new Families();
    for (const uuid of sys.tryList('fs/bcache').filter((entry) => entry.includes('-'))) {
      const folder = `fs/bcache/${uuid}`;
      addFiles(sys, folder, SET, ['uuid', uuid], families);
      const nanoseconds = sys.tryRead(`${folder}/internal/btree_read_average_duration_ns`);
      if (nanoseconds !== undefined) {
        families
          .gauge('node_bcache_btree_read_average_duration_seconds', 'Average btree read duration.')
          .add(numberFrom(nanoseconds, 'bcache') * 1e-9, 'uuid', uuid);
      }
      for (const device of sys.tryList(folder)) {
        if (/^bdev\d/.test(device)) {
          const labels = ['uuid', uuid, 'backing_device', device];
          addFiles(sys, `${folder}/${device}`, BACKING, labels, families);
          addWriteback(sys.tryRead(`${folder}/${device}/writeback_rate_debug`) ?? '', labels, families);
        } else if (/^cache\d/.test(device)) {
          addFiles(sys, `${folder}/${device}`, CACHE, ['uuid', uuid, 'cache_device', device], families);
        }
      }
    }
    return families;
  };
