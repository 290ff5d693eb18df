/** Waits until a program rests: merges that are put off count as work of what was sent. */

import type { Program } from './processes.ts';

const QUIET_MS = 6000;
const QUIET_CORES = 0.1;

/** Resolves when the program has used next to no CPU time for some seconds. */
export async function quiet(program: Program): Promise<void> {
  for (;;) {
    const before = program.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    if (program.cpuSeconds() - before < (QUIET_MS / 1000) * QUIET_CORES) return;
  }
}
