/**
 * `npm test`: every gate of the repository, then all tests. Without arguments everything runs, and all that failed is named
 * at the end; with arguments (`npm test -- packages/journal`) only the tests run, and the arguments go to vitest.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from './report.mjs';

/**
 * A gate: a command that fails by its exit code, and where its output says how much it looked at.
 * @typedef {{ name: string, command: string, args: string[], count: RegExp, what: string }} Gate
 */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const AT_ONCE = 2;
/** Tests that take longer hang: they are ended, so that it shows where. */
const TESTS_END_AFTER_MINUTES = 25;

/** @param {string} name */
const own = (name) => ({ name, command: 'node', args: [`scripts/${name}.mjs`] });

/** The slowest first, so that the others run beside it. @type {Gate[]} */
const GATES = [
  { ...own('types'), count: /^types: (\d+) files/m, what: 'files' },
  {
    name: 'dead code',
    command: 'knip',
    args: ['--no-progress', '--no-config-hints', '--reporter', 'symbols', '--reporter', './scripts/knip-count.mjs'],
    count: /^knip: (\d+) files/m,
    what: 'files',
  },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'], count: /\bon (\d+) files/, what: 'files' },
  { name: 'format', command: 'oxfmt', args: ['--check', '.'], count: /\bon (\d+) files/, what: 'files' },
  { ...own('layers'), count: /^layers: (\d+) files/m, what: 'files' },
  { name: 'docs', command: 'node', args: ['scripts/docs-check.mjs'], count: /^docs: (\d+) pages/m, what: 'pages' },
  { ...own('ratchet'), count: /^ratchet: (\d+) files/m, what: 'files' },
  { ...own('lockfile'), count: /^lockfile: (\d+) packages/m, what: 'packages' },
  ...referenceGate(),
];

/** Compares the reference pages that are made from the server (openapi.json, settings) with what it says, once it can. @returns {Gate[]} */
function referenceGate() {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', 'server', 'package.json'), 'utf8'));
  if (manifest.scripts?.reference === undefined) return [];
  const args = ['run', '--silent', 'reference', '--workspace', 'packages/server', '--', '--check'];
  return [{ name: 'reference', command: 'npm', args, count: /(\d+) reference documents/, what: 'pages' }];
}

/**
 * What came of a gate: with an exit code of 0 it passes only if it says that it looked at something.
 * @param {Gate} gate @param {number} code @param {string} output
 */
export function verdict(gate, code, output) {
  const seen = Number(gate.count.exec(output)?.[1] ?? 0);
  return { ok: code === 0 && seen > 0, seen };
}

/** @param {Gate} gate @returns {Promise<string | undefined>} its name when it failed */
async function runGate(gate) {
  const started = performance.now();
  const { code, output } = await captured(gate.command, gate.args);
  const { ok, seen } = verdict(gate, code, output);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${gate.name.padEnd(9)} ${String(seen).padStart(5)} ${gate.what}, ${seconds} s`);
  if (ok) return undefined;
  console.log(output.trimEnd().replaceAll(/^/gm, '     '));
  if (seen === 0) console.log(`     it looked at 0 ${gate.what}`);
  return gate.name;
}

const environment = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}` };

/** @param {string} command @param {string[]} args @returns {Promise<{ code: number, output: string }>} */
function captured(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Runs the gates, a few at a time. @returns {Promise<string[]>} the names of those that failed */
async function runGates() {
  const waiting = [...GATES];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      const name = await runGate(gate);
      if (name !== undefined) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}

/**
 * The counts of a report of vitest's json reporter.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }} result
 */
export function closingLine({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) {
  return `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`;
}

/** Runs the tests with their output in view. @param {string[]} args @returns {Promise<{ code: number, closing: string }>} */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'atalaya-check-'));
  const file = join(folder, 'vitest.json');
  const code = await new Promise((done) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const child = spawn('vitest', ['run', ...reporters, ...args], { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    const limit = setTimeout(() => {
      console.error(`the tests did not end within ${TESTS_END_AFTER_MINUTES} minutes: one that is not among those above hangs`);
      child.kill('SIGKILL');
    }, TESTS_END_AFTER_MINUTES * 60_000);
    child.on('error', (error) => {
      console.error(error.message);
      clearTimeout(limit);
      done(1);
    });
    child.on('close', (ended) => {
      clearTimeout(limit);
      done(ended ?? 1);
    });
  });
  try {
    return { code, closing: closingLine(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    return { code: code || 1, closing: 'the tests ended without a report' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main() {
  const args = process.argv.slice(2);
  const failed = args.length === 0 ? await runGates() : [];
  const tests = await runTests(args);
  if (tests.code !== 0) failed.push('tests');
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
  console.log(tests.closing);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) await main();
