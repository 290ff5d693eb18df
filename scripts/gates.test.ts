import { expect, test } from 'vitest';
import { closingLine, verdict } from './check.mjs';
import { errorProblems, renderPage } from './docs/errors.mjs';
import { anchorsOf, linkProblems } from './docs/markdown.mjs';
import { architectureProblems, changelogProblems, missingPages, readmeProblems } from './docs/pages.mjs';
import { hostProblems } from './docs/registry-hosts.mjs';
import { complete, findProblems, platformOf } from './lockfile.mjs';
import { compareHatches, countHatches } from './ratchet.mjs';
import { judged } from './report.mjs';

test('a gate that saw nothing fails', () => {
  expect(judged({ name: 'x', seen: 0, what: 'files', problems: [] }).problems).toHaveLength(1);
  expect(judged({ name: 'x', seen: 1, what: 'files', problems: [] }).problems).toEqual([]);
  const gate = { name: 'x', command: 'x', args: [], count: /on (\d+) files/, what: 'files' };
  expect(verdict(gate, 0, 'on 0 files').ok).toBe(false);
  expect(verdict(gate, 0, '').ok).toBe(false);
  expect(verdict(gate, 1, 'on 3 files').ok).toBe(false);
  expect(verdict(gate, 0, 'on 3 files')).toEqual({ ok: true, seen: 3 });
});

test('the closing line counts what passed, failed and was skipped', () => {
  const result = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  expect(closingLine(result)).toBe('7 passed, 1 failed, 3 skipped');
});

test('links lead to files, folders and headings that exist', () => {
  const page =
    '# One two\n[a](docs/b.md#three-four) [b](docs) [c](#one-two) [d](https://example.org/x) `[no](link)`\n\n```\n[no](link)\n```\n';
  const pages = new Map([
    ['README.md', page],
    ['docs/b.md', '## Three, `four`\n[up](../README.md) ![p](x.png)\n[gone]: nowhere.md\n[h](../README.md#three)\n<img src="y.png">\n'],
  ]);
  const { links, problems } = linkProblems(pages, new Set(['README.md', 'docs/b.md']));
  expect(links).toBe(8);
  expect(problems).toEqual([
    'docs/b.md:2: x.png leads nowhere',
    'docs/b.md:3: nowhere.md leads nowhere',
    'docs/b.md:4: ../README.md#three: no such heading',
    'docs/b.md:5: y.png leads nowhere',
  ]);
});

test('anchors are made as GitHub makes them', () => {
  expect([...anchorsOf('# A `b` c!\n## A b c\n```\n# no\n```\n### Año 2\n')]).toEqual(['a-b-c', 'a-b-c-1', 'año-2']);
});

test('the architecture page names every room, and nothing that is not there', () => {
  const files = new Set(['packages/model/package.json', 'packages/store/package.json', 'packages/store/src/a.ts']);
  const text = '`packages/model`, `store`, `packages/store/src/a.ts`, `bench/`, `packages/store/src/gone/`, `npm start`';
  expect(architectureProblems(text, files).problems).toEqual([
    'ARCHITECTURE.md: `bench/` does not exist',
    'ARCHITECTURE.md: `packages/store/src/gone/` does not exist',
  ]);
  expect(architectureProblems('`store`', files).problems).toEqual(['ARCHITECTURE.md: room `model` is not on the map']);
  expect(architectureProblems('', new Set<string>()).problems).toEqual(['saw 0 rooms']);
});

test('pages that must be there, and what they must say', () => {
  expect(missingPages(new Set(['README.md']))).toContain('SECURITY.md is missing');
  expect(readmeProblems('npm start')).toHaveLength(2);
  expect(changelogProblems('## Unreleased\n\n- [FEATURE] New.\n')).toEqual([]);
  expect(changelogProblems('- New.\n- [NEWS] New.\n')).toHaveLength(3);
});

test('the error page follows the catalogue and keeps the advice', () => {
  const catalogue = {
    A_B: { status: 400, retry: false, type: 'bad_data', template: 'a | {reason}' },
    C: { status: 503, retry: true, type: 'unavailable', template: 'c' },
  };
  const first = renderPage(catalogue, '');
  expect(errorProblems(catalogue, first)).toEqual(
    ['A_B', 'C'].map((code) => `docs/reference/errors.md: ${code} says nothing on what to do`),
  );
  const advised = first.replaceAll(/\|\s+\|$/gm, '| Try. |');
  expect(errorProblems(catalogue, advised)).toEqual([]);
  expect(renderPage(catalogue, advised)).toBe(advised);
  const changed = { ...catalogue, C: { ...catalogue.C, status: 500 }, D: catalogue.C };
  expect(errorProblems(changed, advised)).toEqual([
    expect.stringContaining('C: status differs'),
    expect.stringContaining('D is in the catalogue and not on the page'),
  ]);
  expect(errorProblems({ C: catalogue.C }, advised)).toEqual([expect.stringContaining('A_B is on the page and not in the catalogue')]);
});

test('no file names the host of a package registry', () => {
  const host = ['registry', 'npmjs', 'org'].join('.');
  expect(hostProblems('a.json', `https://${host}/zod`)).toHaveLength(1);
  expect(hostProblems('a.json', 'zod')).toEqual([]);
});

test('a lockfile without some platform packages is completed, and names no registry', () => {
  const lock = {
    packages: {
      '': { version: '1' },
      'node_modules/tool': {
        version: '1.0.0',
        integrity: 'sha512-x',
        dev: true,
        optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', '@tool/win32-arm64': '1.0.0' },
      },
      'node_modules/@tool/win32-arm64': { version: '1.0.0', integrity: 'sha512-y', optional: true, resolved: 'https://example.org/x.tgz' },
    },
  };
  expect(findProblems(lock)).toEqual([
    'node_modules/@tool/win32-arm64: names a registry (resolved); .npmrc keeps that out',
    'node_modules/@tool/linux-x64-musl@1.0.0: missing',
  ]);
  const completed = complete(lock);
  expect(completed.added).toBe(1);
  expect(completed.lock.packages).toHaveProperty(['node_modules/@tool/linux-x64-musl'], {
    version: '1.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  expect(complete(completed.lock).added).toBe(0);
  expect(platformOf('@oxlint/binding-linux-arm-gnueabihf')).toEqual({ os: ['linux'], cpu: ['arm'], libc: ['glibc'] });
  expect(platformOf('@chdb/lib-darwin-arm64')).toEqual({ os: ['darwin'], cpu: ['arm64'] });
  expect(platformOf('zod')).toBeUndefined();
});

test('escape hatches are counted and may not become more', () => {
  const hatch = ['as', 'any'].join(' ');
  const counts = countHatches(
    new Map([
      ['packages/x/src/a.ts', `f(x ${hatch});\n`.repeat(301)],
      ['packages/x/src/a.test.ts', '\n'.repeat(999)],
    ]),
  );
  expect(counts).toMatchObject({ any: 301, 'files above 300 lines': 1 });
  expect(compareHatches({ a: 2 }, { a: 2 })).toEqual([]);
  expect(compareHatches({ a: 3 }, { a: 2 })).toHaveLength(1);
  expect(compareHatches({ a: 1 }, { a: 2 })).toHaveLength(1);
  expect(compareHatches({ a: 1 }, {})).toHaveLength(1);
});
