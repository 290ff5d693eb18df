/** Runs the remote-write sender in its own process. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './remote-write-load.ts';

const SENDER = path.join(import.meta.dirname, 'remote-write-load.ts');

/** Sends and reports; rejects when a request failed, since figures of a failing run mean nothing. */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [SENDER, JSON.stringify(options)], { maxBuffer: 2 ** 28 });
  const result = JSON.parse(stdout) as LoadResult;
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests to ${options.url} failed`);
  return result;
}
