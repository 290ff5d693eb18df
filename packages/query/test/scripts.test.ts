import { readdirSync, readFileSync } from 'node:fs';
import { AGGREGATION_OPERATORS, ARITHMETIC_OPERATORS, COMPARISON_OPERATORS, FUNCTIONS, SET_OPERATORS } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { createMemoryTarget } from './memory-target.ts';
import { runScript } from './run-script.ts';
import { featuresOf, parseScript } from './script.ts';

const folder = new URL('scripts/', import.meta.url);
const scripts = readdirSync(folder).filter((name) => name.endsWith('.test.txt'));

/** Raised whenever evaluations are added: they may not silently get lost. */
const LEAST_EVALS = 490;

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

test('every function, aggregation and operator is asked for by some script', () => {
  const queries = scripts.flatMap((name) => {
    const commands = parseScript(readFileSync(new URL(name, folder), 'utf8'));
    return commands.flatMap((command) => (command.kind === 'eval' ? [command.query] : []));
  });
  const isAsked = (pattern: RegExp): boolean => queries.some((query) => pattern.test(query));
  const words = [...FUNCTIONS.keys()].filter((name) => !isAsked(new RegExp(`\\b${name}\\(`)));
  const aggregations = AGGREGATION_OPERATORS.filter((name) => !isAsked(new RegExp(`\\b${name}(?: by| without)? ?\\(`)));
  const operators = [...ARITHMETIC_OPERATORS, ...COMPARISON_OPERATORS, ...SET_OPERATORS].filter(
    (operator) => !queries.some((query) => query.includes(` ${operator} `)),
  );
  expect([...words, ...aggregations, ...operators]).toEqual([]);
});
