/**
 * Makes a checkout ready to start, test or measure: dependencies, the pinned Node, the console's build, and for tests the
 * programs that they compare with. Runs before `npm start`, `npm test` and `npm run bench`; does nothing when all is in place.
 *
 * Plain JavaScript without dependencies, because it runs on whatever Node (20 or newer) is there before anything is installed.
 */

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './setup/console-build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { ensurePinnedNode } from './setup/pinned-node.mjs';
import { SetupError } from './setup/progress.mjs';
import { ensurePrograms } from './setup/programs.mjs';

const PURPOSES = ['start', 'test', 'bench'];
const OLDEST_NODE = 20;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const purpose = process.argv[2] ?? '';

try {
  if (!PURPOSES.includes(purpose)) throw new SetupError(`usage: node scripts/setup.mjs ${PURPOSES.join('|')}`);
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new SetupError(`Node ${process.version} is too old to set Atalaya up: install Node ${OLDEST_NODE} or newer, then try again.`);
  }
  await ensureInstalled(root);
  await ensurePinnedNode(root);
  await buildConsole(root);
  if (purpose === 'test') await ensurePrograms();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nsetup: ${error.message}\n`);
  process.exitCode = 1;
}
