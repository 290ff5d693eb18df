/** Installs the dependencies exactly as package-lock.json says, when they are not there yet. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, run, SetupError, step, tail } from './progress.mjs';

const QUIET = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];

/** What a failed installation means and what to do. The first pattern that fits npm's output is used. */
const REASONS = [
  {
    fits: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|fetch failed/i,
    says: 'The package registry cannot be reached. Atalaya needs the network once, to install; check the connection or the proxy settings of npm (`npm config list`), then try again.',
  },
  {
    fits: /EACCES|EPERM|EROFS/,
    says: 'This folder cannot be written to. Clone Atalaya into a folder that you own, or make this one yours (`sudo chown -R "$USER" .`).',
  },
  { fits: /ENOSPC|EDQUOT/, says: 'The disk is full: the dependencies need about 1.2 GB.' },
  {
    fits: /EINTEGRITY/,
    says: "A package differs from the one that package-lock.json names. Empty npm's cache (`npm cache clean --force`) and try again.",
  },
];

/** The stamp that says which lockfile is installed. @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.atalaya-setup');

/**
 * Installs when the lockfile or a package.json has changed since the last time.
 * @param {string} root
 */
export async function ensureInstalled(root) {
  const wanted = fingerprint(root);
  if (existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === wanted) return;
  if (!matchesLockfile(root)) await step('Installing dependencies (once, about half a minute)', () => install(root));
  writeFileSync(stampFile(root), wanted);
}

/** @param {string} root */
async function install(root) {
  const { program, args, env } = npm(root);
  let outcome = await run(program, [...args, 'ci', ...QUIET], { cwd: root, env });
  if (/in sync/.test(outcome.output) && outcome.code !== 0) {
    const advice = 'run `npm install`, then `node scripts/lockfile.mjs --write`, and commit package-lock.json';
    if (process.env['CI']) throw new SetupError(`package.json and package-lock.json disagree: ${advice}.\n${tail(outcome.output)}`);
    console.warn(`\npackage.json and package-lock.json disagree: ${advice}. Installing what package.json asks for.`);
    outcome = await run(program, [...args, 'install', '--no-save', ...QUIET], { cwd: root, env });
  }
  if (outcome.code === 0) return;
  if (outcome.code === 127) throw new SetupError('npm was not found: install Node 20 or newer together with npm.');
  const reason = REASONS.find(({ fits }) => fits.test(outcome.output))?.says ?? 'Installing the dependencies failed.';
  throw new SetupError(`${reason}\n\nnpm said:\n${tail(outcome.output)}`);
}

/**
 * A hash of everything that decides what gets installed.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256');
  const rooms = readdirSync(join(root, 'packages')).sort();
  const files = ['package-lock.json', 'package.json', ...rooms.map((room) => join('packages', room, 'package.json'))];
  for (const file of files) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * Whether node_modules already holds what the lockfile names, by npm's own record: after `npm install` by hand nothing
 * is installed a second time.
 * @param {string} root
 */
function matchesLockfile(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue;
    const found = installed[path];
    if (found === undefined ? !entry.optional : found.version !== entry.version || Boolean(found.link) !== Boolean(entry.link))
      return false;
  }
  return Object.keys(installed).every((path) => !path.includes('node_modules/') || wanted[path] !== undefined);
}
