import { ManualClock, silentLogger } from '@atalaya/model';
import { expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { writeNative } from '../native/write.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';

const NEWEST = MIGRATIONS.at(-1)?.version as number;

/** Migrates tables of a version; gives what came of it and how many statements were executed. */
async function migrateFrom(version: number, options: MigrateOptions = {}): Promise<{ outcome: unknown; executed: number }> {
  let executed = 0;
  const engine = {
    execute: async () => void executed++,
    insert: async () => undefined,
    query: async () => ({ bytes: writeNative({ rows: 1, columns: { version: { kind: 'UInt32', values: Uint32Array.of(version) } } }) }),
  } as unknown as Engine;
  const outcome = await migrate(engine, new ManualClock(), silentLogger, options).catch((error: unknown) => error);
  return { outcome, executed };
}

it('versions count up from 1 without gaps', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});

it('an empty store gets every step, a newer one the rest', async () => {
  expect((await migrateFrom(0)).outcome).toEqual({ version: NEWEST, applied: NEWEST });
  expect((await migrateFrom(1, { dataExpected: true })).outcome).toEqual({ version: NEWEST, applied: NEWEST - 1 });
});

it('tables of a newer program are refused', async () => {
  expect((await migrateFrom(NEWEST + 1)).outcome).toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringContaining('newer') as string,
  });
});

it('a store that should hold data and is empty is refused, and stays empty', async () => {
  const { outcome, executed } = await migrateFrom(0, { dataExpected: true });
  expect(outcome).toMatchObject({ code: 'BAD_CONFIG', message: expect.stringContaining('journal/checkpoint') as string });
  expect(executed).toBe(1);
});
