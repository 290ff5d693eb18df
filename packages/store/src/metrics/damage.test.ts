import { silentLogger } from '@atalaya/model';
import { expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { stringColumn } from '../native/block.ts';
import { writeNative } from '../native/write.ts';
import { findDamage } from './damage.ts';
import { DAY_MS } from './day.ts';

const DAY = 20_000;

/** An engine that has put these parts aside: table, name, partition. */
function engineWith(...parts: readonly (readonly [string, string, string])[]): Engine {
  const columns = Object.fromEntries(
    ['table', 'name', 'partition'].map((name, i) => [name, stringColumn(parts.map((part) => part[i] as string))]),
  );
  return { query: async () => ({ bytes: writeNative({ rows: parts.length, columns }), rowsRead: 0, elapsedMs: 0 }) } as unknown as Engine;
}

it('an undamaged store has nothing to say', async () => {
  const damage = await findDamage(engineWith(), silentLogger);
  expect([damage.count, damage.warnings(-Infinity, Infinity)]).toEqual([0, []]);
});

it('answers that touch the day of a damaged part say what they lack, others say nothing', async () => {
  const damage = await findDamage(engineWith(['samples', 'broken-on-start_20000_1_1_0', String(DAY)]), silentLogger);
  const warning = ['samples of 2024-10-04 are missing: part broken-on-start_20000_1_1_0 of the store is damaged on disk'];
  expect(damage.count).toBe(1);
  expect(damage.warnings(DAY * DAY_MS - 5, DAY * DAY_MS)).toEqual(warning);
  expect(damage.warnings(-Infinity, Infinity)).toEqual(warning);
  expect(damage.warnings(DAY * DAY_MS - 5, DAY * DAY_MS - 1)).toEqual([]);
  expect(damage.warnings((DAY + 1) * DAY_MS, Infinity)).toEqual([]);
});

it('answers that touch the day of damaged histograms say so', async () => {
  const damage = await findDamage(engineWith(['histogram_samples', 'x', String(DAY)], ['histogram_series', 'y', 'all']), silentLogger);
  expect(damage.warnings(DAY * DAY_MS, DAY * DAY_MS)).toEqual([
    'native histograms of 2024-10-04 are missing: part x of the store is damaged on disk',
    'series may be missing: part y of the table histogram_series is damaged on disk',
  ]);
});

it('a damaged part of the series table concerns every answer, one of the metadata none', async () => {
  const damage = await findDamage(engineWith(['series', 'broken-on-start_all_1_1_0', 'all'], ['metadata', 'x', 'all']), silentLogger);
  expect(damage.count).toBe(2);
  expect(damage.warnings(0, 1)).toEqual(['series may be missing: part broken-on-start_all_1_1_0 of the table series is damaged on disk']);
});
