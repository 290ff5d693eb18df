import { readdirSync, readFileSync } from 'node:fs';
import { LOGQL_TEMPLATE_FUNCTIONS } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { createPipelineTarget } from './pipeline-target.ts';
import { runLogScript } from './run-script.ts';
import { parseLogScript } from './script.ts';

const folder = new URL('scripts/', import.meta.url);
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.logql.txt'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
  // Pipelines alone answer log queries; scripts of metric queries need the engine.
  .filter(({ text }) => parseLogScript(text).every((command) => command.kind !== 'eval' || command.type === 'logs'));

/** Raised whenever evaluations are added: they may not silently get lost. */
const LEAST_EVALS = 145;

test('every script of log queries gives what it says, and none got lost', async () => {
  let total = 0;
  const failures: string[] = [];
  for (const { name, text } of scripts) {
    const result = await runLogScript(text, createPipelineTarget());
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name} ${failure}`));
  }
  console.log(`${scripts.length} scripts, ${total} evals`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(LEAST_EVALS);
});

const STAGES = ['json', 'logfmt', 'regexp', 'pattern', 'unpack', 'decolorize', 'line_format', 'label_format', 'drop', 'keep'];
const FILTERS = ['|=', '!=', '|~', '!~', '|>', '!>'];

test('every stage, filter and function of templates is asked for by some script', () => {
  const queries = scripts.flatMap(({ text }) =>
    parseLogScript(text).flatMap((command) => (command.kind === 'eval' ? [command.query] : [])),
  );
  const isAsked = (pattern: RegExp): boolean => queries.some((query) => pattern.test(query));
  const stages = STAGES.filter((name) => !isAsked(new RegExp(`\\| ${name}\\b`)));
  const filters = FILTERS.filter((operator) => !queries.some((query) => query.includes(`} ${operator} `)));
  const functions = [...LOGQL_TEMPLATE_FUNCTIONS].filter((name) => !isAsked(new RegExp(`\\{\\{.*\\b${name}\\b.*\\}\\}`)));
  expect([...stages, ...filters, ...functions]).toEqual([]);
});
