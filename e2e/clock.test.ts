import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pathOf, requireProgram } from '../testing/programs.ts';
import { ask, discard, makeFolder, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { LedgerWriter } from './ledger.ts';

const missing = requireProgram('faketime', 'apt-get install faketime');

let program: RunningAtalaya | undefined;
afterEach(async () => program && discard(program));

test.skipIf(missing)(
  'the clock jumps an hour ahead, two back and home again: nothing stops, nothing is lost, no duration is negative',
  async () => {
    const folder = makeFolder();
    const offset = path.join(folder, 'offset');
    const setClock = (by: string): void => writeFileSync(offset, `${by}\n`);
    setClock('+0');
    program = await startAtalaya({
      folder,
      // The program pages itself every second, so that there is something which runs by the clock.
      environment: {
        LD_PRELOAD: libraryOf(pathOf('faketime') as string),
        FAKETIME_TIMESTAMP_FILE: offset,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        ATALAYA_HOST_ENABLED: 'true',
        ATALAYA_HOST_INTERVAL: '1s',
      },
    });
    const { url } = program;
    const writer = new LedgerWriter('clock', Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000, () => url);
    writer.begin();
    const scrapes = async (): Promise<number> => {
      const answer = await ask<{ result: { value: [number, string] }[] }>(url, '/api/v1/query', {
        query: 'count_over_time(up{job="node"}[4h])',
        time: String(Date.now() / 1000 + 2 * 3600),
      });
      return Number(answer.result[0]?.value[1] ?? 0);
    };
    for (const by of ['+3600', '-3600', '+0']) {
      const before = { scraped: await scrapes(), steps: writer.acknowledgedSteps };
      setClock(by);
      while (Math.abs((await program.status()).now - (Date.now() + Number(by) * 1000)) > 60_000) await pause(50);
      await writer.until(before.steps + 10);
      while ((await scrapes()) < before.scraped + 2) await pause(100);
    }
    await writer.stop();
    expect([...writer.answers.keys()]).toEqual([204]);
    await program.waitReady();
    await loaded(program);
    expect(await writer.judge(url)).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0 });
    const metrics = await (await fetch(`${url}/metrics/prometheus`)).text();
    expect(metrics.split('\n').filter((line) => /^[a-z].* -\d/.test(line))).toEqual([]);
    const status = await program.status();
    expect(status.engine).toMatchObject({ state: 'ready', restarts: 0, breaker: 'closed' });
    expect(status.journal.state).toBe('ok');
  },
  120_000,
);

/** The library that the program `faketime` preloads, as Debian installs it. */
function libraryOf(faketime: string): string {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as 'x64' | 'arm64'];
  return path.join(faketime, `../../lib/${machine}-linux-gnu/faketime/libfaketime.so.1`);
}
