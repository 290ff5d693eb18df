import { expect, test } from 'vitest';
import { makeFolder, pause } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { programs } from './programs.ts';
import { CLEAN, LedgerWriter } from './ledger.ts';

const start = programs();
const now = (): number => Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000;

test('the engine killed again and again while it loads: no sample comes twice, none is lost', async () => {
  const program = await start();
  const writers = ['one', 'two'].map((name) => new LedgerWriter(name, now(), () => program.url));
  for (const writer of writers) writer.begin();
  // Each crash in a row doubles the pause before the next start: more rounds would mostly wait.
  for (let round = 0; round < 5; round++) {
    await program.waitReady();
    // A load begins with the first news after this and takes some tens of milliseconds, the checkpoint included.
    await pause(Math.random() * 150);
    process.kill(await program.enginePid(), 'SIGKILL');
    while ((await program.status()).engine.restarts <= round) await pause(10);
  }
  for (const writer of writers) await writer.stop();
  await program.waitReady();
  await loaded(program);
  for (const writer of writers) {
    expect(writer.refused).toEqual([]);
    expect(await writer.judge(program.url)).toMatchObject(CLEAN);
  }
  expect((await program.status()).journal).toMatchObject({ quarantinedRecords: 0, tornTails: 0 });
});

test('an engine that hangs is told from one that serves; writes go on meanwhile', async () => {
  const program = await start();
  const engine = await program.enginePid();
  const writer = new LedgerWriter('hangs', now(), () => program.url);
  writer.begin();
  await writer.until(20);
  process.kill(engine, 'SIGSTOP');
  let ready = await fetch(`${program.url}/health/ready`);
  for (; ready.ok; await pause(200)) ready = await fetch(`${program.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('it has not answered for');
  expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
  await writer.until(writer.acknowledgedSteps + 20);
  process.kill(engine, 'SIGCONT');
  await program.waitReady();
  await writer.stop();
  await loaded(program);
  expect(await writer.judge(program.url)).toMatchObject(CLEAN);
});

test('a second SIGTERM while it stops, and a Ctrl-C on top, change nothing', async () => {
  const first = await start();
  let url = first.url;
  const writer = new LedgerWriter('twice', now(), () => url);
  writer.begin();
  await writer.until(50);
  process.kill(first.pid, 'SIGTERM');
  await pause(5);
  process.kill(first.pid, 'SIGINT');
  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const second = await start({ folder: first.folder });
  url = second.url;
  await writer.until(writer.acknowledgedSteps + 5);
  await writer.stop();
  await loaded(second);
  expect(await writer.judge(url)).toMatchObject(CLEAN);
  expect((await second.status()).journal).toMatchObject({ quarantinedRecords: 0, tornTails: 0 });
});

test('SIGTERM while the engine is starting ends with 0 and leaves a folder that starts', async () => {
  const folder = makeFolder();
  for (const wait of [0, 100, 300]) {
    const program = await start({ folder, waitReady: false });
    await pause(wait);
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }
  await start({ folder });
});

test('kill -9 at any moment of a start: the next one is there at once, with everything', async () => {
  const first = await start();
  let url = first.url;
  const writer = new LedgerWriter('start', now(), () => url);
  writer.begin();
  await writer.until(50);
  await first.kill('SIGKILL');
  for (const wait of [0, 50, 150, 400, 800]) {
    const dying = await start({ folder: first.folder, waitReady: false });
    url = dying.url;
    await pause(wait);
    await dying.kill('SIGKILL');
  }
  const begun = performance.now();
  const last = await start({ folder: first.folder });
  console.info(`ready ${Math.round(performance.now() - begun)} ms after kill -9 in the middle of a start`);
  url = last.url;
  await writer.until(writer.acknowledgedSteps + 5);
  await writer.stop();
  await loaded(last);
  expect(writer.refused).toEqual([]);
  expect(await writer.judge(url)).toMatchObject(CLEAN);
});
