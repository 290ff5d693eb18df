/** The files of the repository as the gates see them: everything but what is generated, installed or ignored. */

import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.atalaya']);
const SKIPPED_AT_ROOT = new Set(['data', 'coverage']);

/**
 * Paths of all files below a folder, relative to the root, with forward slashes, sorted.
 * @param {string} root
 * @param {string} [folder] where to begin, relative to the root
 * @returns {string[]}
 */
export function filesOf(root, folder = '.') {
  /** @type {string[]} */
  const found = [];
  const top = join(root);
  const walk = (/** @type {string} */ path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && !(path === top && SKIPPED_AT_ROOT.has(entry.name))) walk(inside);
      }
      if (entry.isFile()) found.push(relative(root, inside).split(sep).join('/'));
    }
  };
  walk(join(root, folder));
  return found.sort();
}

/** Whether a file is TypeScript or JavaScript that somebody wrote (declarations left out). @param {string} file */
export const isSource = (file) => /\.(ts|tsx|mts|mjs|js|jsx)$/.test(file) && !/\.d\.m?ts$/.test(file);

/** Whether a file is a test, or belongs to tests, benchmarks or tools. @param {string} file */
export const isTestSide = (file) => /\.test\.tsx?$|\.suite\.ts$|-for-tests\.ts$|(^|\/)(test|bench)\/|^(e2e|scripts|testing)\//.test(file);
