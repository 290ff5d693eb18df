/** Runs what sends load in a process of its own. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './remote-write-load.ts';

const REMOTE_WRITE = path.join(import.meta.dirname, 'remote-write-load.ts');

/** Runs a sender with its options and gives what it reports; rejects when a request failed, since figures of a failing run mean nothing. */
export async function runSender<Result extends { readonly failures: number; readonly requests: number }>(
  script: string,
  options: { readonly url?: string },
): Promise<Result> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)], { maxBuffer: 2 ** 28 });
  const result = JSON.parse(stdout) as Result;
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests to ${options.url} failed`);
  return result;
}

/** Sends samples by remote write. */
export function sendLoad(options: LoadOptions): Promise<LoadResult> {
  return runSender(REMOTE_WRITE, options);
}
