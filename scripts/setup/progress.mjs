/** Runs a step of the set-up: says what it does, keeps its output back unless it fails, says how long it took. */

import { spawn } from 'node:child_process';
import { delimiter, sep } from 'node:path';

/** A failure that the user can do something about: shown without a stack. */
export class SetupError extends Error {}

/** What a program printed and how it ended. @typedef {{ code: number, output: string }} Outcome */

/**
 * Runs a program and gives what it printed. SIGINT and SIGTERM reach it through the terminal or are passed on.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Outcome>} `code` is 127 when the program could not be started
 */
export function run(program, args, options) {
  return new Promise((done) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      child.kill(signal);
      process.exitCode = 130;
    };
    process.once('SIGINT', pass);
    process.once('SIGTERM', pass);
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
      done({ code: code ?? 127, output });
    });
  });
}

/**
 * Does a step that takes a while, with a line before and one after it.
 * @template T
 * @param {string} what such as "Installing dependencies"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const live = process.stdout.isTTY;
  if (!live) console.log(`${what} …`);
  else process.stdout.write(`${what} …`);
  const ticker = live ? setInterval(() => process.stdout.write(`\r${what} … ${elapsed()}`), 1000) : undefined;
  try {
    const result = await work();
    console.log(`${live ? '\r' : ''}${what}: done in ${elapsed()}`);
    return result;
  } catch (error) {
    if (live) process.stdout.write('\n');
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

/**
 * How to call npm: the one that runs this script where there is one. Its PATH has the Node that was there before, not the
 * pinned one inside node_modules, which an installation replaces while it runs.
 * @param {string} root
 * @returns {{ program: string, args: string[], env: NodeJS.ProcessEnv }}
 */
export function npm(root) {
  const inside = `${root}${sep}node_modules`;
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(inside));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('.js') && node && !node.startsWith(inside)) return { program: node, args: [script], env };
  return { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [], env };
}

/** The last lines of an output, for an error message. @param {string} output */
export function tail(output, lines = 25) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}
