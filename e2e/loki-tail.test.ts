/** Tails through the whole program: push, journal, engine, websocket. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { programs } from './programs.ts';
import { push } from './push.ts';
import { openTail, type TailClient } from './tail-client.ts';

const start = programs();
let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(() => discard(program));

let lastTime = 0n;
/** The present in nanoseconds, each time another one. */
function now(): bigint {
  const time = BigInt(Date.now()) * 1_000_000n;
  return (lastTime = time > lastTime ? time : lastTime + 1n);
}

const say = (app: string, ...texts: string[]): Promise<void> =>
  push(program.url, [{ labels: { app }, lines: texts.map((text) => [now(), text]) }]);
const metrics = async (): Promise<string> => (await fetch(`${program.url}/metrics`)).text();

test('several tails get their lines, the past first, and none twice', async () => {
  await say('web', 'before 1', 'before 2');
  const all = await openTail(program.url, { query: '{app="web"}' });
  const some = await openTail(program.url, { query: '{app=~"web|db"} |= "keep" | line_format "{{.app}}: {{__line__}}"', limit: '1' });
  const late = await openTail(program.url, { query: '{app="web"}', start: String(now()), delay_for: '1' });
  await all.waitFor(2);
  await say('web', 'keep 1', 'skip');
  await say('db', 'keep 2');
  await Promise.all([all.waitFor(4), some.waitFor(2), late.waitFor(2)]);
  expect(all.lines()).toEqual(['before 1', 'before 2', 'keep 1', 'skip']);
  expect(some.lines().sort()).toEqual(['db: keep 2', 'web: keep 1']);
  expect(late.lines()).toEqual(['keep 1', 'skip']);
  expect(all.messages[0]?.streams?.[0]?.stream).toEqual({ app: 'web', detected_level: 'unknown' });
  for (const tail of [all, some, late]) tail.close();
  while (!(await metrics()).includes('atalaya_log_tails_open 0')) await pause(50);
});

test('the newest lines of the past are sent, at most as many as the limit says', async () => {
  await say('counted', 'one', 'two', 'three');
  const tail = await openTail(program.url, { query: '{app="counted"}', limit: '2' });
  await tail.waitFor(2);
  await say('counted', 'four');
  await tail.waitFor(3);
  expect(tail.lines()).toEqual(['two', 'three', 'four']);
  tail.close();
});

test.each([
  [{ query: '{app="web"' }, /^400 parse error at line 1, col 11/],
  [{ query: '{app="web"}', delay_for: '10' }, /^400 delay_for can't be greater than 5/],
  [{ query: 'rate({app="web"}[1m])' }, /^400 only log selector is supported/],
  [{ query: '{app="web"}', limit: 'x' }, /^400 strconv.Atoi/],
])('%j is refused before the upgrade', async (parameters, reason) => {
  await expect(openTail(program.url, parameters as Record<string, string>)).rejects.toThrow(reason);
});

test('a page of another site may not tail', async () => {
  await expect(openTail(program.url, { query: '{app="web"}' }, { origin: 'http://elsewhere.example' })).rejects.toThrow(/^403/);
});

test('a client that hangs loses lines, is told so, and costs nobody else anything', async () => {
  const hanging = await openTail(program.url, { query: '{app="much"}' });
  hanging.hang();
  const other = await openTail(program.url, { query: '{app="much"} |= "last"' });
  const line = 'x'.repeat(900);
  for (let i = 0; i < 20; i++) await say('much', ...Array.from({ length: 1000 }, (_, k) => `${i} ${k} ${line}`));
  // Where lines come too fast for all tails together, each may lose some.
  while (other.lines().length === 0) {
    await say('much', 'last');
    await pause(200);
  }
  const dropped = async (): Promise<number> => Number(/^atalaya_log_tail_lines_dropped_total (\d+)$/m.exec(await metrics())?.[1]);
  while ((await dropped()) === 0) await pause(50);
  other.close();
});

test('tails end with the engine, and with the program', async () => {
  const own = await start();
  const first = await openTail(own.url, { query: '{app="web"}' });
  process.kill(await own.enginePid(), 'SIGKILL');
  expect(await first.closed).toBe(1011);
  await own.waitReady();
  let second: TailClient | undefined;
  while (second === undefined) {
    await pause(50);
    second = await openTail(own.url, { query: '{app="web"}' }).catch(() => undefined);
  }
  const ended = own.kill('SIGTERM');
  expect(await second.closed).toBe(1001);
  expect(await ended).toEqual({ code: 0, signal: null });
});
