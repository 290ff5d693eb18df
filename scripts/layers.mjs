/** Checks the architecture: who imports whom, through which door, and what every file says of itself. `node scripts/layers.mjs` */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importProblems, manifestProblems } from './layers/import-rules.mjs';
import { readSource } from './layers/source.mjs';
import { exportProblems, folderProblems, openingProblems, useProblems } from './layers/text-rules.mjs';
import { exitCode, isMain, report } from './report.mjs';
import { filesOf, isSource } from './tree.mjs';

/**
 * @param {string} root
 * @returns {import('./report.mjs').GateResult}
 */
export function run(root) {
  const files = filesOf(root);
  const manifests = readManifests(root, files);
  const sources = new Map(files.filter(isSource).map((path) => [path, readSource(path, readFileSync(join(root, path), 'utf8'))]));
  const problems = [...manifestProblems(manifests), ...folderProblems(files)];
  let imports = 0;
  for (const source of sources.values()) {
    imports += source.imports.length;
    problems.push(...source.errors.map((error) => `${source.path}: cannot be parsed: ${error}`));
    problems.push(...importProblems(source, manifests), ...openingProblems(source), ...useProblems(source));
  }
  const documented = exportProblems(sources);
  problems.push(...documented.problems);
  if (imports === 0) problems.push('saw 0 imports');
  return {
    name: 'layers',
    seen: sources.size,
    what: 'files',
    note: `${manifests.rooms.size} rooms, ${imports} imports, ${documented.exports} exports`,
    problems,
  };
}

/** @param {string} root @param {readonly string[]} files @returns {import('./layers/import-rules.mjs').Manifests} */
function readManifests(root, files) {
  const read = (/** @type {string} */ path) => (existsSync(join(root, path)) ? JSON.parse(readFileSync(join(root, path), 'utf8')) : {});
  const rooms = new Map();
  for (const file of files) {
    const room = /^packages\/([^/]+)\/package\.json$/.exec(file)?.[1];
    if (room !== undefined) rooms.set(room, read(file));
  }
  return { root: read('package.json'), rooms };
}

if (isMain(import.meta.url)) process.exitCode = exitCode(report(run(process.cwd())));
