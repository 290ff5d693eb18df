import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceDice } from './trace-dice.ts';

/** Ids whose last 14 digits are these. */
const ids = (...randomness: readonly string[]): Uint8Array =>
  Uint8Array.from(randomness.flatMap((digits) => (digits.padStart(32, '0').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));

const anyId = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('the last 56 bits of the id decide, compared with the threshold of the probability', () => {
  const half = new TraceDice(0.5);
  const traces = ids('80000000000000', '7fffffffffffff', 'ff7fffffffffffff', 'ff80000000000000');
  expect([0, 1, 2, 3].map((row) => half.keeps(traces, row, ''))).toEqual([true, false, false, true]);
  const tenth = new TraceDice(0.1);
  expect([tenth.keeps(ids('e6666666666668'), 0, ''), tenth.keeps(ids('e6666666666660'), 0, '')]).toEqual([true, false]);
});

test('all and nothing', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect([new TraceDice(1).keeps(id, 0, ''), new TraceDice(0).keeps(id, 0, '')]).toEqual([true, false]);
    }),
  );
});

test('what a lower probability keeps, a higher one keeps too', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(anyId, probability, probability, (id, a, b) => {
      const [lower, higher] = [Math.min(a, b), Math.max(a, b)].map((each) => new TraceDice(each).keeps(id, 0, ''));
      expect(lower && !higher).toBe(false);
    }),
  );
});

test('so many are kept as the probability says', () => {
  let kept = 0;
  let state = 1n;
  const dice = new TraceDice(0.25);
  for (let i = 0; i < 20_000; i++) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    if (dice.keeps(ids((state >> 8n).toString(16)), 0, '')) kept++;
  }
  expect(kept / 20_000).toBeGreaterThan(0.24);
  expect(kept / 20_000).toBeLessThan(0.26);
});

test('the tracestate tells randomness, and of sampling before', () => {
  const dice = new TraceDice(0.25);
  const out = ids('00000000000000');
  const into = ids('ffffffffffffff');
  expect(dice.keeps(out, 0, 'ot=rv:ffffffffffffff')).toBe(true);
  expect(dice.keeps(into, 0, 'a=1, ot=rv:00000000000000;x:y,b=2')).toBe(false);
  // Sampled before with a quarter, or less: there is nothing left to leave out.
  expect(dice.keeps(out, 0, 'ot=th:c')).toBe(true);
  expect(dice.keeps(out, 0, 'ot=th:fd70a4')).toBe(true);
  expect(dice.keeps(out, 0, 'ot=th:8')).toBe(false);
  for (const odd of ['ot=', 'ot=rv:123', 'xot=rv:ffffffffffffff', 'ot=th:xyz', ',,;=']) expect(dice.keeps(out, 0, odd)).toBe(false);
});
