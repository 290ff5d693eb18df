import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { silentLogger } from '@atalaya/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../src/index.ts';
import { type Program, start } from './support/processes.ts';

let directory: string;
const started: Program[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-lock-'));
});
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map((program) => program.ended));
  started.length = 0;
  await rm(directory, { recursive: true });
});

const hold = (): Program => {
  const program = start('holder', [directory]);
  started.push(program);
  return program;
};
const lock = (): ReturnType<typeof lockDirectory> => lockDirectory(directory, { log: silentLogger });

describe('the lock of a data directory', () => {
  test('refuses another process and names the holder', async () => {
    const holder = hold();
    await holder.printed(1);
    await expect(lock()).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      retry: false,
      message: expect.stringContaining(`${directory} is in use by the process with pid ${holder.child.pid};`),
    });
    expect(holder.lines).toEqual(['held']);
  });

  test('is free at once when its holder was killed', async () => {
    for (let round = 0; round < 3; round++) {
      const holder = hold();
      await holder.printed(1);
      expect(holder.lines).toEqual(['held']);
      holder.child.kill('SIGKILL');
      await holder.ended;
    }
    await (await lock()).release();
  });

  test('goes to exactly one of several that start together', async () => {
    const programs = Array.from({ length: 4 }, hold);
    await Promise.all(programs.map((program) => program.printed(1)));
    const held = programs.filter((program) => program.lines[0] === 'held');
    expect(held).toHaveLength(1);
    for (const program of programs) expect(program.lines[0]).toMatch(/^held$|is in use by/);
  });

  test('refuses the same process a second time, until it is given back', async () => {
    const first = await lock();
    await expect(lock()).rejects.toThrow(`pid ${process.pid}`);
    await expect(lock()).rejects.toThrow(`pid ${process.pid}`); // a refusal does not loosen it
    await first.release();
    await first.release();
    await (await lock()).release();
  });

  test('is not fooled by a pid that is alive again, nor by rubbish', async () => {
    for (const text of [`${process.ppid}\n`, 'rubbish', '']) {
      await writeFile(join(directory, 'lock.pid'), text);
      await (await lock()).release();
    }
  });

  test('still names somebody when the pid is not known', async () => {
    const first = await lock();
    await writeFile(join(directory, 'lock.pid'), 'rubbish');
    await expect(lock()).rejects.toThrow('in use by another process');
    await first.release();
  });

  test('of a directory that cannot be made says so', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(lockDirectory(join(directory, 'file', 'data'), { log: silentLogger })).rejects.toThrow('ENOTDIR');
  });
});
