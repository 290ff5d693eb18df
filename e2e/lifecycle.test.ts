import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask, makeFolder, pause } from './atalaya.ts';
import { CLEAN, LedgerWriter } from './ledger.ts';
import { loaded } from './crash-rounds.ts';
import { programs } from './programs.ts';

const CLI = path.resolve(import.meta.dirname, '../packages/server/src/cli.ts');

const start = programs();
const run = (...args: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', timeout: 20_000 });
const now = (): number => Math.floor(Date.now() / 1000) * 1000 - 600_000;

describe('the command line', () => {
  test('--help and --version', () => {
    expect(run('--help').stdout).toContain('--listen <host:port>');
    expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  test.each([
    [['--lisen', 'x'], /unknown option '--lisen'.*\n?.*--listen/],
    [['--listen', 'nonsense'], /"nonsense" is not an address; it takes HOST:PORT/],
    [['--listen', '0.0.0.0:0'], /no users yet.*--insecure/],
    [['--config', '/nowhere'], /no such file or folder/],
    [['surplus'], /too many arguments/],
  ])('%j ends with 2 and a sentence that helps', (args, message) => {
    const { status, stderr } = run(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test('a bad prometheus.yml is refused with its line before anything is opened', () => {
    const folder = makeFolder();
    writeFileSync(path.join(folder, 'prometheus.yml'), 'scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n');
    const { status, stderr } = run('--config', folder, '--data', path.join(folder, 'data'), '--listen', '127.0.0.1:0');
    expect(stderr).toMatch(/prometheus\.yml.*line 3.*scrape_intervall.*scrape_interval/s);
    expect(status).toBe(2);
    rmSync(folder, { recursive: true });
  });
});

describe('the running program', () => {
  test('answers at further addresses too, and does without one that is taken', async () => {
    const first = await start();
    const taken = new URL(first.url).host;
    const second = await start({ environment: { ATALAYA_LISTEN_ALSO: `127.0.0.1:0,${taken}` } });
    const { listeners } = await second.status();
    const [also, refused] = listeners.filter(({ setting }) => setting === 'listen_also');
    expect(also).toMatchObject({ name: 'HTTP', up: true });
    expect(refused).toMatchObject({ address: taken, up: false, message: 'another program listens there already; see listen_also' });
    for (const host of [new URL(second.url).host, also?.address]) {
      expect((await fetch(`http://${host}/health/live`)).status).toBe(200);
      expect((await fetch(`http://${host}/loki/api/v1/push`, { method: 'POST', body: '' })).status).toBe(415);
    }
  });

  test('starts without OTLP over gRPC when its port is taken, and says so', async () => {
    const first = await start();
    const address = (await first.status()).listeners.find(({ setting }) => setting === 'otlp.grpc_listen')?.address ?? '';
    const second = await start({ environment: { ATALAYA_OTLP_GRPC_LISTEN: address } });
    const { listeners } = await second.status();
    const message = 'another program listens there already; see otlp.grpc_listen';
    expect(listeners).toContainEqual({ name: 'OTLP over gRPC', setting: 'otlp.grpc_listen', address, up: false, message });
    expect(second.output()).toContain('OTLP over gRPC does not listen: its address cannot be had; everything else works');
    const third = await start({ environment: { ATALAYA_OTLP_GRPC_LISTEN: 'off' } });
    expect((await third.status()).listeners).toEqual([]);
  });

  test('a second start on the same data is refused and does not disturb the first', async () => {
    const first = await start();
    const second = run('--data', path.join(first.folder, 'data'), '--listen', '127.0.0.1:0', '--config', path.join(first.folder, 'config'));
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(String(first.pid));
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  test('SIGTERM under load drains, exits 0, and loses nothing', async () => {
    const first = await start();
    let url = first.url;
    const writer = new LedgerWriter('term', now(), () => url);
    writer.begin();
    await pause(700);
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    const second = await start({ folder: first.folder });
    url = second.url;
    await pause(300);
    await writer.stop();
    await loaded(second);
    expect(await writer.judge(url)).toMatchObject(CLEAN);
    expect(writer.refused).toEqual([]);
  });

  test('while the engine is dead writes are acknowledged, queries say why, and afterwards everything is there', async () => {
    // A debugger's stop keeps the new engine from coming up until the test lets it.
    const program = await start();
    const writer = new LedgerWriter('engine', now(), () => program.url);
    writer.begin();
    await pause(300);
    process.kill(await program.enginePid(), 'SIGKILL');
    const before = writer.acknowledgedSteps;
    let refusal: { status: number; body: { error?: string; retry?: boolean } } | undefined;
    for (let i = 0; i < 200 && refusal === undefined; i++) {
      const answer = await fetch(`${program.url}/api/v1/query?query=up`);
      const body = (await answer.json()) as { error?: string; retry?: boolean };
      if (answer.status === 503) refusal = { status: answer.status, body };
      await pause(2);
    }
    expect(refusal?.body.error).toContain('the storage engine is not available');
    expect(refusal?.body.retry).toBe(true);
    expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
    await program.waitReady();
    await pause(200);
    await writer.stop();
    expect(writer.acknowledgedSteps).toBeGreaterThan(before);
    expect(writer.refused).toEqual([]);
    await loaded(program);
    expect(await writer.judge(program.url)).toMatchObject(CLEAN);
    expect((await program.status()).engine.restarts).toBe(1);
  });

  test('the engine process ends by itself when main is killed', async () => {
    const program = await start();
    const engine = await program.enginePid();
    await program.kill('SIGKILL');
    for (let i = 0; i < 400 && isAlive(engine); i++) await pause(5);
    expect(isAlive(engine)).toBe(false);
  });

  test('a reload takes a good configuration and refuses a bad one, leaving the old in force', async () => {
    const program = await start({ scrape: 'scrape_configs:\n  - job_name: one\n    static_configs: [{targets: ["127.0.0.1:1"]}]\n' });
    const file = path.join(program.folder, 'config', 'prometheus.yml');
    const pools = async (): Promise<string[]> => (await ask<{ scrapePools: string[] }>(program.url, '/api/v1/scrape_pools')).scrapePools;
    expect(await pools()).toContain('one');
    writeFileSync(file, 'scrape_configs:\n  - job_name: two\n    static_configs: [{targets: ["127.0.0.1:1"]}]\n');
    expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect(await pools()).toContain('two');
    writeFileSync(file, 'scrape_configs:\n  - job_name: [\n');
    const refused = await fetch(`${program.url}/-/reload`, { method: 'POST' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('prometheus.yml');
    expect(await pools()).toContain('two');
  });

  test('npm start hands a SIGTERM on: no program is left behind', async () => {
    const program = await start({ throughNpm: true });
    const main = (await program.status()).processes.find(({ name }) => name === 'main')?.pid ?? -1;
    expect(main).not.toBe(program.pid);
    await program.kill('SIGTERM');
    for (let i = 0; i < 400 && isAlive(main); i++) await pause(25);
    expect(isAlive(main)).toBe(false);
  });

  test('two programs run side by side', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.url).not.toBe(two.url);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
