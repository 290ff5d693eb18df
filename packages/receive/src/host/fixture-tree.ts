/** A machine made of texts, for tests: a {@link Tree} without a file system, and a {@link Host} around it. */

import { ManualClock, silentLogger } from '@atalaya/model';
import type { Host } from './part.ts';
import { Lane, type Tree } from './tree.ts';

/** The text of each file, by its path; an `Error` is what reading it throws. */
export type Fixture = Readonly<Record<string, string | Error>>;

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A tree of these files. Its folders are what their paths say. */
export function fixtureTree(files: Fixture, root = ''): Tree {
  const names = (folder: string): string[] => {
    const prefix = folder === '.' ? '' : `${folder}/`;
    const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
    return [...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))].toSorted();
  };
  const exists = (path: string): boolean => Object.hasOwn(files, path) || names(path).length > 0;
  const read = (path: string): string => {
    const text = files[path] ?? systemError('ENOENT', path);
    if (typeof text !== 'string') throw text;
    return text.trimEnd();
  };
  const tryRead = (path: string): string | undefined => (typeof files[path] === 'string' ? read(path) : undefined);
  return {
    path: (file) => `${root}/${file}`.replaceAll(/\/+/g, '/'),
    exists,
    read,
    tryRead,
    readSlowly: (path) => Promise.resolve(tryRead(path)),
    list: (folder) => {
      if (!exists(folder)) throw systemError('ENOENT', folder);
      return names(folder);
    },
    tryList: names,
    tryRealPath: (path) => (exists(path) ? `${root}/${path}` : undefined),
  };
}

/** A host whose `/proc`, `/sys` and `/` are these files. File systems answer that they have nothing. */
export function fixtureHost(files: { proc?: Fixture; sys?: Fixture; root?: Fixture } = {}, more: Partial<Host> = {}): Host {
  return {
    clock: new ManualClock(1_700_000_000_000),
    log: silentLogger,
    proc: fixtureTree(files.proc ?? {}, '/proc'),
    sys: fixtureTree(files.sys ?? {}, '/sys'),
    root: fixtureTree(files.root ?? {}, ''),
    statfs: () => Promise.resolve({ bsize: 1n, blocks: 0n, bfree: 0n, bavail: 0n, files: 0n, ffree: 0n }),
    localLane: new Lane(),
    remoteLane: new Lane(),
    slowLane: new Lane(),
    textfileDirectory: undefined,
    ...more,
  };
}

/** The samples of an exposition, `name{labels} value` a line, without its comments. */
export function samplesOf(findings: { render(): string }): string[] {
  return findings
    .render()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
