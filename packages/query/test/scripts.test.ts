import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMemoryTarget } from './memory-target.ts';
import { runScript } from './run-script.ts';
import { featuresOf } from './script.ts';

const folder = new URL('scripts/', import.meta.url);
const scripts = readdirSync(folder).filter((name) => name.endsWith('.test.txt'));

/** Raised whenever evaluations are added: they may not silently get lost. */
const LEAST_EVALS = 485;

test('every script gives what it says, and none got lost', async () => {
  let total = 0;
  const failures: string[] = [];
  for (const name of scripts) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const result = await runScript(text, createMemoryTarget(featuresOf(text)));
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name} ${failure}`));
  }
  console.log(`${scripts.length} scripts, ${total} evals`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(LEAST_EVALS);
});
