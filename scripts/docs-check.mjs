/** Checks the documents against the tree and the code. `--write` brings generated tables up to date. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorProblems, PAGE, readCatalogue, renderPage } from './docs/errors.mjs';
import { linkProblems } from './docs/markdown.mjs';
import { architectureProblems, changelogProblems, missingPages, readmeProblems } from './docs/pages.mjs';
import { hostProblems } from './docs/registry-hosts.mjs';
import { exitCode, isMain, report } from './report.mjs';
import { filesOf } from './tree.mjs';

const BINARY = /\.(png|jpe?g|gif|webp|ico|woff2?|ttf|gz|snappy|pb|bin|zst|sz)$/;

/** @param {string} root @param {string[]} [args] @returns {Promise<import('./report.mjs').GateResult>} */
export async function run(root, args = []) {
  const catalogue = await readCatalogue(root);
  const read = (/** @type {string} */ path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
  if (args.includes('--write')) writeFileSync(join(root, PAGE), renderPage(catalogue, read(PAGE)));

  const paths = filesOf(root);
  const files = new Set(paths);
  const pages = new Map(paths.filter((path) => path.endsWith('.md')).map((path) => [path, read(path)]));
  const texts = paths.filter((path) => !BINARY.test(path));
  const links = linkProblems(pages, files);
  const map = architectureProblems(pages.get('ARCHITECTURE.md') ?? '', files);
  const problems = [
    ...missingPages(files),
    ...links.problems,
    ...(files.has('ARCHITECTURE.md') ? map.problems : []),
    ...(files.has('README.md') ? readmeProblems(read('README.md')) : []),
    ...(files.has('CHANGELOG.md') ? changelogProblems(read('CHANGELOG.md')) : []),
    ...errorProblems(catalogue, read(PAGE)),
    ...texts.flatMap((path) => hostProblems(path, read(path))),
  ];
  const note = `${links.links} links, ${map.paths} paths on the map, ${Object.keys(catalogue).length} errors, ${texts.length} files read for registry hosts`;
  return { name: 'docs', seen: pages.size, what: 'pages', note, problems };
}

if (isMain(import.meta.url)) process.exitCode = exitCode(report(await run(process.cwd(), process.argv.slice(2))));
