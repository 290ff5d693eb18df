/** Type-checks every project of the repository, and that every TypeScript file belongs to one. `node scripts/types.mjs` */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { PURE_ROOMS } from './layers/rules.mjs';
import { exitCode, isMain, report } from './report.mjs';
import { filesOf, isSource } from './tree.mjs';

/** The projects: all that runs on Node, the tools, the pure rooms without Node's types, the console with the browser's. */
const PROJECTS = [
  'tsconfig.json',
  'scripts/tsconfig.json',
  ...PURE_ROOMS.map((room) => `packages/${room}/tsconfig.json`),
  'packages/console/tsconfig.json',
];

/** @param {string} root @returns {Promise<import('./report.mjs').GateResult>} */
export async function run(root) {
  const results = [];
  for (const project of PROJECTS) results.push(await check(root, project));
  const seen = new Set(results.flatMap(({ files }) => files));
  const unseen = filesOf(root).filter((path) => isSource(path) && /\.(ts|tsx|mts)$/.test(path) && !seen.has(path));
  const problems = [...new Set(results.flatMap(({ errors }) => errors)), ...unseen.map((path) => `${path}: belongs to no tsconfig.json`)];
  const note = results.map(({ project, files }) => `${project.replace(/\/?tsconfig\.json$/, '') || 'node'} ${files.length}`).join(', ');
  return { name: 'types', seen: seen.size, what: 'files', note, problems };
}

/** @param {string} root @param {string} project @returns {Promise<{ project: string, files: string[], errors: string[] }>} */
async function check(root, project) {
  if (!existsSync(join(root, project))) return { project, files: [], errors: [`${project} is missing`] };
  const { code, output } = await tsc(root, ['--project', project, '--noEmit', '--listFiles', '--pretty', 'false']);
  /** @type {string[]} */
  const files = [];
  /** @type {string[]} */
  const errors = [];
  for (const line of output.split('\n')) {
    if (line.trim() === '') continue;
    if (!isAbsolute(line) || line.includes('): error ')) errors.push(line);
    else if (!line.includes(`${sep}node_modules${sep}`)) files.push(relative(root, line).split(sep).join('/'));
  }
  if (files.length === 0) errors.push(`${project}: saw 0 files`);
  if (code !== 0 && errors.length === 0) errors.push(`${project}: tsc ended with ${code}`);
  return { project, files, errors };
}

/** @param {string} root @param {string[]} args @returns {Promise<{ code: number, output: string }>} */
function tsc(root, args) {
  return new Promise((done) => {
    const child = spawn(join(root, 'node_modules', '.bin', 'tsc'), args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

if (isMain(import.meta.url)) process.exitCode = exitCode(report(await run(process.cwd())));
