/** The log of a real PostgreSQL through the shipped pipeline: every statement arrives, whole and once, with what PostgreSQL says of it. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeFolder, type RunningAtalaya } from './atalaya.ts';
import { lacksPostgresql, type RunningPostgresql, startPostgresql } from './postgresql-program.ts';
import { programs } from './programs.ts';
import { askLoki, type StreamsData } from './push.ts';

const missing = lacksPostgresql();
const SHIPPED = readFileSync(path.resolve(import.meta.dirname, '../config/promtail-config.yml'), 'utf8');
const DEBIAN_PREFIX = '%m [%p] %q%u@%d ';
const RECOMMENDED_PREFIX = '%m [%p] %quser=%u,db=%d,app=%a,client=%h ';

const start = programs();
const running: RunningPostgresql[] = [];
afterEach(async () => {
  for (const postgresql of running.splice(0)) await postgresql.stop();
});

/** Both programs, the shipped configuration pointing at the log of the one. */
async function startBoth(settings: Readonly<Record<string, string>>, folder = makeFolder()) {
  const postgresql = await startPostgresql(folder, settings);
  running.push(postgresql);
  const promtail = SHIPPED.replaceAll('/var/log/postgresql/', `${postgresql.logFolder}/`);
  return { postgresql, atalaya: await start({ promtail, folder }), promtail, folder };
}

interface FoundLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

async function find({ url }: RunningAtalaya, query: string): Promise<FoundLine[]> {
  const { data } = await askLoki<StreamsData>(url, 'query_range', { query, since: '1h', limit: '5000', direction: 'forward' });
  return data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ labels: stream, line })));
}

/** Asks until there are so many lines; more than these fail the comparison behind it. */
async function findAll(atalaya: RunningAtalaya, query: string, count: number): Promise<FoundLine[]> {
  for (;;) {
    const found = await find(atalaya, query);
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Statements of a session, each with a mark of its own; every third goes over several lines. */
const statements = (session: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    index % 3 === 0
      ? `SELECT 'mark-${session}-${index}-',\n\t'ä "quoted"\n\nLOG:  no message'\n  AS text;`
      : `SELECT 'mark-${session}-${index}-';`,
  );

const SESSIONS = ['a', 'b', 'c', 'd'];
const marks = (count: number): string[] =>
  SESSIONS.flatMap((session) => Array.from({ length: count }, (_, index) => `mark-${session}-${index}-`));
const markOf = ({ line }: FoundLine): string => /mark-\w-\d+-/.exec(line)?.[0] ?? line;

describe.skipIf(missing)('PostgreSQL', () => {
  test('that logs all statements', { timeout: 120_000 }, async () => {
    const { postgresql, atalaya } = await startBoth({
      log_statement: 'all',
      log_min_duration_statement: '0',
      log_line_prefix: DEBIAN_PREFIX,
    });
    const count = 60;
    await Promise.all(SESSIONS.map((session) => postgresql.query(statements(session, count).join('\n'))));
    await postgresql.query('SELECT pg_sleep(0.15);\nSELECT * FROM nowhere_at_all;');

    const found = await findAll(atalaya, '{job="postgresql"} |= "mark-"', SESSIONS.length * count);
    expect(found.map(markOf).sort()).toEqual(marks(count).sort());
    for (const { line, labels } of found) {
      const [, , session = '', index = ''] = /mark-((\w)-(\d+))-/.exec(line) ?? [];
      const statement = statements(session, count)[Number(index)] as string;
      expect(labels).toMatchObject({
        job: 'postgresql',
        level: 'info',
        user: 'postgres',
        database: 'postgres',
        severity: 'LOG',
        statement,
      });
      // PostgreSQL puts a tab before each further line.
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC \[\d+\] postgres@postgres LOG: {2}statement: SELECT/);
      expect(line.replaceAll('\n\t', '\n').endsWith(statement)).toBe(true);
    }

    const slow = await findAll(atalaya, '{job="postgresql"} | slow="true"', 1);
    expect(slow).toHaveLength(1);
    expect(Number(slow[0]?.labels['duration_ms'])).toBeGreaterThan(149);
    // The statement stands in the entry before, of the same session.
    const [statement] = await findAll(atalaya, '{job="postgresql"} | statement="SELECT pg_sleep(0.15);"', 1);
    expect(statement?.labels['pid']).toBe(slow[0]?.labels['pid']);

    const [failed, ...others] = await findAll(atalaya, '{job="postgresql", level="error"}', 1);
    expect(others).toEqual([]);
    expect(failed?.labels).toMatchObject({ severity: 'ERROR', statement: 'SELECT * FROM nowhere_at_all;', user: 'postgres' });
    expect(failed?.line).toMatch(/ERROR: {2}relation "nowhere_at_all" does not exist.*\n.*STATEMENT: {2}SELECT \* FROM nowhere_at_all;$/);
  });

  test('that logs JSON', { timeout: 120_000 }, async () => {
    const { postgresql, atalaya } = await startBoth({ log_destination: 'jsonlog', log_min_duration_statement: '0' });
    const given = statements('j', 6);
    await postgresql.query(`${given.join('\n')}\nSELECT 1/0;\nSELECT pg_sleep(0.12);`);

    const found = await findAll(atalaya, '{job="postgresql"} |= "mark-j-"', given.length);
    expect(found).toHaveLength(given.length);
    expect(new Set(found.map(({ labels }) => labels['statement']))).toEqual(new Set(given));
    expect(found.every(({ labels }) => Number(labels['duration_ms']) > 0 && labels['application'] === 'psql')).toBe(true);
    expect(await findAll(atalaya, '{job="postgresql"} | slow="true"', 1)).toMatchObject([
      { labels: { statement: 'SELECT pg_sleep(0.12);' } },
    ]);
    const failed = await findAll(atalaya, '{job="postgresql", level="error"}', 1);
    expect(failed).toMatchObject([{ labels: { severity: 'ERROR', statement: 'SELECT 1/0;', database: 'postgres' } }]);
  });

  test('is asked as the guide says', { timeout: 120_000 }, async () => {
    const { postgresql, atalaya } = await startBoth({ log_min_duration_statement: '0', log_line_prefix: RECOMMENDED_PREFIX });
    await postgresql.query('SELECT pg_sleep(0.12);\nDROP TABLE IF EXISTS nothing;\nSELECT * FROM nowhere;');
    await findAll(atalaya, '{job="postgresql"} | slow="true" or level="error"', 2);
    const guide = readFileSync(path.resolve(import.meta.dirname, '../docs/guides/postgresql-logs.md'), 'utf8');
    const questions = (/```logql\n([^]*?)```/.exec(guide)?.[1] ?? '').replaceAll(/^#.*\n/gm, '').split(/\n\n+/);
    expect(questions.length).toBeGreaterThan(5);
    const results = await Promise.all(
      questions.map(async (question) => {
        const query = question.replace('pid="4242"', 'pid!=""');
        if (query.startsWith('{')) return (await find(atalaya, query)).length;
        const { data } = await askLoki<{ data: { result: unknown[] } }>(atalaya.url, 'query', { query });
        return data.result.length;
      }),
    );
    expect(questions.filter((_question, index) => results[index] === 0)).toEqual([]);
  });

  test('that logs durations with their statements, while Atalaya is killed', { timeout: 180_000 }, async () => {
    const folder = makeFolder();
    const both = await startBoth({ log_min_duration_statement: '0', log_line_prefix: RECOMMENDED_PREFIX }, folder);
    const { postgresql, promtail } = both;
    let { atalaya } = both;
    const rounds = 2;
    const perRound = 40;
    for (let round = 0; round < rounds; round++) {
      const writing = Promise.all(
        SESSIONS.map((session) =>
          postgresql.query(
            statements(session, rounds * perRound)
              .slice(round * perRound, (round + 1) * perRound)
              .join('\n'),
            {
              application_name: 'shop,one',
            },
          ),
        ),
      );
      await findAll(atalaya, '{job="postgresql"} |= "mark-"', round * perRound * SESSIONS.length + 1);
      await atalaya.kill('SIGKILL');
      await writing;
      atalaya = await start({ promtail, folder });
    }
    await postgresql.query('SELECT pg_sleep(0.15);');

    const found = await findAll(atalaya, '{job="postgresql"} |= "mark-"', SESSIONS.length * rounds * perRound);
    expect(found.map(markOf).sort()).toEqual(marks(rounds * perRound).sort());
    for (const { labels } of found) {
      expect(labels).toMatchObject({ user: 'postgres', database: 'postgres', application: 'shop,one', client: '127.0.0.1' });
      expect(Number(labels['duration_ms'])).toBeGreaterThan(0);
      expect(labels['statement']).toMatch(/^SELECT 'mark-/);
    }
    const slow = await findAll(atalaya, '{job="postgresql"} | slow="true" | statement=~".*pg_sleep.*"', 1);
    expect(slow).toMatchObject([{ labels: { statement: 'SELECT pg_sleep(0.15);' } }]);
  });
});
