/** Escape hatches may only become fewer: counts them and compares with `scripts/ratchet.json`. `--write` lowers the numbers. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, isMain, report } from './report.mjs';
import { filesOf, isSource, isTestSide } from './tree.mjs';

const LONG = 300;

/** What is counted: a name, and how often it occurs in a file. The patterns are split so that this file does not count itself. */
const COUNTED = {
  any: (/** @type {string} */ text) => occurrences(text, /\bas any\b|<any>|:\s*any\b(?=[\s,;)=[\]])/g),
  'oxlint-disable': (/** @type {string} */ text) => occurrences(text, /oxlint[-]disable/g),
  'eslint-disable': (/** @type {string} */ text) => occurrences(text, /eslint[-]disable/g),
  '@ts-expect-error': (/** @type {string} */ text) => occurrences(text, /@ts[-]expect-error/g),
  '@ts-ignore or @ts-nocheck': (/** @type {string} */ text) => occurrences(text, /@ts[-](ignore|nocheck)/g),
};

/** @param {string} text @param {RegExp} pattern */
const occurrences = (text, pattern) => [...text.matchAll(pattern)].length;

/**
 * @param {ReadonlyMap<string, string>} sources text by path
 * @returns {Record<string, number>}
 */
export function countHatches(sources) {
  /** @type {Record<string, number>} */
  const counts = Object.fromEntries(Object.keys(COUNTED).map((name) => [name, 0]));
  const long = `files above ${LONG} lines`;
  counts[long] = 0;
  for (const [path, text] of sources) {
    if (path.startsWith('scripts/ratchet')) continue;
    for (const [name, count] of Object.entries(COUNTED)) counts[name] = (counts[name] ?? 0) + count(text);
    if (!isTestSide(path) && text.split('\n').length - 1 > LONG) counts[long] += 1;
  }
  return counts;
}

/**
 * @param {Record<string, number>} counts
 * @param {Record<string, number>} allowed
 */
export function compareHatches(counts, allowed) {
  return Object.entries(counts).flatMap(([name, count]) => {
    const limit = allowed[name];
    if (limit === undefined) return [`${name}: ${count}, and scripts/ratchet.json has no number for it`];
    if (count > limit) return [`${name}: ${count}, at most ${limit} are allowed; find another way instead of raising the number`];
    return count < limit ? [`${name}: ${count}, fewer than the ${limit} of before: node scripts/ratchet.mjs --write keeps it so`] : [];
  });
}

/** @param {string} root @param {string[]} [args] @returns {import('./report.mjs').GateResult} */
export function run(root, args = []) {
  const file = join(root, 'scripts', 'ratchet.json');
  const paths = filesOf(root).filter(isSource);
  const counts = countHatches(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])));
  const allowed = JSON.parse(readFileSync(file, 'utf8'));
  if (args.includes('--write')) {
    for (const [name, count] of Object.entries(counts)) allowed[name] = Math.min(count, allowed[name] ?? count);
    writeFileSync(file, `${JSON.stringify(allowed, null, 2)}\n`);
  }
  const note = Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  return { name: 'ratchet', seen: paths.length, what: 'files', note, problems: compareHatches(counts, allowed) };
}

if (isMain(import.meta.url)) process.exitCode = exitCode(report(run(process.cwd(), process.argv.slice(2))));
