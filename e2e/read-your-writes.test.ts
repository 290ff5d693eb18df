import { expect, test } from 'vitest';
import { ask, type RunningAtalaya, pause } from './atalaya.ts';
import { LedgerWriter } from './ledger.ts';
import { programs } from './programs.ts';
import { sample, write } from './write.ts';

const start = programs();

interface Vector {
  readonly result: readonly { readonly value: readonly [number, string] }[];
}

/** The value that an instant query gives; `undefined` when there is none, or the engine is away. */
async function valueOf(program: RunningAtalaya, query: string, time: number): Promise<string | undefined> {
  const { result } = await ask<Vector>(program.url, '/api/v1/query', { query, time: String(time / 1000) });
  return result[0]?.value[1];
}

async function acknowledged(program: RunningAtalaya, name: string, time: number, value: number): Promise<void> {
  const answer = await write(program.url, sample(name, time, value));
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

test('what was acknowledged is in the answer of the very next question, while others write too', async () => {
  const program = await start();
  const load = new LedgerWriter('load', Date.now() - 6 * 3_600_000, () => program.url);
  load.begin();
  const begin = Date.now() - 3_600_000;
  for (let i = 0; i < 150; i++) {
    const time = begin + i * 1000;
    // Every tenth is a series that nobody has heard of.
    const name = i % 10 === 0 ? `fresh_${i}` : 'steady';
    await acknowledged(program, name, time, i);
    expect(await valueOf(program, name, time)).toBe(String(i));
    expect(await valueOf(program, `count_over_time(steady[1h])`, time)).toBe(i === 0 ? undefined : String(i - Math.floor(i / 10)));
    expect(await ask(program.url, '/api/v1/series', { 'match[]': name })).toEqual([{ __name__: name }]);
  }
  // Late ones, and one between others, count as well.
  await acknowledged(program, 'steady', begin - 5000, -1);
  expect(await valueOf(program, 'steady', begin - 5000)).toBe('-1');
  await acknowledged(program, 'steady', begin + 1500, 1.5);
  expect(await valueOf(program, 'steady', begin + 1600)).toBe('1.5');
  expect(await valueOf(program, 'count_over_time(steady[1h])', begin + 149_000)).toBe('137');
  await load.stop();
});

test('it is so again as soon as an engine that was killed answers', async () => {
  const program = await start();
  const begin = Date.now() - 3_600_000;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 20; i++) {
      const time = begin + (round * 20 + i) * 1000;
      await acknowledged(program, 'killed', time, i);
      if (i === 10) process.kill(await program.enginePid(), 'SIGKILL');
      // Down or starting it answers that it is not there, never without the sample.
      let value: string | undefined;
      for (;;) {
        try {
          value = await valueOf(program, 'killed', time);
          break;
        } catch (error) {
          if (!String(error).includes('503')) throw error;
          await pause(20);
        }
      }
      expect(value).toBe(String(i));
      expect(await valueOf(program, 'count_over_time(killed[1h])', time)).toBe(String(round * 20 + i + 1));
    }
  }
});
