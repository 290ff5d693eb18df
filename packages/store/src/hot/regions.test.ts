import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena, capacityOf, firstOf } from './arena.ts';
import { type Region, Regions } from './regions.ts';

it('gives regions that never overlap, and takes all of them back', () => {
  const step = fc.oneof(fc.record({ order: fc.integer({ min: 0, max: 5 }) }), fc.record({ release: fc.nat() }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 300 }), (units, steps) => {
      const regions = new Regions(units);
      expect(regions.free).toBe(units);
      const held: Region[] = [];
      const owner = Array.from<Region | undefined>({ length: units });
      let overlaps = 0;
      for (const action of steps) {
        if ('order' in action) {
          const region = regions.allocate(action.order);
          if (region === undefined) continue;
          held.push(region);
          for (let unit = region.unit; unit < region.unit + 2 ** region.order; unit++) {
            if (unit >= units || owner[unit] !== undefined) overlaps++;
            owner[unit] = region;
          }
        } else if (held.length > 0) {
          const [region] = held.splice(action.release % held.length, 1) as [Region];
          for (let unit = region.unit; unit < region.unit + 2 ** region.order; unit++) owner[unit] = undefined;
          regions.release(region);
        }
        expect(regions.free).toBe(owner.filter((of) => of === undefined).length);
      }
      expect(overlaps).toBe(0);
      for (const region of held) regions.release(region);
      expect(regions.free).toBe(units);
      // All halves have melted together again: the largest region that can begin at zero is there.
      expect(regions.allocate(Math.floor(Math.log2(units)))).toBeDefined();
    }),
    { numRuns: 200 },
  );
});

it('has orders for any number of units', () => {
  expect([0, 1, 2, 3, 4, 5, 8, 9].map((units) => Regions.orderOf(units))).toEqual([0, 0, 1, 2, 2, 3, 3, 4]);
});

it('uses a region again only when every lease that might look at it has ended', () => {
  const arena = new Arena(2 * 64 * 16);
  const [one, two] = [arena.allocate(64), arena.allocate(1)] as [Region, Region];
  expect([capacityOf(one), capacityOf(two)]).toEqual([64, 64]);
  expect(arena.allocate(1)).toBeUndefined();
  const [early, late] = [arena.lease(), arena.lease()];
  arena.release(one);
  expect(arena.used).toBe(64);
  const after = arena.lease();
  arena.endLease(late);
  arena.endLease(late);
  expect(arena.allocate(1)).toBeUndefined();
  arena.endLease(early);
  const again = arena.allocate(1) as Region;
  expect(firstOf(again)).toBe(firstOf(one));
  arena.release(again);
  arena.release(two);
  expect(arena.leased).toBe(true);
  arena.endLease(after);
  expect(arena.leased).toBe(false);
  expect(arena.allocate(128)).toBeDefined();
});
