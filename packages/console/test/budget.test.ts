import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

import { buildConsole, DIST } from './support/build.ts';

/** What the brief allows for the first load, JavaScript after gzip. */
const BUDGET = 250 * 1000;
/** A page of queries with its editor and its language's parser, beyond the first load. */
const EDITOR_BUDGET = 220 * 1000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

/** All chunks that a chunk needs before it runs. */
function closure(manifest: Record<string, Chunk>, name: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const next of chunk.imports ?? []) closure(manifest, next, found);
  return found;
}

const sizeOf = (file: string) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;

beforeAll(buildConsole, 120_000);

test('the first load, Home included, stays within its budget', () => {
  const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const first = closure(manifest, 'index.html');
  closure(manifest, 'src/views/home/home.tsx', first);
  const scripts = [...first].filter((file) => file.endsWith('.js'));
  const total = scripts.reduce((sum, file) => sum + sizeOf(file), 0);
  const lazy = [
    'src/chart/time-chart.tsx',
    'src/views/metrics/metrics.tsx',
    'src/editor/promql-editor.tsx',
    'src/views/logs/logs.tsx',
    'src/views/logs/logql-form.tsx',
    'src/views/traces/traces.tsx',
    'src/views/traces/traceql-form.tsx',
    'src/views/traces/trace/trace.tsx',
    'src/views/traces/compare/compare.tsx',
    'src/views/targets/targets.tsx',
    'src/views/status/status.tsx',
    'src/i18n/es.ts',
  ].map((name) => {
    const added = [...closure(manifest, name)].filter((file) => !first.has(file) && file.endsWith('.js'));
    return `${name.replace(/^src\//, '')} +${(added.reduce((sum, file) => sum + sizeOf(file), 0) / 1000).toFixed(1)} kB`;
  });
  console.log(
    `first load ${(total / 1000).toFixed(1)} kB of ${BUDGET / 1000} kB gzip in ${scripts.length} files; lazy: ${lazy.join(', ')}`,
  );
  expect(scripts.length).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(BUDGET);
});

test('the schemas’ library is nowhere in the page, the parsers with their regular expressions only behind the pages of queries', () => {
  const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const scripts = new Set(
    Object.values(manifest)
      .map(({ file }) => file)
      .filter((file) => file.endsWith('.js')),
  );
  const holding = (pattern: RegExp) => [...scripts].filter((file) => pattern.test(readFileSync(join(DIST, file), 'utf8')));
  expect(holding(/ZodError/)).toEqual([]);
  // The parsers check them as the server does.
  const first = closure(manifest, 'index.html');
  closure(manifest, 'src/views/home/home.tsx', first);
  const parsers = holding(/RE2JSSyntaxException/);
  expect(parsers).toHaveLength(1);
  expect(parsers.filter((file) => first.has(file))).toEqual([]);
  for (const name of [
    'src/editor/promql-editor.tsx',
    'src/views/logs/logs.tsx',
    'src/views/logs/logql-form.tsx',
    'src/views/traces/traces.tsx',
    'src/views/traces/traceql-form.tsx',
  ]) {
    const own = [...closure(manifest, name)].filter((file) => !first.has(file) && file.endsWith('.js'));
    expect(own.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThanOrEqual(EDITOR_BUDGET);
  }
});

test('the page has no inline script and loads nothing from elsewhere', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});
