/** Makes sure that the Node which package.json pins is there and runs: npm scripts find it first in PATH. */

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { npm, run, SetupError, step, tail } from './progress.mjs';

/**
 * The `node` package brings its binary in an install script. Where a policy held that back, it is run here.
 * @param {string} root
 */
export async function ensurePinnedNode(root) {
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node;
  const binary = join(root, 'node_modules', '.bin', 'node');
  if (await runs(root, binary, pinned)) return;

  const { program, args, env } = npm(root);
  const outcome = await step(`Fetching Node ${pinned} (once)`, () =>
    run(program, [...args, 'rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], { cwd: root, env }),
  );
  if (await runs(root, binary, pinned)) return;

  const major = Number(pinned.split('.')[0]);
  if (Number(process.versions.node.split('.')[0]) >= major) {
    console.warn(`Node ${pinned} could not be fetched for this platform; going on with Node ${process.version}.`);
    return;
  }
  throw new SetupError(
    `Node ${pinned} could not be fetched for ${process.platform} ${process.arch}, and Node ${process.version} is too old to run Atalaya.\n` +
      `Install Node ${major} or newer, or run it on Linux (glibc) or macOS, x64 or arm64.\n\nnpm said:\n${tail(outcome.output)}`,
  );
}

/** @param {string} root @param {string} binary @param {string} version */
async function runs(root, binary, version) {
  if (!existsSync(binary)) return false;
  if (process.execPath === realpathSync(binary)) return process.version === `v${version}`;
  const { code, output } = await run(binary, ['--version'], { cwd: root });
  return code === 0 && output.trim() === `v${version}`;
}
