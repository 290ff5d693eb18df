import { readdirSync, readFileSync } from 'node:fs';
import { LOGQL_OPERATORS, RANGE_OPERATIONS, VECTOR_OPERATIONS } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { createEngineTarget } from './engine-target.ts';
import { runLogScript } from './run-script.ts';
import { parseLogScript } from './script.ts';

const folder = new URL('scripts/', import.meta.url);
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.logql.txt'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

/** Raised whenever evaluations are added: they may not silently get lost. */
const LEAST_EVALS = 300;

test.each([
  ['counts by the reader where it can', true],
  ['looks at every line', false],
])('the engine gives what every script says when it %s', async (_how, pushesDown) => {
  let total = 0;
  const failures: string[] = [];
  for (const { name, text } of scripts) {
    const result = await runLogScript(text, createEngineTarget(pushesDown));
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name} ${failure}`));
  }
  console.log(`${scripts.length} scripts, ${total} evals`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(LEAST_EVALS);
});

test('every operation and operator of metric queries is asked for by some script', () => {
  const queries = scripts.flatMap(({ text }) =>
    parseLogScript(text).flatMap((command) => (command.kind === 'eval' ? [command.query] : [])),
  );
  const isAsked = (pattern: RegExp): boolean => queries.some((query) => pattern.test(query));
  const words = ['label_replace', 'vector', ...RANGE_OPERATIONS].filter((name) => !isAsked(new RegExp(`\\b${name}\\(`)));
  const aggregations = VECTOR_OPERATIONS.filter((name) => !isAsked(new RegExp(`\\b${name}(?: by| without)? ?\\(`)));
  const operators = LOGQL_OPERATORS.filter((operator) => !queries.some((query) => query.includes(` ${operator} `)));
  const modifiers = ['offset', 'bool', 'on', 'ignoring', 'group_left', 'group_right', 'by', 'without', 'unwrap'].filter(
    (word) => !isAsked(new RegExp(` ${word}\\b`)),
  );
  expect([...words, ...aggregations, ...operators, ...modifiers]).toEqual([]);
});
