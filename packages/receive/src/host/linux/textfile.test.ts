import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fixtureHost } from '../fixture-tree.ts';
import { parseTextfile, textfile } from './textfile.ts';

const folder = mkdtempSync(join(tmpdir(), 'host-textfile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), 1_700_000_000, 1_700_000_000);
}

test('a histogram is one family with its series', () => {
  const families = parseTextfile('# TYPE h histogram\nh_bucket{le="+Inf"} 3\nh_sum 1.5\nh_count 3\nother_count 1\n');
  expect([...families.keys()]).toEqual(['h', 'other_count']);
  expect(families.get('h')?.samples).toHaveLength(3);
});

test.each(['half a line {', 'name{a="b} 1', 'name', 'name one', '1name 1', 'name 1 1700000000000', 'name{a="b" c="d"} 1'])(
  'the line %j is refused',
  (line) => {
    expect(() => parseTextfile(`${line}\n`)).toThrow(line);
  },
);

test('good files are part of the round, a bad one is an error and leaves the others be', async () => {
  put('a.prom', '# HELP job_done When it ended.\n# TYPE job_done gauge\njob_done{job="x"} 1.5e9\n');
  put('b.prom', '# HELP job_done Otherwise said.\n# TYPE job_done gauge\njob_done{job="y", } 2\nplain +Inf\n');
  put('c.prom', 'broken\n');
  put('d.prom', '# TYPE job_done counter\njob_done 1\n');
  put('ignored.txt', 'ignored 1\n');
  const text = (await textfile(fixtureHost({}, { textfileDirectory: folder }))()).render();
  expect(text).toContain('# HELP job_done When it ended.\n# TYPE job_done gauge\njob_done{job="x"} 1.5e9\njob_done{job="y", } 2\n');
  expect(text).toContain(`# HELP plain Metric read from ${folder}/b.prom\n# TYPE plain untyped\nplain +Inf\n`);
  expect(text).toContain(`node_textfile_mtime_seconds{file="${folder}/a.prom"} 1700000000\n`);
  expect(text).toContain('node_textfile_scrape_error 1\n');
  expect(text).not.toMatch(/ignored|broken|c\.prom|d\.prom/);
});

test('without a folder there is no error; with one that is missing there is', async () => {
  expect((await textfile(fixtureHost())()).render()).toContain('node_textfile_scrape_error 0\n');
  const missing = fixtureHost({}, { textfileDirectory: join(folder, 'missing') });
  expect((await textfile(missing)()).render()).toContain('node_textfile_scrape_error 1\n');
});
