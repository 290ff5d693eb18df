/** How a gate reports: its count, its problems, and failure when it has seen nothing. */

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What a gate found.
 * @typedef {{ name: string, seen: number, what: string, problems: string[], note?: string }} GateResult
 */

/**
 * Adds the failure for having seen nothing: a gate that looks at no file must never pass.
 * @param {GateResult} result
 * @returns {GateResult}
 */
export function judged(result) {
  if (result.seen > 0) return result;
  return { ...result, problems: [...result.problems, `saw 0 ${result.what}: a gate that looks at nothing proves nothing`] };
}

/**
 * Prints a result, problems first, and returns it judged.
 * @param {GateResult} result
 */
export function report(result) {
  const given = judged(result);
  for (const problem of given.problems) console.error(`  ${problem}`);
  const verdict = given.problems.length === 0 ? 'ok' : `${given.problems.length} problem${given.problems.length === 1 ? '' : 's'}`;
  console.log(`${given.name}: ${given.seen} ${given.what}, ${verdict}${given.note ? ` (${given.note})` : ''}`);
  return given;
}

/** @param {GateResult} result */
export const exitCode = (result) => (result.problems.length === 0 ? 0 : 1);

/**
 * Whether this module is the program that was started, rather than imported.
 * @param {string} url `import.meta.url`
 */
export function isMain(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}
