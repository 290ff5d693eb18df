import { expect, test } from 'vitest';
import { LAST_USED, SeriesRegistry, SLOT_WORDS } from './series-registry.ts';

const NO_LABELS = new Uint8Array(0);

/** Two words of which no other number has both. */
const words = (i: number): [number, number] => [Math.imul(i + 1, 0x9e3779b1), Math.imul(i + 1, 0x85ebca6b)];

test('series that come and go for ever are found, and cost no more than those that are there', () => {
  const registry = new SeriesRegistry(2000);
  const bytes: number[] = [];
  for (let round = 0; round < 50; round++) {
    const first = round * 1000;
    const slots = Array.from({ length: 1000 }, (_, i) => registry.add(...words(first + i), NO_LABELS, round));
    slots.forEach((slot, i) => registry.bindKey(...words(-2 - first - i), slot));
    expect(new Set(slots).size).toBe(1000);
    expect(slots.every((slot, i) => registry.find(...words(first + i)) === slot)).toBe(true);
    expect(slots.every((slot, i) => registry.findKey(...words(-2 - first - i)) === slot)).toBe(true);
    expect(registry.evict(round)).toBe(round === 0 ? 0 : 1000);
    expect(registry.find(...words(first - 1))).toBe(-1);
    expect(registry.findKey(...words(-1 - first))).toBe(-1);
    bytes.push(registry.bytes);
  }
  expect(registry.size).toBe(1000);
  expect(registry.definitions.size).toBe(1000);
  expect(bytes.at(-1)).toBe(bytes[2]);
});

test('evicting any part leaves all the others found, by fingerprint and by key', () => {
  const registry = new SeriesRegistry(10_000);
  const added = new Map<number, number>();
  let next = 0;
  for (let round = 0; round < 20; round++) {
    while (registry.size < 5000) {
      const slot = registry.add(...words(next), NO_LABELS, 0);
      registry.bindKey(...words(-2 - next), slot);
      added.set(next++, slot);
    }
    const gone = [...added].filter(([i]) => Math.imul(i + round, 0x9e3779b1) >>> 28 < 5);
    for (const [, slot] of added) registry.words[slot * SLOT_WORDS + LAST_USED] = 1;
    for (const [, slot] of gone) registry.words[slot * SLOT_WORDS + LAST_USED] = 0;
    expect(registry.evict(1)).toBe(gone.length);
    for (const [i] of gone) added.delete(i);
    expect([...added].every(([i, slot]) => registry.find(...words(i)) === slot && registry.findKey(...words(-2 - i)) === slot)).toBe(true);
    expect(gone.every(([i]) => registry.find(...words(i)) === -1 && registry.findKey(...words(-2 - i)) === -1)).toBe(true);
  }
});

test('fingerprints that end alike are found as fast as others', () => {
  const registry = new SeriesRegistry(100_000);
  // With the low word alone to go by this would take five thousand million steps.
  for (let i = 0; i < 100_000; i++) registry.add(7, i, NO_LABELS, 0);
  const found = Array.from({ length: 100_000 }, (_, i) => registry.find(7, i));
  expect(found.every((slot, i) => slot === i)).toBe(true);
});

test('a sender who permutes the labels of one series without end does not fill the memory', () => {
  const registry = new SeriesRegistry(10);
  const slot = registry.add(1, 2, NO_LABELS, 0);
  for (let i = 0; i < 200_000; i++) registry.bindKey(...words(i), slot);
  expect(registry.findKey(...words(199_999))).toBe(slot);
  expect(registry.bytes).toBeLessThan(3_000_000);
});

test('growing keeps what was written; the largest size is the limit', () => {
  const registry = new SeriesRegistry(1500);
  for (let i = 0; i < 1500; i++) registry.add(...words(i), NO_LABELS, i);
  expect(registry.states).toHaveLength(1500);
  for (let i = 0; i < 1500; i++) expect(registry.words[registry.find(...words(i)) * SLOT_WORDS + LAST_USED]).toBe(i);
});
