/**
 * Checks that package-lock.json installs the same everywhere: it names no registry host, every entry has a version and
 * an integrity hash, and no optional (platform) package is missing. `--write` adds the missing ones.
 *
 * npm leaves a platform package out of the lockfile when the registry at hand does not carry it, and `npm ci` then
 * refuses the lockfile. The entries that are added hold the exact version that the parent asks for, and the platform.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCode, isMain, report } from './report.mjs';

/** @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'netbsd', 'openbsd', 'sunos', 'aix'];
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

/**
 * The platform that a package's name stands for, as npm's fields.
 * @param {string} name such as `@oxlint/binding-linux-arm64-musl`
 * @returns {{ os: string[], cpu: string[], libc?: string[] } | undefined} undefined when the name names none
 */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = OS.find((word) => words.includes(word));
  const cpu = CPU.find((word) => words.includes(word));
  if (os === undefined || cpu === undefined) return undefined;
  if (os !== 'linux') return { os: [os], cpu: [cpu] };
  const last = words.at(-1) ?? '';
  const libc = last.startsWith('musl') ? ['musl'] : last.startsWith('gnu') ? ['glibc'] : undefined;
  return libc === undefined ? { os: [os], cpu: [cpu] } : { os: [os], cpu: [cpu], libc };
}

/**
 * Optional dependencies that have no entry: `[path it belongs at, name, version, parent]`.
 * @param {Record<string, Entry>} packages
 */
export function missingOptionals(packages) {
  const missing = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!resolves(packages, path, name)) missing.set(`node_modules/${name}`, { name, version, parent: entry });
    }
  }
  return missing;
}

/** @param {Record<string, Entry>} packages @param {string} from @param {string} name */
function resolves(packages, from, name) {
  for (let folder = from; ;) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up < 0 ? '' : folder.slice(0, up);
  }
}

/**
 * What is wrong with a lockfile.
 * @param {{ packages: Record<string, Entry> }} lock
 */
export function findProblems(lock) {
  const problems = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/') || entry.link) continue;
    if (entry.resolved !== undefined) problems.push(`${path}: names a registry (resolved); .npmrc keeps that out`);
    if (entry.version === undefined) problems.push(`${path}: has no version`);
    if (entry.integrity === undefined && platformOf(path) === undefined) problems.push(`${path}: has no integrity hash`);
  }
  for (const [path, { version }] of missingOptionals(lock.packages)) problems.push(`${path}@${version}: missing`);
  return problems;
}

/**
 * The lockfile with the missing platform packages added.
 * @param {{ packages: Record<string, Entry> }} lock
 */
export function complete(lock) {
  const added = [];
  for (const [path, { name, version, parent }] of missingOptionals(lock.packages)) {
    const platform = platformOf(name);
    if (platform === undefined) continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) continue;
    added.push([
      path,
      {
        version,
        cpu: platform.cpu,
        ...(parent.dev ? { dev: true } : {}),
        ...(platform.libc ? { libc: platform.libc } : {}),
        optional: true,
        os: platform.os,
      },
    ]);
  }
  const packages = Object.fromEntries([...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en')));
  return { lock: { ...lock, packages }, added: added.length };
}

/** @param {string} root @param {string[]} [args] */
export function run(root, args = []) {
  const file = resolve(root, 'package-lock.json');
  let lock = JSON.parse(readFileSync(file, 'utf8'));
  if (args.includes('--write')) {
    const completed = complete(lock);
    lock = completed.lock;
    if (completed.added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`lockfile: ${completed.added} platform packages added`);
  }
  const problems = findProblems(lock);
  if (problems.some((problem) => problem.endsWith(': missing')))
    problems.push('add the missing ones with: node scripts/lockfile.mjs --write');
  return { name: 'lockfile', seen: Object.keys(lock.packages).length, what: 'packages', problems };
}

if (isMain(import.meta.url)) process.exitCode = exitCode(report(run(process.cwd(), process.argv.slice(2))));
