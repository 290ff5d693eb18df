/** Programs that a test needs from outside: missing on a developer's machine the test is skipped, missing under CI it fails. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether the tests that need a program have to be skipped, said once with what to install.
 *
 *     const skip = requireProgram('promtool', 'apt-get install prometheus');
 *     test.skipIf(skip)('promtool gets its answers', …);
 *
 * @throws Error when the program is missing and CI=true: there, a test that cannot run is a failure.
 */
export function requireProgram(name: string, install: string): boolean {
  if (pathOf(name) !== undefined) return false;
  const message = `${name} is not installed; to run the tests that need it: ${install}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(`skipped: ${message}`);
  return true;
}

/** Where a program is in PATH. */
export function pathOf(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
