import { readdirSync, readFileSync } from 'node:fs';
import { SPANSET_OPERATORS, TRACEQL_AGGREGATES, TRACEQL_INTRINSICS, TRACEQL_METRICS, TRACEQL_OPERATORS } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { createTraceTarget } from './engine-target.ts';
import { runTraceScript } from './run-script.ts';
import { parseTraceScript } from './script.ts';

const folder = new URL('scripts/', import.meta.url);
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.traceql.txt'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

/** Raised whenever evaluations are added: they may not silently get lost. */
const LEAST_EVALS = 200;

test.each([
  ['leaves to the reader what it can', true],
  ['looks at every span', false],
])('the engine gives what every script says when it %s', async (_how, pushesDown) => {
  let total = 0;
  const failures: string[] = [];
  for (const { name, text } of scripts) {
    const result = await runTraceScript(text, createTraceTarget(pushesDown));
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name} ${failure}`));
  }
  console.log(`${scripts.length} scripts, ${total} evals`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(LEAST_EVALS);
});

test('every field, operator and function is asked for by some script', () => {
  const queries = scripts.flatMap(({ text }) =>
    parseTraceScript(text).flatMap((command) => (command.kind === 'eval' && command.expected.failure === undefined ? [command.query] : [])),
  );
  const isAsked = (text: string): boolean => queries.some((query) => query.includes(text));
  const names = Object.values(TRACEQL_INTRINSICS).flatMap((intrinsic) => [...intrinsic.names]);
  const fields = names.filter((name) => !queries.some((query) => new RegExp(`(?<![\\w:.])${name}\\b(?!:)`).test(query)));
  const scopes = [' .', ' span.', ' resource.', ' event.', ' link.', ' instrumentation.', ' parent.', ' parent.span.', ' parent.resource.'];
  const operators = Object.keys(TRACEQL_OPERATORS).map((operator) => ` ${operator} `);
  const structure = SPANSET_OPERATORS.map((operator) => `} ${operator} {`);
  const functions = [...TRACEQL_AGGREGATES, ...TRACEQL_METRICS, 'topk', 'bottomk', 'by', 'select', 'coalesce'].map((name) => `${name}(`);
  const values = [
    'nil',
    'true',
    'false',
    'error',
    'ok',
    'unset',
    'server',
    'client',
    'producer',
    'consumer',
    'internal',
    'unspecified',
    'with (',
  ];
  expect([...fields, ...[...scopes, ...operators, ...structure, ...functions, ...values].filter((text) => !isAsked(text))]).toEqual([]);
});
