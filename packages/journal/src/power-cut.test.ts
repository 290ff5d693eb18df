import { describe, expect, test } from 'vitest';
import { codeOf, numbersOf, numbersTo, open, payload, readAll, seeded } from '../test/support/journals.ts';
import { SimulatedDisk } from '../test/support/simulated-disk.ts';
import { SIGNAL } from './journal.ts';

/** Appends in bursts until the power goes at the given operation of the disk: what is left, and what was acknowledged by then. */
async function runUntilCut(
  disk: SimulatedDisk,
  random: () => number,
  firstNumber: number,
): Promise<{ disk: SimulatedDisk; acknowledged: number[] }> {
  const cutAt = 1 + Math.floor(random() * 60);
  let operations = 0;
  const left: { disk: SimulatedDisk; acknowledged: number[] }[] = [];
  const acknowledged: number[] = [];
  disk.fault = () => {
    if (++operations === cutAt) left.push({ disk: disk.afterPowerCut(() => random() < 0.5), acknowledged: [...acknowledged] });
  };
  const journal = await open(disk, { segmentBytes: 4000 });
  let number = firstNumber;
  while (left.length === 0) {
    const burst = numbersTo(1 + Math.floor(random() * 5)).map(async () => {
      const mine = number++;
      const outcome = await codeOf(journal.append(SIGNAL.metrics, mine, payload(mine, Math.floor(random() * 1500))));
      if (outcome === 'resolved') acknowledged.push(mine);
    });
    await Promise.all(burst);
  }
  return left[0]!;
}

describe('a power cut', () => {
  test('at any moment costs nothing that was acknowledged, whichever unsynced sectors survive', async () => {
    let torn = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed * 7919);
      const first = await runUntilCut(new SimulatedDisk(), random, 1);
      const second = await runUntilCut(first.disk, random, 1001);
      const journal = await open(second.disk);
      const { records, damage } = await readAll(second.disk, journal.durable);
      const numbers = numbersOf(records);
      const acknowledged = [...first.acknowledged, ...second.acknowledged];
      expect(new Set(numbers).size, `seed ${seed}: each once`).toBe(numbers.length);
      expect(
        acknowledged.filter((number) => !numbers.includes(number)),
        `seed ${seed}: all acknowledged`,
      ).toEqual([]);
      expect(damage.quarantinedRecords, `seed ${seed}: a torn tail is no damage`).toBe(0);
      const ids = records.map((record) => record.batchId);
      expect(ids, `seed ${seed}: ids increase`).toEqual([...new Set(ids)].sort((a, b) => a - b));
      torn += damage.tornTails;
    }
    expect(torn).toBeGreaterThan(20);
  });
});
