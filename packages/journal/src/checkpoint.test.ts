import { describe, expect, test } from 'vitest';
import { codeOf, DIRECTORY, recordingLogger } from '../test/support/journals.ts';
import { type Operation, SimulatedDisk, systemError } from '../test/support/simulated-disk.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';

const PATH = `${DIRECTORY}/checkpoint`;
const old = { segment: 3, offset: 4096 };
const next = { segment: 12, offset: 128 };

describe('the checkpoint', () => {
  test('is what was written last', async () => {
    const disk = new SimulatedDisk();
    expect(await readCheckpoint(DIRECTORY, undefined, disk)).toBeUndefined();
    await writeCheckpoint(DIRECTORY, old, disk);
    await writeCheckpoint(DIRECTORY, next, disk);
    expect(await readCheckpoint(DIRECTORY, undefined, disk)).toEqual(next);
  });

  test('survives a power cut at any moment as the old or the new one, as the new one when the call has resolved', async () => {
    const disk = new SimulatedDisk();
    await writeCheckpoint(DIRECTORY, old, disk);
    const left: SimulatedDisk[] = [];
    disk.fault = () => {
      left.push(
        disk.afterPowerCut(),
        disk.afterPowerCut(() => true),
      );
    };
    await writeCheckpoint(DIRECTORY, next, disk);
    expect(left.length).toBeGreaterThan(8);
    for (const cut of left) expect([old, next]).toContainEqual(await readCheckpoint(DIRECTORY, undefined, cut));
    expect(await readCheckpoint(DIRECTORY, undefined, disk.afterPowerCut())).toEqual(next);
  });

  test.each(['create', 'write', 'sync', 'rename'] satisfies Operation[])('stays the old one when %s fails', async (operation) => {
    const disk = new SimulatedDisk();
    await writeCheckpoint(DIRECTORY, old, disk);
    disk.fault = (current) => {
      if (current === operation) throw systemError('EIO');
    };
    expect(await codeOf(writeCheckpoint(DIRECTORY, next, disk))).toBe('EIO');
    expect(await readCheckpoint(DIRECTORY, undefined, disk)).toEqual(old);
    disk.fault = () => undefined;
    await writeCheckpoint(DIRECTORY, next, disk);
    expect(await readCheckpoint(DIRECTORY, undefined, disk)).toEqual(next);
  });

  test('counts as none when any of its bytes is changed or missing, and that is logged', async () => {
    const disk = new SimulatedDisk();
    await writeCheckpoint(DIRECTORY, next, disk);
    const good = Buffer.from(disk.bytes(PATH));
    const variants = [...good.keys()].flatMap((at) => {
      const flipped = Buffer.from(good);
      flipped[at]! ^= 1;
      return [flipped, good.subarray(0, at)];
    });
    for (const bytes of variants) {
      disk.put(PATH, bytes);
      const log = recordingLogger();
      expect(await readCheckpoint(DIRECTORY, log, disk), `of the bytes ${bytes.toString()}`).toBeUndefined();
      expect(log.lines).toMatchObject([{ level: 'error' }]);
    }
  });
});
