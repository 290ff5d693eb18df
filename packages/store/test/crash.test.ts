import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { silentLogger, systemClock } from '@atalaya/model';
import { expect, it } from 'vitest';
import { decodeSelection, openEmbeddedEngine, openMetricStore } from '../src/index.ts';

const START = Date.UTC(2026, 0, 1);
const CHILD = join(import.meta.dirname, 'support/crash-child.ts');

/** Runs the child until it has said `lines` numbers, kills it and gives the last number that it said. */
async function runAndKill(dataDir: string, first: number, lines: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, dataDir, String(first), String(START)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = first - 1;
  let said = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++said === lines) child.kill('SIGKILL');
  }
  await exited;
  if (said < lines) throw new Error(`the child ended by itself after ${said} batches`);
  return last;
}

it(
  'has after kill -9 every batch whose load was done, each once, and loads the last one again without a trace',
  { timeout: 60_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'atalaya-crash-'));
    try {
      let last = -1;
      // Each run repeats the last batch of the one before, as a loader does that was killed before its checkpoint.
      for (const lines of [3, 11, 7]) last = await runAndKill(dataDir, Math.max(0, last), lines);
      const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 400_000_000, clock: systemClock });
      try {
        const store = await openMetricStore({ engine, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });
        const bounds = { series: 1000, samples: 1000 };
        const range = { start: START, end: START + 1000 };
        const shared = decodeSelection(
          await store.select({ matchers: [{ name: '__name__', operator: '=', value: 'shared' }], ...range }, bounds),
        );
        // The batch under way when the kill came may be there too.
        const numbers = [...shared.values];
        expect(numbers.slice(0, last + 1)).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
        expect(numbers.length).toBeLessThanOrEqual(last + 2);
        const own = decodeSelection(
          await store.select({ matchers: [{ name: '__name__', operator: '=', value: 'own' }], ...range }, bounds),
        );
        expect([...own.values].sort((a, b) => a - b).slice(0, last + 1)).toEqual(numbers.slice(0, last + 1));
      } finally {
        await engine.close();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
