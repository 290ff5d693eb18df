/** How much memory the engine may take, when its owner has not said. */

import { readFileSync } from 'node:fs';
import os from 'node:os';

const MIB = 2 ** 20;
const LEAST = 512 * MIB;
const MOST = 8192 * MIB;

/** Memory that this process may count on: the machine's, or its control group's limit where that is lower. */
export function availableMemory(): number {
  for (const file of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const limit = Number(readFileSync(file, 'utf8'));
      if (limit > 0 && limit < os.totalmem()) return limit;
    } catch {
      // Not this kind of control group, or none at all.
    }
  }
  return os.totalmem();
}

/** A quarter of what there is, within bounds that suit small and large machines. */
export function engineMemory(available: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, available / 4)));
}

/** A sixteenth of what there is, within bounds: for decoded samples that queries find in memory. */
export function cacheMemory(available: number): number {
  return Math.round(Math.min(1024 * MIB, Math.max(64 * MIB, available / 16)));
}
