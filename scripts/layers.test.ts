import { expect, test } from 'vitest';
import { importProblems, manifestProblems, type Manifests } from './layers/import-rules.mjs';
import { ROOMS } from './layers/rules.mjs';
import { readSource } from './layers/source.mjs';
import { exportProblems, folderProblems, openingProblems, useProblems } from './layers/text-rules.mjs';

const room = (name: string, dependencies: Record<string, string>, exports: string | Record<string, string> = './src/index.ts') =>
  [name, { name: `@atalaya/${name}`, dependencies, exports }] as const;

const manifests: Manifests = {
  root: { devDependencies: { vitest: '5', 'fast-check': '4' } },
  rooms: new Map([
    room('model', { zod: '4' }),
    room('lang', { '@atalaya/model': '0' }),
    room('journal', { '@atalaya/model': '0' }),
    room('store', { '@atalaya/model': '0', chdb: '3' }, { '.': './src/index.ts', './testing': './src/testing.ts' }),
    room('query', { '@atalaya/model': '0' }),
    room('console', { '@atalaya/model': '0', react: '19' }),
  ]),
};

function imports(path: string, code: string): string[] {
  return importProblems(readSource(path, code), manifests);
}

test('every room of the table imports only rooms that come before it', () => {
  const names = Object.keys(ROOMS);
  expect(names.length).toBeGreaterThan(7);
  for (const [index, name] of names.entries()) {
    for (const target of ROOMS[name] ?? []) expect(names.indexOf(target), `${name} imports ${target}`).toBeLessThan(index);
  }
});

test.each([
  ['packages/store/src/a.ts', `import { x } from '@atalaya/model'; import './b.ts'; import 'node:fs'; import { y } from 'chdb';`],
  ['packages/model/src/a.test.ts', `import { test } from 'vitest'; import 'node:fs';`],
  ['packages/console/vite.config.ts', `import 'node:path';`],
  ['packages/query/test/a.test.ts', `import { requireProgram } from '../../../testing/programs.ts';`],
  ['packages/store/bench/load.ts', `import { x } from '@atalaya/store';`],
  ['bench/run.ts', `import { x } from '@atalaya/store/testing'; import './peers.ts';`],
  ['packages/store/src/a.ts', `const dist = new URL('../../console/dist/', import.meta.url);`],
])('lets pass: %s %s', (path, code) => {
  expect(imports(path, code)).toEqual([]);
});

test.each([
  ['an upward import', 'packages/journal/src/a.ts', `import type { X } from '@atalaya/store';`, 'journal may not import store'],
  ['a dynamic import', 'packages/journal/src/a.ts', `await import('@atalaya/store');`, 'journal may not import store'],
  ['an import within a type', 'packages/journal/src/a.ts', `type X = import('@atalaya/store').X;`, 'journal may not import store'],
  ['a re-export', 'packages/journal/src/a.ts', `export * from '@atalaya/store';`, 'journal may not import store'],
  ['an allowed room that is not declared', 'packages/query/src/a.ts', `import '@atalaya/lang';`, 'not among the dependencies'],
  ['a deep import', 'packages/store/src/a.ts', `import '@atalaya/model/src/clock.ts';`, 'goes past the door'],
  ['a relative import into another room', 'packages/store/src/a.ts', `import '../../model/src/clock.ts';`, 'leaves the room'],
  ['a worker in another room', 'packages/store/src/a.ts', `new URL('../../model/src/x.ts', import.meta.url);`, 'leaves the room'],
  ['an absolute path', 'packages/store/bench/a.ts', `import '/home/me/x.ts';`, 'a path on one machine'],
  ['the own room by name', 'packages/store/src/a.ts', `import '@atalaya/store';`, 'by relative path'],
  ['a room that does not exist', 'packages/store/src/a.ts', `import '@atalaya/nothing';`, 'there is no room'],
  ['the second door in sources', 'packages/query/src/a.ts', `import '@atalaya/store/testing';`, 'tests and benchmarks only'],
  ['a second door that is not there', 'bench/run.ts', `import '@atalaya/model/testing';`, 'exports no ./testing'],
  ['a built-in in a pure room', 'packages/query/src/a.ts', `import 'node:fs';`, 'uses nothing of Node'],
  ['a built-in in the browser', 'packages/console/src/a.ts', `import 'node:fs';`, 'runs in the browser'],
  ['a built-in without its prefix', 'packages/store/src/a.ts', `import 'fs';`, 'write "node:fs"'],
  ['an undeclared library', 'packages/store/src/a.ts', `import 'yaml';`, 'not among the dependencies'],
  ["a library of another room's", 'packages/query/src/a.ts', `import { z } from 'zod';`, 'belongs to model'],
  ['a development dependency in sources', 'packages/store/src/a.ts', `import 'vitest';`, 'not among the dependencies'],
  ['React in the data folder', 'packages/console/src/data/a.ts', `import { useState } from 'react';`, 'knows no React'],
  ["tools in a room's sources", 'scripts/a.mjs', `import '../packages/model/src/clock.ts';`, 'reaches into a room'],
])('refuses %s', (_, path, code, problem) => {
  const problems = imports(path, code);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${path}:1: `);
  expect(problems[0]).toContain(problem);
});

test('a manifest declares no room beyond the table and no library of another room', () => {
  const wrong = new Map([
    ['journal', { name: '@atalaya/journal', dependencies: { '@atalaya/store': '0', chdb: '3' } }],
    ['attic', { name: '@atalaya/attic' }],
  ]);
  expect(manifestProblems({ root: {}, rooms: wrong }).join('\n')).toMatch(
    /journal may not depend on store[\s\S]*chdb belongs to store[\s\S]*"attic" is not in the table/,
  );
  expect(manifestProblems(manifests)).toEqual([]);
});

test('time is an argument outside the clock, tests, tools and the console', () => {
  const code = `/** A file. */\nnew Date(); Date.now(); setTimeout(f, 1); globalThis.setInterval(f, 1);\nimport { setTimeout as wait } from 'node:timers/promises';`;
  expect(useProblems(readSource('packages/store/src/a.ts', code))).toHaveLength(5);
  for (const path of [
    'packages/model/src/clock.ts',
    'packages/store/src/a.test.ts',
    'packages/store/bench/a.ts',
    'bench/a.ts',
    'packages/console/src/a.ts',
  ]) {
    expect(useProblems(readSource(path, code))).toEqual([]);
  }
  const allowed = `import { setImmediate } from 'node:timers/promises'; new Date(5); clock.setTimeout(f, 1);`;
  expect(useProblems(readSource('packages/store/src/a.ts', allowed))).toEqual([]);
});

test('the console fetches in its data folder only', () => {
  expect(useProblems(readSource('packages/console/src/views/a.ts', 'await fetch(url)'))).toHaveLength(1);
  expect(useProblems(readSource('packages/console/src/data/a.ts', 'await fetch(url)'))).toEqual([]);
});

test('a file opens with a sentence on its job, after a #! line if there is one', () => {
  const problems = (code: string) => openingProblems(readSource('packages/store/src/a.ts', code)).length;
  expect(problems('/** Reads blocks. */\nexport {};')).toBe(0);
  expect(problems('#!/usr/bin/env node\n/**\n * Starts the program.\n */')).toBe(0);
  expect(problems('/* Reads blocks. */')).toBe(1);
  expect(problems('/** blocks */')).toBe(1);
  expect(problems('import "./b.ts";\n/** Reads blocks. */')).toBe(1);
  expect(openingProblems(readSource('packages/store/src/a.test.ts', ''))).toEqual([]);
});

test('folders are named after what is inside', () => {
  expect(folderProblems(['packages/store/src/utils/a.ts', 'packages/store/src/blocks/b.ts'])).toHaveLength(1);
});

test('what a room exports is documented where it is defined', () => {
  const sourcesOf = (files: Record<string, string>) =>
    new Map(Object.entries(files).map(([name, code]) => [`packages/x/src/${name}`, readSource(`packages/x/src/${name}`, code)]));
  const a = `/** One. */\nexport const one = 1;\nexport type One = typeof one;\n\nexport const two = 2;\n/** Three. */\nfunction three() {}\nexport { three };`;
  const sources = sourcesOf({
    'index.ts': `export { one, type One, two as zwei, three } from './a.ts'; export * from './b.ts'; export { gone } from './b.ts';`,
    'a.ts': a,
    'b.ts': `export interface Bare {}`,
  });
  const found = exportProblems(sources);
  expect(found.exports).toBe(6);
  expect(found.problems.map((problem) => problem.replace(/.*?: /, ''))).toEqual([
    'zwei is exported from the room and has no doc comment',
    'Bare is exported from the room and has no doc comment',
    expect.stringContaining('gone: its declaration was not found'),
  ]);
});
