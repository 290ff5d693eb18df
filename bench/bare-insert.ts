/** Inserts rows into the bare engine, in a process of its own. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const BARE = path.join(import.meta.dirname, '../packages/store/bench/bare-insert.ts');

/** Inserts a file of JSONEachRow, so many rows at a time. Gives how many rows, what they cost, merges included, and what they take on disk. */
export async function insertBare(
  table: string,
  file: string,
  rowsAtOnce: number,
): Promise<{ readonly rows: number; readonly cpuSeconds: number; readonly bytes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [BARE, table, file, String(rowsAtOnce)]);
  return JSON.parse(stdout) as { rows: number; cpuSeconds: number; bytes: number };
}
