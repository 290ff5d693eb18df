/** What the list of targets says of files. */

import { countsOf, type LogTarget } from '../log-source.ts';
import type { ArchiveRead } from './archive-read.ts';
import type { FileTail } from './file-tail.ts';

export function tailTarget(job: string, tail: FileTail): LogTarget {
  const { path, labels, lagBytes, lastError } = tail;
  return {
    job,
    kind: 'file',
    name: path,
    labels: Object.fromEntries(labels),
    state: lastError !== undefined ? 'failed' : lagBytes > 0 ? 'reading' : tail.rotated ? 'done' : 'waiting',
    lagBytes,
    ...countsOf(tail.flow.counts),
    ...(lastError === undefined ? {} : { lastError }),
  };
}

export function archiveTarget(job: string, { path, labels, state, counts, lastError }: ArchiveRead): LogTarget {
  return {
    job,
    kind: 'file',
    name: path,
    labels: Object.fromEntries(labels),
    state,
    ...countsOf(counts),
    ...(lastError === undefined ? {} : { lastError }),
  };
}

/** A file or folder that cannot be read. */
export function failedTarget(job: string, name: string, lastError: string): LogTarget {
  return { job, kind: 'file', name, labels: {}, state: 'failed', lines: 0, bytes: 0, rejected: {}, lastError };
}
