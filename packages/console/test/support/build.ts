/** Builds the page for tests when its sources are newer than what is there. */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** The newest change below a folder, epoch milliseconds. */
function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

/** Makes sure that `dist/` is of the sources as they are. */
export async function buildConsole(): Promise<void> {
  const page = join(ROOT, 'dist/index.html');
  const sources = Math.max(
    ...['src', 'public', '../model/src'].map((folder) => newest(join(ROOT, folder))),
    ...['index.html', 'vite.config.ts', 'package.json'].map((file) => statSync(join(ROOT, file)).mtimeMs),
  );
  if (existsSync(page) && statSync(page).mtimeMs > sources) return;
  // A process of its own: under a test runner NODE_ENV is "test", and React would be built with its development checks.
  const vite = join(createRequire(import.meta.url).resolve('vite/package.json'), '../bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
