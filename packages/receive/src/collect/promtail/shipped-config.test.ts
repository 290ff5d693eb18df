/** The configuration that Atalaya comes with: it has nothing to warn of, its examples work, and it understands PostgreSQL. */

import { readFileSync } from 'node:fs';
import { ManualClock } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { CollectedEntry } from '../entry.ts';
import { StageMetrics } from './metrics/stage-metrics.ts';
import { parsePromtailConfig } from './parse.ts';

const shipped = readFileSync(new URL('../../../../../config/promtail-config.yml', import.meta.url), 'utf8');

function parse(text: string, environment: Record<string, string> = {}) {
  const clock = new ManualClock();
  return parsePromtailConfig(text, { file: 'promtail-config.yml', directory: '/', clock, metrics: new StageMetrics(clock), environment });
}

/** What comes of lines of PostgreSQL. */
function collect(
  lines: readonly string[],
  filename = '/var/log/postgresql/postgresql-15-main.log',
  environment?: Record<string, string>,
): CollectedEntry[] {
  const pipeline = parse(shipped, environment)
    .config.jobs.find(({ name }) => name === 'postgresql')
    ?.pipeline();
  const out: CollectedEntry[] = [];
  for (const line of lines) {
    const labels = new Map([
      ['job', 'postgresql'],
      ['filename', filename],
    ]);
    pipeline?.process({ labels, attributes: new Map(), timestamp: 0n, line }, (entry) => out.push(entry));
  }
  pipeline?.flush((entry) => out.push(entry));
  return out;
}
const shown = ({ labels, attributes, line }: CollectedEntry) => ({ level: labels.get('level'), line, ...Object.fromEntries(attributes) });

describe('the shipped configuration', () => {
  it('is read without warnings', () => {
    expect(parse(shipped)).toMatchObject({ warnings: [], config: { jobs: [{ name: 'postgresql' }] } });
  });

  it('has examples that work once their comment signs are gone', () => {
    const { config, warnings } = parse(shipped.replaceAll(/^ {2}# (?=- job_name| {2,})/gm, '  '));
    expect(config.jobs.map(({ name, source }) => `${name}: ${source.kind}`)).toEqual([
      'postgresql: files',
      'app: files',
      'docker: docker',
      'syslog: syslog',
    ]);
    expect(warnings).toEqual([]);
  });
});

describe('PostgreSQL', () => {
  const prefix = '2026-11-22 09:10:22.123 UTC [4242]';

  it('with Debian’s prefix', () => {
    const entries = collect([
      `${prefix} LOG:  database system is ready to accept connections`,
      `${prefix} ann@shop LOG:  duration: 150.250 ms  statement: SELECT *`,
      '\tFROM orders',
      '\tWHERE id = 1;',
      `${prefix} ann@shop LOG:  statement: BEGIN;`,
      `${prefix} ann@shop LOG:  duration: 0.033 ms`,
      `${prefix} ann@shop ERROR:  relation "x" does not exist at character 15`,
      `${prefix} ann@shop HINT:  look again`,
      `${prefix} ann@shop STATEMENT:  select *`,
      '\tfrom x',
      `${prefix} ann@shop FATAL:  terminating connection due to administrator command`,
      `${prefix} [unknown]@[unknown] LOG:  connection received: host=[local]`,
    ]);
    expect(entries.map(shown)).toMatchObject([
      { level: 'info', severity: 'LOG', pid: '4242', line: `${prefix} LOG:  database system is ready to accept connections` },
      {
        level: 'info',
        user: 'ann',
        database: 'shop',
        duration_ms: '150.250',
        slow: 'true',
        statement: 'SELECT *\nFROM orders\nWHERE id = 1;',
        line: `${prefix} ann@shop LOG:  duration: 150.250 ms  statement: SELECT *\n\tFROM orders\n\tWHERE id = 1;`,
      },
      { statement: 'BEGIN;' },
      { duration_ms: '0.033' },
      { level: 'error', severity: 'ERROR', statement: 'select *\nfrom x', line: expect.stringContaining('HINT:  look again') as string },
      { level: 'fatal' },
      { level: 'info', user: '[unknown]' },
    ]);
    expect(entries.map(({ attributes }) => attributes.get('slow'))).toEqual([undefined, 'true', ...Array.from({ length: 5 })]);
    expect(new Set(entries.map(({ timestamp }) => timestamp))).toEqual(
      new Set([BigInt(Date.UTC(2026, 10, 22, 9, 10, 22, 123)) * 1_000_000n]),
    );
  });

  it('with the recommended prefix', () => {
    const session = `${prefix} user=ann,db=shop,app=psql - a, b,client=10.0.0.5`;
    expect(
      collect([
        `${session} LOG:  duration: 99.9 ms  execute <unnamed>: SELECT $1::int`,
        `${session} DETAIL:  parameters: $1 = '5'`,
        `${session} LOG:  duration: 3.1 ms  bind S_1: SELECT 2`,
        `${session} WARNING:  there is no transaction in progress`,
        `${prefix} LOG:  checkpoint starting: time`,
      ]).map(shown),
    ).toMatchObject([
      { user: 'ann', database: 'shop', application: 'psql - a, b', client: '10.0.0.5', duration_ms: '99.9', statement: 'SELECT $1::int' },
      { duration_ms: '3.1', statement: 'SELECT 2' },
      { level: 'warn', severity: 'WARNING' },
      { level: 'info', pid: '4242' },
    ]);
  });

  it('as JSON', () => {
    const record = {
      timestamp: '2026-11-22 09:10:22.123 UTC',
      user: 'ann',
      dbname: 'shop',
      pid: 7,
      remote_host: '[local]',
      error_severity: 'LOG',
      message: 'duration: 1500.000 ms  statement: SELECT 1;\n\tSELECT 2;',
      application_name: 'psql',
    };
    const error = { ...record, error_severity: 'ERROR', message: 'division by zero', statement: 'SELECT 1/0\n\t-- as it is' };
    const entries = collect([JSON.stringify(record), JSON.stringify(error)], '/var/log/postgresql/postgresql-15-main.json');
    expect(entries.map(shown)).toMatchObject([
      { level: 'info', user: 'ann', database: 'shop', pid: '7', duration_ms: '1500.000', slow: 'true', line: JSON.stringify(record) },
      { level: 'error', statement: 'SELECT 1/0\n\t-- as it is', application: 'psql' },
    ]);
    expect(entries[0]?.timestamp).toBe(BigInt(Date.UTC(2026, 10, 22, 9, 10, 22, 123)) * 1_000_000n);
  });

  it('calls slow what the environment says', () => {
    const lines = [`${prefix} a@b LOG:  duration: 30.5 ms  statement: SELECT 1`];
    const slow = (environment?: Record<string, string>) => collect(lines, undefined, environment)[0]?.attributes.get('slow');
    expect([slow(), slow({ POSTGRESQL_SLOW_MS: '30' }), slow({ POSTGRESQL_SLOW_MS: '31' })]).toEqual([undefined, 'true', undefined]);
  });
});
