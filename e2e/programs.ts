/** Programs that a test file starts: whatever happens in a test, none outlives it. */

import { afterEach } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';

/** Gives the file a way to start programs, each of which is ended and removed after its test. */
export function programs(): (...options: Parameters<typeof startAtalaya>) => Promise<RunningAtalaya> {
  const started: RunningAtalaya[] = [];
  afterEach(async () => {
    for (const program of started.splice(0)) await discard(program);
  });
  return async (...options) => {
    const program = await startAtalaya(...options);
    started.push(program);
    return program;
  };
}
