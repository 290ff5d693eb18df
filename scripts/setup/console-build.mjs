/** Builds the console when its sources, or those of the rooms it is made from, have changed since the last build. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { npm, run, SetupError, step, tail } from './progress.mjs';

const ROOMS = ['console', 'lang', 'model'];
const SKIPPED = new Set(['node_modules', 'dist', 'test']);

/** @param {string} root */
export async function buildConsole(root) {
  const stamp = join(root, 'packages', 'console', 'dist', '.atalaya-build');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await step('Building the console', async () => {
    const { program, args, env } = npm(root);
    const pinnedFirst = { ...env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${env['PATH']}` };
    const outcome = await run(program, [...args, 'run', 'build', '--workspace', 'packages/console', '--loglevel=error'], {
      cwd: root,
      env: pinnedFirst,
    });
    if (outcome.code !== 0) throw new SetupError(`the console could not be built:\n${tail(outcome.output, 60)}`);
    writeFileSync(stamp, wanted);
  });
}

/**
 * A hash of every file that goes into the build, tests left out.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const room of ROOMS) {
    const folder = join(root, 'packages', room);
    for (const file of filesUnder(folder)) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} sorted */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path);
      return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
    });
}
