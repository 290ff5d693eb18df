/** ZFS: the statistics of its module and of each pool, `/proc/spl/kstat/zfs`. */

import { Families } from '../family.ts';
import { NothingHere, type Part } from '../part.ts';
import type { Tree } from '../tree.ts';
import { fieldsOf, linesOf, maybeNumber } from '../text.ts';

const FOLDER = 'spl/kstat/zfs';

/** Part of the metric's name, and file. Newer modules have more of them, older ones fewer. */
const FILES = [
  ['abd', 'abdstats'],
  ['arc', 'arcstats'],
  ['dbuf', 'dbufstats'],
  ['dmu_tx', 'dmu_tx'],
  ['dnode', 'dnodestats'],
  ['fm', 'fm'],
  ['vdev_cache', 'vdev_cache_stats'],
  ['vdev_mirror', 'vdev_mirror_stats'],
  ['xuio', 'xuio_stats'],
  ['zfetch', 'zfetchstats'],
  ['zil', 'zil'],
] as const;

const POOL_STATES = ['online', 'degraded', 'faulted', 'offline', 'removed', 'unavail', 'suspended'];

/** Types of a kstat's value: 64-bit integers, with and without sign. */
const INTEGERS = new Set(['3', '4']);

/** @param text a kstat file of rows `name type data` @returns the text of each row's value, and its integers */
export function parseKstat(text: string): { integers: Map<string, number>; texts: Map<string, string> } {
  const integers = new Map<string, number>();
  const texts = new Map<string, string>();
  const rows = linesOf(text).map(fieldsOf);
  const heading = rows.findIndex((row) => row.join(' ') === 'name type data');
  if (heading < 0) throw new Error('a kstat file has no heading "name type data"');
  for (const [name = '', type = '', ...data] of rows.slice(heading + 1)) {
    texts.set(name, data.join(' '));
    const value = INTEGERS.has(type) ? maybeNumber(data[0]) : undefined;
    if (value !== undefined) integers.set(name, value);
  }
  return { integers, texts };
}

function addIntegers(
  prefix: string,
  key: string,
  integers: Iterable<readonly [string, number]>,
  labels: string[],
  families: Families,
): void {
  for (const [name, value] of integers) {
    families.untyped(`${prefix}_${name.replaceAll('-', '_')}`, `kstat.zfs.misc.${key}.${name}`).add(value, ...labels);
  }
}

/** Adds a pool's traffic. @param text its file `io`, which OpenZFS before 2.1 had: a line of names, a line of values */
export function addPoolIo(pool: string, text: string, families: Families): void {
  const rows = linesOf(text).map(fieldsOf);
  const heading = rows.findIndex((row) => row[0] === 'nread');
  if (heading < 0) return;
  const values = rows[heading + 1] ?? [];
  const pairs = (rows[heading] ?? []).map((name, column) => [name, Number(values[column] ?? 0)] as const);
  addIntegers('node_zfs_zpool', 'io', pairs, ['zpool', pool], families);
}

function addPool(proc: Tree, pool: string, families: Families): void {
  const folder = `${FOLDER}/${pool}`;
  const io = proc.tryRead(`${folder}/io`);
  if (io !== undefined) addPoolIo(pool, io, families);
  for (const file of proc.tryList(folder).filter((name) => name.startsWith('objset-'))) {
    const text = proc.tryRead(`${folder}/${file}`);
    if (text === undefined) continue;
    const { integers, texts } = parseKstat(text);
    const labels = ['zpool', pool, 'dataset', texts.get('dataset_name') ?? ''];
    addIntegers('node_zfs_zpool_dataset', 'objset', integers, labels, families);
  }
  const state = proc.tryRead(`${folder}/state`)?.trim().toLowerCase();
  if (state === undefined) return;
  for (const candidate of POOL_STATES) {
    families.gauge('node_zfs_zpool_state', 'kstat.zfs.misc.state').add(candidate === state ? 1 : 0, 'zpool', pool, 'state', candidate);
  }
}

export const zfs: Part =
  ({ proc }) =>
  () => {
    if (!proc.exists(FOLDER)) throw new NothingHere('the module zfs is not loaded');
    const families = new Families();
    for (const [name, file] of FILES) {
      const text = proc.tryRead(`${FOLDER}/${file}`);
      if (text !== undefined) addIntegers(`node_zfs_${name}`, file, parseKstat(text).integers, [], families);
    }
    // Beside the module's files lies a folder for each pool, with a file that tells its state.
    for (const pool of proc.tryList(FOLDER).filter((entry) => proc.exists(`${FOLDER}/${entry}/state`))) addPool(proc, pool, families);
    return families;
  };
