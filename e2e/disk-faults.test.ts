import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { requireProgram } from '../testing/programs.ts';
import { ask, discard, makeFolder, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { CLEAN, LedgerWriter, SERIES } from './ledger.ts';
import { sample, write } from './write.ts';

const noStrace = requireProgram('strace', 'apt-get install strace');
const now = (): number => Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000;

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});
async function start(...args: Parameters<typeof startAtalaya>): Promise<RunningAtalaya> {
  const program = await startAtalaya(...args);
  cleanUps.push(() => discard(program));
  return program;
}

test.skipIf(noStrace)('one fsync that fails: that request is 503 and not stored, the next are taken, nothing is lost', async () => {
  // strace counts calls per thread: one thread makes the count that of the process.
  const environment = { UV_THREADPOOL_SIZE: '1' };
  const first = await start({ environment });
  let url = first.url;
  const at = now();
  expect((await write(url, sample('fsync', at, 1))).status).toBe(204);

  const trace = path.join(first.folder, 'trace');
  const options = ['-f', '-o', trace, '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=1'];
  const strace = spawn('strace', [...options, '-p', String(first.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  cleanUps.push(() => void strace.kill('SIGKILL'));
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('attached')) await pause(10);

  const refused = await write(url, sample('fsync', at + 1000, 2));
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await refused.text()).toContain('the journal could not be written');
  expect((await write(url, sample('fsync', at + 2000, 3))).status).toBe(204);
  const writer = new LedgerWriter('eio', at, () => url);
  writer.begin();
  await writer.until(20);
  strace.kill('SIGINT');
  expect(readFileSync(trace, 'utf8').match(/EIO .*\(INJECTED\)/g)).toHaveLength(1);
  expect((await first.status()).journal).toMatchObject({ state: 'ok', fsyncErrors: 1 });

  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const second = await start({ folder: first.folder });
  url = second.url;
  await writer.stop();
  await loaded(second);
  expect(await writer.judge(url)).toMatchObject(CLEAN);
  const { result } = await ask<{ result: { values: [number, string][] }[] }>(url, '/api/v1/query', {
    query: 'fsync[1m]',
    time: String((at + 2000) / 1000),
  });
  expect(result[0]?.values.map(([, value]) => value)).toEqual(['1', '3']);
});

function mountSmallDisk(folder: string): boolean {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder], { encoding: 'utf8' });
  if (status !== 0 && process.env['CI'] === 'true') throw new Error(`no small disk to fill: ${stderr}`);
  return status === 0;
}

/** Takes all free space of the disk that a file lies on. */
function fill(file: string): void {
  const filler = openSync(file, 'w');
  for (let chunk = Buffer.alloc(1 << 20); chunk.length > 0;) {
    try {
      writeSync(filler, chunk);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      chunk = chunk.subarray(0, chunk.length >> 1);
    }
  }
  closeSync(filler);
}

test('a full disk: writes are 503, reads go on, readiness says why, and with space again all goes on by itself', async ({ skip }) => {
  const folder = makeFolder();
  const mounted = mountSmallDisk(folder);
  skip(!mounted, 'a small disk cannot be mounted here: run it as root');
  const program = await start({ folder });
  cleanUps.push(() => void spawnSync('umount', ['--lazy', folder]));
  const at = now();
  const series = async (): Promise<number> => {
    const time = String(at / 1000);
    return (await ask<{ result: unknown[] }>(program.url, '/api/v1/query', { query: 'ledger_value', time })).result.length;
  };
  const writer = new LedgerWriter('full', at, () => program.url);
  writer.begin();
  while ((await series()) < SERIES) await pause(50);

  const filler = path.join(folder, 'filler');
  fill(filler);
  while (writer.repeated < 5) await pause(10);
  const refused = await write(program.url, sample('full', at, 1));
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await refused.text()).toContain('the journal cannot take more');
  const ready = await fetch(`${program.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    dependencies: [{ name: 'journal', up: false, message: expect.stringContaining('full') }, {}],
  });
  expect(await series()).toBe(SERIES);

  const before = writer.acknowledgedSteps;
  rmSync(filler);
  await writer.until(before + 20);
  await program.waitReady();
  await writer.stop();
  expect([...writer.answers.keys()].toSorted((a, b) => a - b)).toEqual([204, 503]);
  await loaded(program);
  expect(await writer.judge(program.url)).toMatchObject(CLEAN);
  expect((await program.status()).engine.restarts).toBe(0);
});
