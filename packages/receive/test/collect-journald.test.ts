/** Reading the systemd journal, through a program that shows entries as journalctl does. */

import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectJob, CollectSource } from '../src/collect/collect-config.ts';
import { compilePattern } from '@atalaya/model';
import { CollectRun, jobOf, joiningPipeline, pause } from './support/collect-run.ts';

let folder: string;
let runs: CollectRun[];
let count: number;

beforeEach(() => {
  folder = mkdtempSync('/tmp/atalaya-journald-');
  runs = [];
  count = 0;
  const program = join(import.meta.dirname, 'support/fake-journalctl.mjs');
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\nexec ${process.execPath} ${program} ${join(folder, 'entries')} "$@"\n`);
  chmodSync(join(folder, 'journalctl'), 0o755);
});
afterEach(async () => {
  for (const run of runs) await run.stop();
  for (const run of runs) rmSync(run.folder, { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

const JOURNAL: CollectSource = {
  kind: 'journal',
  path: '',
  maxAgeMs: 3_600_000,
  json: false,
  matches: [],
  labels: { job: 'systemd-journal' },
};

async function start(job: Partial<CollectJob> = {}, source: Partial<typeof JOURNAL> = {}, former?: string): Promise<CollectRun> {
  const run = await CollectRun.start([jobOf({ ...JOURNAL, ...source } as CollectSource, job)], former, {
    journalctl: join(folder, 'journalctl'),
  });
  runs.push(run);
  return run;
}

/** Appends an entry; gives its time in microseconds. */
function log(fields: Record<string, unknown>, microseconds = Date.now() * 1000 + count): number {
  const entry = {
    __CURSOR: `s=abc;i=${++count}`,
    __REALTIME_TIMESTAMP: String(microseconds),
    __MONOTONIC_TIMESTAMP: '1',
    _HOSTNAME: 'machine',
    _SYSTEMD_UNIT: 'ssh.service',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '42',
    PRIORITY: '6',
    ...fields,
  };
  appendFileSync(join(folder, 'entries'), `${JSON.stringify(entry)}\n`);
  return microseconds;
}

const calls = (): string[][] =>
  readFileSync(join(folder, 'entries.calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

describe('the systemd journal', () => {
  it('gives lines with unit and host as labels, priority as level, and the time that they were logged', async () => {
    log({ MESSAGE: 'too old' }, (Date.now() - 7_200_000) * 1000);
    const time = log({ MESSAGE: 'Accepted publickey', PRIORITY: '3' });
    const run = await start();
    const [line] = await run.until(1);
    expect(line).toMatchObject({
      body: 'Accepted publickey',
      labels: { job: 'systemd-journal', unit: 'ssh.service', host: 'machine' },
      timestamp: BigInt(time) * 1000n,
      level: 'error',
      attributes: ['level', 'error', 'syslog_identifier', 'sshd', 'pid', '42'],
    });
  });

  it('takes bytes for text, several values for lines, and passes over entries without a message', async () => {
    log({ MESSAGE: [...Buffer.from('binary \u0001 grüß')] });
    log({ MESSAGE: null });
    log({ MESSAGE: ['first', [...Buffer.from('second')]] });
    appendFileSync(join(folder, 'entries'), '{"__CURSOR":"s=abc;i=no time"}\n');
    log({ MESSAGE: 'last' });
    const run = await start();
    expect((await run.until(3)).map(({ body }) => body)).toEqual(['binary \u0001 grüß', 'first\nsecond', 'last']);
  });

  it('relabels each entry by its fields', async () => {
    log({ MESSAGE: 'kept', PRIORITY: '4' });
    log({ MESSAGE: 'dropped', _SYSTEMD_UNIT: 'cron.service' });
    log({ MESSAGE: 'kept too', PRIORITY: '2' });
    const rule = { separator: ';', modulus: 0, replacement: '$1', targetLabel: '' };
    const run = await start({
      relabelConfigs: [
        { ...rule, action: 'drop', sourceLabels: ['__journal__systemd_unit'], regex: compilePattern('cron.*') },
        {
          ...rule,
          action: 'replace',
          sourceLabels: ['__journal_priority_keyword'],
          regex: compilePattern('(.*)'),
          targetLabel: 'severity',
        },
      ],
    });
    const lines = await run.until(2);
    expect(lines.map(({ body, labels }) => [body, labels['severity'], labels['unit']])).toEqual([
      ['kept', 'warning', undefined],
      ['kept too', 'crit', undefined],
    ]);
  });

  it('hands folder and matches on, and gives whole entries where they are wanted', async () => {
    log({ MESSAGE: 'no' });
    log({ MESSAGE: 'yes', _SYSTEMD_UNIT: 'nginx.service' });
    const run = await start({}, { path: '/var/log/journal', matches: ['_SYSTEMD_UNIT=nginx.service'], json: true });
    const [line] = await run.until(1);
    expect(JSON.parse(line?.body ?? '')).toMatchObject({ MESSAGE: 'yes', _PID: '42' });
    expect(calls()[0]).toEqual(expect.arrayContaining(['--directory=/var/log/journal', '_SYSTEMD_UNIT=nginx.service']));
  });

  it('goes on behind the last entry after the program ended, its own and ours, with every entry once', async () => {
    let run = await start();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 20; i++) log({ MESSAGE: `${round * 40 + i}` });
      appendFileSync(join(folder, 'entries'), 'EXIT\n');
      for (let i = 20; i < 40; i++) log({ MESSAGE: `${round * 40 + i}` });
      await run.until(round * 40 + 10 + round * 5);
      runs = [];
      run = await start({}, {}, await run.crash());
    }
    const bodies = (await run.until(120)).map(({ body }) => body);
    expect(bodies).toEqual(Array.from({ length: 120 }, (_, i) => `${i}`));
    expect(
      calls()
        .at(-1)
        ?.find((option) => option.startsWith('--after-cursor=')),
    ).toBeDefined();
  });

  it('reads entries again that a pipeline held back', async () => {
    for (const MESSAGE of ['error', ' at a', 'next', ' more']) log({ MESSAGE });
    const pipeline = () => joiningPipeline(60_000);
    const run = await start({ pipeline });
    await run.until(1);
    runs = [];
    const next = await start({ pipeline }, {}, await run.crash());
    log({ MESSAGE: 'last' });
    expect((await next.until(2)).map(({ body }) => body)).toEqual(['error\n at a', 'next\n more']);
  });

  it('says what is wrong when the program cannot be started, and goes on when it can', async () => {
    const run = await CollectRun.start([jobOf(JOURNAL)], undefined, { journalctl: join(folder, 'nothing') });
    runs.push(run);
    while (run.collector.targets()[0]?.state !== 'failed') await pause(10);
    expect(run.collector.targets()[0]?.lastError).toContain('ENOENT');
    writeFileSync(join(folder, 'nothing'), readFileSync(join(folder, 'journalctl')), { mode: 0o755 });
    log({ MESSAGE: 'there' });
    expect((await run.until(1)).map(({ body }) => body)).toEqual(['there']);
  });
});
