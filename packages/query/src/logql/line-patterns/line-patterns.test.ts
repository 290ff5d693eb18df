import { parseLogql } from '@atalaya/lang';
import type { LogLevel } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import type { LineBlock, LineCounts, LogReader } from '../log-reader.ts';
import { Clusters } from './clusters.ts';
import { type LinePatterns, linePatterns } from './line-patterns.ts';
import { patternText } from './pattern-text.ts';

function patternsOf(lines: readonly string[], clusters = 1000): [number, string][] {
  const gathered = new Clusters({ clusters });
  for (const line of lines) gathered.add(line, 0);
  return [...gathered.all].sort((a, b) => b.lines - a.lines).map((cluster) => [cluster.lines, patternText(cluster)]);
}

/** Whether a line fulfils a pattern: its texts occur in their order, from the begin of the line to its end. */
function fulfils(line: string, pattern: string): boolean {
  const texts = pattern.split('<_>').map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${texts.join('[^]*')}$`).test(line);
}

const MESSAGES: Record<string, { lines: string[]; patterns: string[] }> = {
  'logfmt of a Go program': {
    lines: [
      'ts=2024-03-30T23:03:40Z caller=grpc.go:66 level=info method=/cortex.Ingester/Push duration=200ms msg=gRPC',
      'ts=2024-03-30T23:03:41Z caller=grpc.go:66 level=info method=/cortex.Ingester/Push duration=1.5s msg=gRPC',
      'ts=2024-03-30T23:03:42Z caller=db.go:12 level=error msg="connection to 10.0.0.3:5432 lost" attempt=1',
      'ts=2024-03-30T23:03:43Z caller=db.go:12 level=error msg="connection to 10.0.0.9:5432 lost" attempt=2',
    ],
    patterns: [
      'ts=<_> caller=grpc.go:66 level=info method=/cortex.Ingester/Push duration=<_> msg=gRPC',
      'ts=<_> caller=db.go:12 level=error msg="connection to <_> lost" attempt=<_>',
    ],
  },
  'access log': {
    lines: [
      '10.0.0.7 - - [10/Oct/2000:13:55:36 -0700] "GET /users/17?tab=a HTTP/1.1" 200 2326 "-" "curl/7.88.1"',
      '10.0.0.9 - - [10/Oct/2000:13:55:37 -0700] "GET /users/4 HTTP/1.1" 404 12 "-" "curl/7.88.1"',
    ],
    patterns: ['<_> - - [<_> -0700] "GET <_> HTTP/1.1" <_> "-" "curl/7.88.1"'],
  },
  JSON: {
    lines: [
      '{"level":"info","msg":"user logged in","user":"alice","ms":12}',
      '{"level":"info","msg":"user logged in","user":"bob","ms":7}',
      '{"level":"info","msg":"cache miss for users","user":"bob","ms":7}',
    ],
    patterns: [
      '{"level":"info","msg":"user logged in","user":"<_>","ms":<_>}',
      '{"level":"info","msg":"cache miss for users","user":"bob","ms":<_>}',
    ],
  },
  'stack traces, of which the first row counts': {
    lines: ['Job 17 failed\njava.lang.Error\n\tat x', 'Job 18 failed\njava.io.IOException', 'Job 19 failed'],
    patterns: ['Job <_> failed<_>'],
  },
  'first words that are variables': {
    lines: Array.from(
      { length: 40 },
      (_, i) => `user-${'abcdefghijklmnopqrstuvwxyz'.charAt(i % 26)}${'xyz'.charAt(i % 3)} signed in from the office`,
    ),
    patterns: [],
  },
  'words that would be captures': { lines: ['tag <b> is open', 'tag <i> is open'], patterns: ['tag <_> is open'] },
  'different messages of the same length': {
    lines: ['server is starting now', 'disk is full again'],
    patterns: ['server is starting now', 'disk is full again'],
  },
  'a single line shows its values as such': { lines: ['took 35ms for 0x1f at 10.0.0.1'], patterns: ['took <_> for <_> at <_>'] },
};

describe('lines of one message', () => {
  test.each(Object.entries(MESSAGES))('%s', (_name, { lines, patterns }) => {
    const found = patternsOf(lines).map(([, pattern]) => pattern);
    expect(found.slice(0, patterns.length)).toEqual(patterns);
    expect(lines.filter((line) => !found.some((pattern) => fulfils(line, pattern)))).toEqual([]);
    for (const pattern of found) expect(() => parseLogql(`{a="b"} |> ${JSON.stringify(pattern)}`)).not.toThrow();
  });

  test('too many first words share one group', () => {
    const found = patternsOf(
      Array.from(
        { length: 200 },
        (_, i) => `${'abcdefghij'.charAt(i % 10)}${'klmnopqrst'.charAt(Math.floor(i / 10) % 10)} did log in today`,
      ),
    );
    expect(found.length).toBeLessThan(40);
    expect(found[0]?.[1]).toBe('<_> did log in today');
  });

  test('a line of a hostile length and a flood of shapes stay within bounds', () => {
    expect(patternsOf([`${'word '.repeat(100_000)}end`])[0]?.[1]).toMatch(/^word (?:word )*<_>$/);
    const gathered = new Clusters({ clusters: 50 });
    for (let i = 0; i < 500; i++) gathered.add('a('.repeat(i + 1), 0);
    expect([gathered.all.length, gathered.leftOver]).toEqual([50, 450]);
  });
});

const SECOND = 1_000_000_000n;

/** A reader over lines, oldest first. */
function readerOf(lines: readonly { readonly at: bigint; readonly text: string; readonly level?: LogLevel }[]): LogReader {
  return {
    cost: { linesRead: 0, bytesRead: 0 },
    async *lines({ start, end }) {
      const rows = lines.filter(({ at }) => at >= start && at < end);
      for (let from = 0; from < rows.length; from += 7) {
        const some = rows.slice(from, from + 7);
        const block: LineBlock = {
          rows: some.length,
          streams: [{ labels: ['app', 'x'] }],
          streamOf: new Uint32Array(some.length),
          timestamps: BigInt64Array.from(some, ({ at }) => at),
          line: (row) => (some[row] as (typeof some)[0]).text,
          lineBytes: (row) => (some[row] as (typeof some)[0]).text.length,
          attributes: () => [],
          level: (row) => some[row]?.level ?? 'unknown',
        };
        yield block;
      }
    },
    async counts({ origin, width, buckets }): Promise<LineCounts> {
      const counts = new Float64Array(buckets);
      for (const { at } of lines) {
        const bucket = Number((at - origin - 1n) / width);
        if (at > origin && bucket < buckets) counts[bucket] = (counts[bucket] as number) + 1;
      }
      return { lines: lines.length, groups: [{ labels: [], buckets: Uint32Array.from(counts.keys()), values: counts }] };
    },
  };
}

const signal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

async function ask(reader: LogReader, lines: number, end: bigint): Promise<LinePatterns> {
  return linePatterns(
    reader,
    { matchers: [], conditions: [], pipeline: undefined, discovered: false, start: 3n, end, step: 10n * SECOND, lines, patterns: 10 },
    signal,
  );
}

describe('patterns over time', () => {
  test('are counted in buckets that begin at multiples of the step, by level', async () => {
    const at = (seconds: number): bigint => BigInt(seconds) * SECOND + 5n;
    const reader = readerOf([
      { at: at(1), text: 'job 1 done', level: 'info' },
      { at: at(9), text: 'job 2 done', level: 'info' },
      { at: at(10), text: 'job 3 done', level: 'info' },
      { at: at(31), text: 'job 4 done', level: 'error' },
    ]);
    expect(await ask(reader, 100, 40n * SECOND)).toEqual({
      patterns: [
        {
          pattern: 'job <_> done',
          level: 'info',
          lines: 3,
          samples: [
            [0, 2],
            [10, 1],
          ],
        },
        { pattern: 'job <_> done', level: 'error', lines: 1, samples: [[30, 1]] },
      ],
      linesSeen: 4,
      lines: 4,
    });
  });

  test('of more lines than may be read a sample stands for all', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => ({
      at: BigInt(i) * (SECOND / 10n) + 5n,
      text: i % 4 === 0 ? `disk sda${i} is slow` : `request ${i} handled`,
    }));
    const { patterns, linesSeen, lines: all } = await ask(readerOf(lines), 1000, 2000n * SECOND);
    expect(all).toBe(20_000);
    expect(linesSeen).toBeLessThanOrEqual(1200);
    expect(patterns.map(({ pattern }) => pattern)).toEqual(['request <_> handled', 'disk <_> is slow']);
    const [often, rare] = patterns;
    expect(Math.abs((often?.lines ?? 0) - 15_000)).toBeLessThan(2500);
    expect(Math.abs((rare?.lines ?? 0) - 5000)).toBeLessThan(2500);
    expect(often?.samples).toHaveLength(200);
  });
});
