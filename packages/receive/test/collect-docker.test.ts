/** Reading the output of containers from a daemon that comes, goes and starts again. */

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '@atalaya/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectJob, CollectSource } from '../src/collect/collect-config.ts';
import { CollectRun, jobOf, joiningPipeline, pause } from './support/collect-run.ts';
import { FakeContainer, FakeDocker } from './support/fake-docker.ts';

let folder: string;
let docker: FakeDocker;
let runs: CollectRun[];

beforeEach(async () => {
  folder = mkdtempSync('/tmp/atalaya-docker-');
  docker = new FakeDocker();
  runs = [];
  await docker.listen(join(folder, 'docker.sock'));
});
afterEach(async () => {
  for (const run of runs) await run.stop();
  for (const run of runs) rmSync(run.folder, { recursive: true, force: true });
  await docker.stop();
  rmSync(folder, { recursive: true });
});

async function start(job: Partial<CollectJob> = {}, more: object = {}, former?: string): Promise<CollectRun> {
  const source: CollectSource = {
    kind: 'docker',
    host: `unix://${join(folder, 'docker.sock')}`,
    refreshMs: 50,
    filters: [],
    labels: { job: 'docker' },
  };
  const run = await CollectRun.start([jobOf({ ...source, ...more }, job)], former);
  runs.push(run);
  return run;
}

const hex = (digit: string): string => digit.repeat(64);

describe('containers', () => {
  it('give their lines with name, image, service, stream and the time of the line', async () => {
    const labels = { 'com.docker.compose.service': 'web', 'com.docker.compose.project': 'shop' };
    const web = docker.start(new FakeContainer(hex('a'), 'shop-web-1', { labels }));
    web.write('hello\n', 1, 1_795_000_000_123_456_789n);
    web.write('trouble\n', 2);
    const lines = await (await start()).until(2);
    expect(lines[0]).toMatchObject({
      body: 'hello',
      timestamp: 1_795_000_000_123_456_789n,
      labels: {
        job: 'docker',
        container_name: 'shop-web-1',
        container_id: 'aaaaaaaaaaaa',
        image: 'nginx:1.27',
        compose_service: 'web',
        compose_project: 'shop',
        stream: 'stdout',
      },
    });
    expect(lines[1]).toMatchObject({ body: 'trouble', labels: { stream: 'stderr' } });
  });

  it('may have a terminal, and lines in parts', async () => {
    const terminal = docker.start(new FakeContainer(hex('a'), 'terminal', { terminal: true }));
    const long = docker.start(new FakeContainer(hex('b'), 'long'));
    const run = await start();
    terminal.write('raw\n');
    long.write('x'.repeat(16_384));
    long.write('y\n');
    expect((await run.until(2)).map(({ body }) => body).sort()).toEqual(['raw', `${'x'.repeat(16_384)}y`]);
  });

  it('are found when they start, read to their end, and let go when they are gone', async () => {
    const run = await start({}, { refreshMs: 3_600_000 });
    await pause(50);
    const quick = docker.start(new FakeContainer(hex('c'), 'quick'));
    quick.write('one\n');
    quick.write('no end');
    docker.end(quick);
    expect((await run.until(2)).map(({ body }) => body)).toEqual(['one', 'no end']);
    docker.remove(quick);
    while (run.bookmarks.entries('docker:').length > 0) await pause(10);
    expect(run.collector.targets().filter(({ state }) => state !== 'done')).toEqual([]);
  });

  it('are chosen by filters and relabelling, which the streams go through apart', async () => {
    for (const [digit, name] of [
      ['a', 'wanted'],
      ['b', 'other'],
    ] as const) {
      const container = docker.start(new FakeContainer(hex(digit), name));
      container.write('out\n');
      container.write('err\n', 2);
    }
    const rule = { separator: ';', modulus: 0, replacement: '$1', targetLabel: '' };
    const relabelConfigs = [
      { ...rule, action: 'keep' as const, sourceLabels: ['__meta_docker_container_log_stream'], regex: compilePattern('stderr') },
      {
        ...rule,
        action: 'replace' as const,
        sourceLabels: ['__meta_docker_container_name'],
        regex: compilePattern('/(.*)'),
        targetLabel: 'container',
      },
    ];
    const run = await start({ relabelConfigs }, { filters: [{ name: 'name', values: ['wanted'] }] });
    const lines = await run.until(1);
    await pause(100);
    expect((await run.lines()).length).toBe(1);
    expect(lines[0]).toMatchObject({ body: 'err', labels: { job: 'docker', container: 'wanted' } });
  });

  it('go on when the daemon is back, and when this program is, with every line once', async () => {
    const containers = ['a', 'b'].map((digit) => docker.start(new FakeContainer(hex(digit), `c${digit}`)));
    let run = await start();
    let written = 0;
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 50; i++) {
        // Several lines at the same time, and streams that are stamped out of order.
        const time = BigInt(Date.now()) * 1_000_000n - (i % 2 === 0 ? 5_000_000n : 0n);
        for (const container of containers) container.write(`line ${written++}\n`, i % 2 === 0 ? 1 : 2, time);
        if (i === 25 && round % 2 === 1) {
          await docker.stop();
          rmSync(join(folder, 'docker.sock'), { force: true });
          await docker.listen(join(folder, 'docker.sock'));
        }
      }
      if (round % 2 === 0) {
        await run.until(written - 60);
        runs = [];
        run = await start({}, {}, await run.crash());
      }
    }
    const numbers = (await run.until(written)).map(({ body }) => Number(body.slice(5)));
    await pause(100);
    expect((await run.lines()).length).toBe(written);
    expect(new Set(numbers).size).toBe(written);
  });

  it('read lines again that a pipeline held back', async () => {
    const container = docker.start(new FakeContainer(hex('a'), 'java'));
    const pipeline = () => joiningPipeline(60_000);
    for (const text of ['error\n', ' at a\n', 'next\n', ' more\n']) container.write(text);
    const run = await start({ pipeline });
    await run.until(1);
    runs = [];
    const next = await start({ pipeline }, {}, await run.crash());
    container.write('last\n');
    expect((await next.until(2)).map(({ body }) => body)).toEqual(['error\n at a', 'next\n more']);
  });

  it('say what is wrong where Docker is not, and are read when it is', async () => {
    await docker.stop();
    rmSync(join(folder, 'docker.sock'), { force: true });
    const run = await start();
    while (run.collector.targets()[0]?.lastError === undefined) await pause(10);
    expect(run.collector.targets()[0]).toMatchObject({ state: 'failed', lastError: 'Docker is not running there (ENOENT)' });
    await docker.listen(join(folder, 'docker.sock'));
    docker.start(new FakeContainer(hex('a'), 'late')).write('here\n');
    expect((await run.until(1)).map(({ body }) => body)).toEqual(['here']);
  });
});
