/** Builds the page for tests when its sources are newer than what is there. */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** The built page. */
export const DIST = join(ROOT, 'dist');

/** The newest change below a folder, epoch milliseconds. */
function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

/** Makes sure that `dist/` is of the sources as they are. Test files run side by side: one builds, the others wait. */
export async function buildConsole(): Promise<void> {
  const lock = join(tmpdir(), 'atalaya-console-build.lock');
  while (existsSync(lock) || !isFresh()) {
    if (!takeLock(lock)) {
      await sleep(250);
      continue;
    }
    try {
      if (!isFresh()) await runVite();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

/** Taking a lock is making its folder; one that was left behind by a killed run is taken over. */
function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 120_000) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isFresh(): boolean {
  const page = join(DIST, 'index.html');
  const sources = Math.max(
    ...['src', 'public', '../model/src', '../lang/src'].map((folder) => newest(join(ROOT, folder))),
    ...['index.html', 'vite.config.ts', 'package.json'].map((file) => statSync(join(ROOT, file)).mtimeMs),
  );
  return existsSync(page) && statSync(page).mtimeMs > sources;
}

async function runVite(): Promise<void> {
  // A process of its own: under a test runner NODE_ENV is "test", and React would be built with its development checks.
  const vite = join(createRequire(import.meta.url).resolve('vite/package.json'), '../bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
